"""The demo's office at work, read after each of its events; and many known items."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox.portal import Endpoint, SimulatedPortal
from placement_alerts.sandbox.portal_board import to_ms
from placement_alerts.sandbox.portal_content import LOGINS, fill, script
from tests.sources.superset.builders import FIRST, NOW, a_notice, a_source, remembered

SEED = 7


class OfficeClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 27, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


async def test_every_event_of_the_demo_is_news_once(http: HttpClient) -> None:
    clock = OfficeClock()
    start = clock.now
    async with SimulatedPortal(LOGINS, clock) as portal:
        fill(portal, SEED, start)
        source = a_source(portal, http, *LOGINS)
        known = remembered((await source.fetch({}, clock.now)).changed)
        news: list[set[str]] = []
        for event in script(SEED, start):
            clock.now = start + timedelta(seconds=event.after_s)
            event.act(portal)
            fetched = await source.fetch(known, clock.now)
            known |= remembered(fetched.changed)
            news.append({item.key for item in fetched.changed})
        quiet = await source.fetch(known, clock.now)

    assert news == [
        {"notice:202526/nt-201", "job:jp-206"},
        {"notice:202526/nt-202"},
        {"notice:202526/nt-201", "job:jp-206"},
        {"notice:202526/nt-202"},
        {"job:jp-207"},
        {"notice:202526/nt-203"},
        {"notice:202526/nt-204", "job:jp-201"},
        set(),
        {"job:jp-207"},
        {"notice:202526/nt-205"},
    ]
    assert quiet.changed == ()


async def test_three_new_among_ten_thousand_known_are_all_that_comes(portal: SimulatedPortal, http: HttpClient) -> None:
    for number in range(10_000):
        portal.publish_notice(a_notice(f"nt-{number}", publishedAt=to_ms(NOW) + number))
    source = a_source(portal, http, FIRST)
    known = remembered((await source.fetch({}, NOW)).changed)
    for number in range(3):
        portal.publish_notice(a_notice(f"nt-new-{number}"))
    portal.calls.clear()

    started = perf_counter()
    fetched = await source.fetch(known, NOW)

    assert perf_counter() - started < 10
    assert {item.key for item in fetched.changed} == {f"notice:202526/nt-new-{number}" for number in range(3)}
    assert [call.endpoint for call in portal.calls] == [
        Endpoint.LOGIN,
        Endpoint.NOTICES,
        Endpoint.NOTICES,
        Endpoint.JOBS,
    ]
