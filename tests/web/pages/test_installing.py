import re

from tests.web.house import House


async def test_manifest_names_icons_that_are_there_in_their_sizes(house: House) -> None:
    response = await house.get("/manifest.webmanifest")
    assert response.content_type == "application/manifest+json"
    said = await response.json(content_type=None)

    assert {"id", "name", "short_name", "start_url", "scope", "display", "theme_color"} <= set(said)
    purposes = {icon["purpose"] for icon in said["icons"]}
    assert purposes == {"any", "maskable"}
    for icon in said["icons"]:
        async with house.client.get(icon["src"]) as answer:
            image = await answer.read()
        assert image.startswith(b"\x89PNG")
        width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
        assert icon["sizes"] == f"{width}x{height}"


async def test_worker_is_asked_for_anew_and_keeps_files_that_are_there(house: House) -> None:
    response = await house.get("/sw.js")
    script = await response.text()

    assert response.content_type == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    (kept,) = re.findall(r"const KEPT = \[([^\]]*)\]", script)
    for path in re.findall(r'"([^"]+)"', kept):
        assert (await house.get(path)).status == 200, path
    assert not re.search(r'"(VERSION|KEPT|ICON|BADGE)"', script)
