import re

import pytest

from tests.web.pages.conftest import Site, a_policy


async def test_no_policy_yet_says_so(site: Site) -> None:
    assert "No placement policy has come by mail yet" in await site.text("/policy")


async def test_years_are_listed_newest_first(site: Site) -> None:
    await site.store.policies.save(a_policy(1, year=2025))
    await site.store.policies.save(a_policy(1))
    await site.store.policies.save(a_policy(2))

    text = await site.text("/policy")
    assert re.findall(r'href="/policy/(\d+)"', text) == ["2026", "2025"]
    assert "2 versions" in text


async def test_policy_has_contents_that_lead_to_its_headings(site: Site) -> None:
    await site.store.policies.save(a_policy(content="## Rules & more\n\nBe kind.\n\n### Dress\n\nFormal.\n"))

    text = await site.text("/policy/2026")
    targets = re.findall(r'<a href="#([^"]+)">', text)
    assert len(targets) == 2
    assert all(f'id="{target}"' in text for target in targets)
    assert "version 1" in text


async def test_version_says_what_changed_and_which_is_in_force(site: Site) -> None:
    await site.store.policies.save(a_policy(1))
    await site.store.policies.save(a_policy(2, content="## Eligibility\n\nSeven CGPA.\n"))

    newest, first = await site.text("/policy/2026"), await site.text("/policy/2026/1")
    assert "What changed since version 1 (1 place)" in newest
    assert re.search(r"<del>.*Six CGPA\.</del>\s*<ins>.*Seven CGPA\.</ins>", newest)
    assert "no longer in force" not in newest
    assert "no longer in force" in first
    assert await site.text("/policy/2026/2") == newest


@pytest.mark.parametrize("path", ["/policy", "/policy/2026", "/policy/2026/1"])
async def test_hostile_policy_is_shown_as_text(site: Site, path: str) -> None:
    hostile = "<script>alert(1)</script>"
    content = f"## {hostile}\n\n{hostile}\n\n[x](javascript:alert)\n"
    await site.store.policies.save(a_policy(1, content=content, title=hostile, author=hostile))
    await site.store.policies.save(a_policy(2, content=f"{content}\n{hostile}!\n", title=hostile))

    text = await site.text(path)

    assert "<script>" not in text
    assert 'href="javascript' not in text


@pytest.mark.parametrize(
    "path", ["/policy/2031", "/policy/2026/9", "/policy/1999", "/policy/2026/0", "/policy/2026/x", "/policy/", "/x/y/z"]
)
async def test_what_is_not_there_is_a_page_that_leads_on(site: Site, path: str) -> None:
    await site.store.policies.save(a_policy(1))

    text = await site.text(path, status=404)

    assert "There is nothing here" in text
    assert 'href="/statistics"' in text
