import time

import pytest

from placement_alerts.core.official import Validators
from placement_alerts.errors import ConfigError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox import http_faults as faults
from placement_alerts.sandbox.official_page import Layout, SimulatedPage
from placement_alerts.sources.official.settings import OfficialSettings
from placement_alerts.sources.official.source import OfficialPage
from tests.builders import NOW

NO_LAYOUT = "no section with placement highlights, no flight data and no tabs: the layout is unknown"


def page(site: SimulatedPage, http: HttpClient, timeout_s: float = 15.0, max_bytes: int = 1_000_000) -> OfficialPage:
    return OfficialPage(OfficialSettings(url=site.url, timeout_s=timeout_s, max_bytes=max_bytes), http)


async def test_page_is_asked_for_as_a_browser_does(site: SimulatedPage, http: HttpClient) -> None:
    await page(site, http).fetch(None, NOW)

    (asked,) = site.requests
    assert asked["user-agent"].startswith("Mozilla/5.0")
    assert asked["accept"].startswith("text/html")
    assert asked["accept-language"].startswith("en")
    assert "if-none-match" not in asked


@pytest.mark.parametrize("layout", [Layout.CURRENT, Layout.FLIGHT, Layout.OLD])
async def test_every_known_layout_gives_a_snapshot(site: SimulatedPage, http: HttpClient, layout: Layout) -> None:
    site.layout = layout

    read = await page(site, http).fetch(None, NOW)

    assert read.alarm is None
    assert read.snapshot is not None
    assert (read.snapshot.layout, read.snapshot.taken_at) == (layout.value, NOW)


async def test_unchanged_page_is_not_sent_again(site: SimulatedPage, http: HttpClient) -> None:
    source = page(site, http)
    first = await source.fetch(None, NOW)

    again = await source.fetch(first.validators, NOW)

    assert (again.snapshot, again.alarm, again.validators) == (None, None, first.validators)
    assert site.requests[1]["if-none-match"]


async def test_time_of_the_last_change_is_sent_back_too(site: SimulatedPage, http: HttpClient) -> None:
    known = Validators(url=site.url, last_modified="Sun, 09 Nov 2025 06:00:00 GMT")

    await page(site, http).fetch(known, NOW)

    assert site.requests[0]["if-modified-since"] == known.last_modified


async def test_validators_of_another_address_are_not_used(site: SimulatedPage, http: HttpClient) -> None:
    read = await page(site, http).fetch(Validators(url="https://other.example", etag='"x"'), NOW)

    assert read.snapshot is not None
    assert "if-none-match" not in site.requests[0]


@pytest.mark.parametrize("layout", [Layout.UNKNOWN, Layout.EMPTY])
async def test_page_that_is_not_understood_is_an_alarm_and_no_snapshot(
    site: SimulatedPage, http: HttpClient, layout: Layout
) -> None:
    site.layout = layout

    read = await page(site, http).fetch(None, NOW)

    assert (read.snapshot, read.validators, read.alarm) == (None, None, NO_LAYOUT)


async def test_batch_that_lost_its_figures_is_named_and_the_page_is_read_again(
    site: SimulatedPage, http: HttpClient
) -> None:
    site.content = site.content.with_cards("2032", [])

    read = await page(site, http).fetch(None, NOW)

    assert read.snapshot is not None
    assert read.validators is None
    assert read.alarm == "batch 2032 is on the page, but without any figure"


@pytest.mark.parametrize("fault", [faults.status(503), faults.cut_off()])
async def test_passing_trouble_is_tried_again(site: SimulatedPage, http: HttpClient, fault: faults.Fault) -> None:
    site.fail(fault, times=2)

    read = await page(site, http).fetch(None, NOW)

    assert read.snapshot is not None
    assert len(site.requests) == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.status(500), PeerUnreachable),
        (faults.status(429), PeerUnreachable),
        (faults.status(403), PeerRefused),
        (faults.status(404), PeerNonsense),
        (faults.status(304), PeerNonsense),
        (faults.redirect("https://other.example/"), PeerNonsense),
        (faults.bomb(2_000_000), PeerNonsense),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_lasting_trouble_has_a_name(
    site: SimulatedPage, http: HttpClient, fault: faults.Fault, error: type[Exception]
) -> None:
    site.fail(fault, times=3)

    with pytest.raises(error):
        await page(site, http).fetch(None, NOW)


@pytest.mark.parametrize("fault", [faults.silence(), faults.drip()], ids=lambda fault: fault.name)
async def test_silent_or_slow_server_ends_in_time(site: SimulatedPage, http: HttpClient, fault: faults.Fault) -> None:
    site.fail(fault, times=3)
    began = time.monotonic()

    with pytest.raises(PeerUnreachable):
        await page(site, http, timeout_s=0.6).fetch(None, NOW)

    assert time.monotonic() - began < 3.0


@pytest.mark.parametrize("charset", ["utf-16", "no-such-charset"])
async def test_charset_of_the_answer_is_honoured_where_it_is_known(
    site: SimulatedPage, http: HttpClient, charset: str
) -> None:
    body = site.html.encode("utf-16" if charset == "utf-16" else "utf-8")
    site.fail(faults.body(body, content_type=f"text/html; charset={charset}"))

    read = await page(site, http).fetch(None, NOW)

    assert read.snapshot is not None


async def test_check_says_what_was_understood(site: SimulatedPage, http: HttpClient) -> None:
    assert await page(site, http).check() == ["current layout, 2 batches (2032, 2031), 7 figures"]


async def test_check_of_a_page_that_is_not_understood_fails(site: SimulatedPage, http: HttpClient) -> None:
    site.layout = Layout.UNKNOWN

    with pytest.raises(PeerNonsense, match="layout is unknown"):
        await page(site, http).check()


async def test_source_without_an_address_cannot_be_made(http: HttpClient) -> None:
    with pytest.raises(ConfigError, match=r"sources\.official\.url"):
        OfficialPage(OfficialSettings(), http)
