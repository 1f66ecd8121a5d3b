"""The Atom feed, read back by a parser of XML, over a real server and store."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

from aiohttp import ClientResponse

from placement_alerts.core.notice import ListedStudent, NoticeKind
from placement_alerts.store.base import Store
from tests.builders import NOW, a_notice, after, facts
from tests.web.feeds.conftest import HOST, SITE, feeds_of
from tests.web.house import House

NS = {"a": "http://www.w3.org/2005/Atom"}


async def fetched(house: House, **headers: str) -> tuple[ClientResponse, ET.Element | None]:
    """Return the answer and the parsed feed; None: there was no body."""
    async with house.client.get("/feed.atom", headers={**HOST, **headers}) as response:
        raw = await response.read()
        return response, ET.fromstring(raw) if raw else None


async def read(house: House) -> ET.Element:
    _, feed = await fetched(house)
    assert feed is not None
    return feed


def texts(feed: ET.Element, path: str) -> list[str]:
    return [one.text or "" for one in feed.findall(path, NS)]


async def publish(store: Store, identifier: str = "n1", **values: Any) -> None:
    assert await store.notices.save(a_notice(identifier, **({"public": True} | values)))


async def test_feed_is_atom_with_a_link_to_itself(store: Store, house: House) -> None:
    await publish(store)

    response, feed = await fetched(house)

    assert feed is not None
    assert response.content_type == "application/atom+xml"
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    links = {one.get("rel"): one.get("href") for one in feed.findall("a:link", NS)}
    assert links == {"self": f"{SITE}/feed.atom", "alternate": f"{SITE}/"}
    assert feed.find("a:author/a:name", NS) is not None


async def test_only_public_notices_are_in_it(store: Store, house: House) -> None:
    await publish(store, "n1", title="For all")
    await publish(store, "n2", title="For some", public=False)

    assert texts(await read(house), "a:entry/a:title") == ["For all"]


async def test_newest_fifty_are_in_it(store: Store, house: House) -> None:
    for number in range(53):
        await publish(store, f"n{number}", title=f"t{number}", published_at=NOW - timedelta(hours=number))

    assert texts(await read(house), "a:entry/a:title") == [f"t{number}" for number in range(50)]


async def test_revision_keeps_id_and_published_and_changes_updated(store: Store, house: House) -> None:
    await publish(store)
    before = await read(house)
    await publish(store, revision=2, stored_at=after(hours=2), title="Other")
    later = await read(house)

    same = ("a:entry/a:id", "a:entry/a:published")
    assert [texts(before, path) for path in same] == [texts(later, path) for path in same]
    assert texts(before, "a:entry/a:id") == ["tag:alerts.example.edu,2025:notices/n1"]
    assert texts(later, "a:entry/a:updated") == ["2025-11-10T08:30:00.000Z"]
    assert texts(later, "a:updated") == ["2025-11-10T08:30:00.000Z"]


async def test_withdrawn_entry_stays_retitled_for_thirty_days(store: Store, house: House) -> None:
    await publish(store, title="Old news", html="<p>secret</p>", withdrawn=True, revision=2)

    house.moments.pass_by(days=29)
    [title] = texts(await read(house), "a:entry/a:title")
    [content] = texts(await read(house), "a:entry/a:content")
    house.moments.pass_by(days=1)

    assert title == "Withdrawn: Old news"
    assert "secret" not in content
    assert texts(await read(house), "a:entry/a:title") == []


async def test_withdrawn_long_ago_take_no_place(store: Store, house: House) -> None:
    house.moments.pass_by(days=40)
    for number in range(120):
        await publish(store, f"w{number}", revision=2, withdrawn=True, published_at=after(minutes=number))
    await publish(store, "n1", title="Older", published_at=NOW - timedelta(days=1))

    assert texts(await read(house), "a:entry/a:title") == ["Older"]


async def test_unchanged_feed_is_not_sent_again(store: Store, house: House) -> None:
    await publish(store)
    first, _ = await fetched(house)

    by_tag, _ = await fetched(house, **{"If-None-Match": first.headers["ETag"]})
    by_date, _ = await fetched(house, **{"If-Modified-Since": first.headers["Last-Modified"]})

    assert (by_tag.status, by_date.status) == (304, 304)
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    assert by_tag.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert by_tag.headers["Vary"] == first.headers["Vary"]


async def test_changed_feed_is_sent_again(store: Store, house: House) -> None:
    await publish(store)
    first, _ = await fetched(house)
    await publish(store, revision=2, stored_at=after(hours=1))

    by_tag, _ = await fetched(house, **{"If-None-Match": first.headers["ETag"]})
    by_date, _ = await fetched(house, **{"If-Modified-Since": first.headers["Last-Modified"]})

    assert (by_tag.status, by_date.status) == (200, 200)


async def test_tag_decides_where_both_are_sent(store: Store, house: House) -> None:
    await publish(store)
    first, _ = await fetched(house)

    both = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]}

    assert (await fetched(house, **both))[0].status == 200


async def test_feed_leaks_no_list_no_name_and_no_address(store: Store, house: House) -> None:
    body = "Shortlist\nAsha Rao 21103001\nBen Das 21103002\nWrite to hr.desk@brightwave.example.com\nBring a laptop"
    await publish(
        store,
        title="Shortlist, ask hr@brightwave.example.com",
        text=body,
        html="<p>" + body.replace("\n", "</p><p>") + "</p>",
        author="Meera Iyer",
        facts=facts(
            kind=NoticeKind.SHORTLIST,
            venue="Lab 4, ask lab@brightwave.example.com",
            students=(ListedStudent(name="Asha Rao", enrollment="21103001"),),
        ),
    )

    feed = await read(house)
    raw = ET.tostring(feed, encoding="unicode")

    assert "Bring a laptop" in raw
    leaks = ("Asha", "21103001", "Ben", "21103002", "@brightwave", "hr.desk", "Meera")
    assert [word for word in leaks if word in raw] == []


async def test_list_in_a_notice_that_names_nobody_else_is_left_out(store: Store, house: House) -> None:
    body = "Meet at nine\n21103001\n21103002"
    await publish(store, text=body, html=f"<pre>{body}</pre>", facts=facts(kind=NoticeKind.ANNOUNCEMENT))

    [content] = texts(await read(house), "a:entry/a:content")

    assert ("Meet at nine" in content, "21103001" in content) == (True, False)


async def test_own_html_is_kept_where_it_hides_nothing(store: Store, house: House) -> None:
    await publish(store, text="Apply here", html='<p>Apply <a href="https://example.org/">here</a></p>')

    [content] = texts(await read(house), "a:entry/a:content")

    assert '<a href="https://example.org/">here</a>' in content


async def test_odd_characters_do_not_break_the_xml(store: Store, house: House) -> None:
    await publish(store, title="A\x00\x0b\ufffe <b>&amp; 😀 ]]>", text="x\x1b", html="<p>x\x08</p>")

    assert texts(await read(house), "a:entry/a:title") == ["A <b>&amp; 😀 ]]>"]


async def test_empty_feed_is_a_feed(house: House) -> None:
    feed = await read(house)

    assert texts(feed, "a:updated") == ["2025-01-01T00:00:00.000Z"]


async def test_no_feed_where_pages_are_for_the_signed_in(store: Store) -> None:
    await publish(store)
    async with feeds_of(store, public_pages=False) as house:
        assert (await house.get("/feed.atom", headers=HOST)).status == 404


async def test_feed_knows_its_address_without_a_configured_one(store: Store) -> None:
    await publish(store)
    async with feeds_of(store, public_url="") as house:
        _, feed = await fetched(house, Host="here.example.org:8000")

    assert feed is not None
    assert texts(feed, "a:entry/a:id") == ["tag:here.example.org,2025:notices/n1"]
