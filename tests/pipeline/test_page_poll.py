"""The real page source against the simulated page, into a real SQLite file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.official import Snapshot
from placement_alerts.core.official_records import live_again
from placement_alerts.errors import PeerError, PeerNonsense, PeerUnreachable
from placement_alerts.http_client import HttpClient, Retries
from placement_alerts.pipeline.page_poll import PagePoll
from placement_alerts.pipeline.reports import IntakeReport
from placement_alerts.pipeline.updating import Updater
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.sandbox import http_faults as faults
from placement_alerts.sandbox.official_content import SEASON_2031, SEASON_2032
from placement_alerts.sandbox.official_page import Layout, SimulatedPage
from placement_alerts.sources.official.settings import OfficialSettings
from placement_alerts.sources.official.source import OfficialPage
from placement_alerts.store import open_store
from placement_alerts.store.base import OwnerId, Store
from tests.builders import YEAR
from tests.pipeline.conftest import Hand


class PowerCut(Exception):
    """The process dies here."""


class Dying:
    """Another object with one method that never comes to its end; `official` of a store, or the store itself."""

    def __init__(self, inner: Any, step: str) -> None:
        self._inner = inner
        self._step = step

    def __getattr__(self, name: str) -> Any:
        if name == "official":
            return Dying(self._inner.official, self._step)
        return self._cut if name == self._step else getattr(self._inner, name)

    async def _cut(self, *_: object) -> None:
        raise PowerCut


@dataclass
class Desk:
    """The page, the poll and what came of it."""

    site: SimulatedPage
    store: Store
    page: OfficialPage
    now: Hand
    stored: Flag = field(default_factory=Flag)
    alarms: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def poll(self, *, announce: bool = True) -> PagePoll:
        async def alarm(key: str, _title: str, reasons: tuple[str, ...]) -> None:
            self.alarms.append((key, reasons))

        return PagePoll(self.page, self.store, self.stored, self.now, YEAR, announce=announce, alarm=alarm)

    async def read(self, *, announce: bool = True) -> IntakeReport:
        """Read the page, a day after the last time."""
        self.now.turn(days=1)
        return await self.poll(announce=announce).run_once(first=False)

    def edit(self, title: str) -> None:
        """Publish another average for the batch of 2032."""
        self.site.content = self.site.content.with_card("2032", "Average Package", title)

    async def texts(self) -> list[str]:
        """Return the texts of all notices, newest first."""
        return [notice.text for notice in await self.store.notices.latest(None, 50)]

    async def snapshots(self) -> list[Snapshot]:
        return await self.store.official.snapshots(50)

    async def records(self) -> dict[str, tuple[bool, str]]:
        """Return whether each batch is live, and its last card's title."""
        records = await self.store.official.batches()
        return {record.batch.name: (record.live, record.batch.highlights[-1].title) for record in records}


@pytest.fixture
async def desk(tmp_path: Path, now: Hand) -> AsyncIterator[Desk]:
    async def sleep(_: float) -> None:
        return None

    store = await open_store(f"sqlite:///{tmp_path}/store.db")
    async with SimulatedPage() as site, HttpClient(allow_private=True, retries=Retries(), sleep=sleep) as http:
        yield Desk(site, store, OfficialPage(OfficialSettings(url=site.url, timeout_s=1.5), http), now)
    await store.close()


async def test_first_reading_stores_everything_and_announces_nothing(desk: Desk) -> None:
    report = await desk.read()

    assert (report.items, report.notices, report.failures) == (2, 0, ())
    assert await desk.records() == {"2032": (True, "Rs. 9.80 Lacs"), "2031": (True, "Rs. 8.90 Lacs")}
    assert len(await desk.snapshots()) == 1
    assert await desk.texts() == []


async def test_changed_value_gives_one_notice_naming_old_and_new_one(desk: Desk) -> None:
    await desk.read()
    desk.edit("Rs. 9.95 Lacs")

    report = await desk.read()
    await desk.read()

    assert report.notices == 1
    assert await desk.texts() == ["2032: Average package: Rs. 9.80 Lacs → Rs. 9.95 Lacs"]
    assert len(await desk.snapshots()) == 2
    (notice,) = await desk.store.notices.latest(YEAR, 5)
    assert (notice.source, notice.facts.kind) == ("official", NoticeKind.ANNOUNCEMENT)
    assert desk.stored.count == 1


async def test_unchanged_page_only_moves_the_time_at_which_it_was_seen(desk: Desk) -> None:
    await desk.read()
    first = desk.now()
    report = await desk.read()  # the server says that nothing changed
    desk.site.validates = False
    await desk.read()  # the server sends the same page again

    (snapshot,) = await desk.snapshots()
    assert (snapshot.taken_at, snapshot.seen_at) == (first, desk.now())
    assert (report.unchanged, report.notices) == (1, 0)


async def test_page_that_goes_back_and_forth_is_announced_each_time(desk: Desk) -> None:
    await desk.read()
    for title in ("Rs. 9.95 Lacs", "Rs. 9.80 Lacs", "Rs. 9.95 Lacs"):
        desk.edit(title)
        await desk.read()

    assert len(await desk.texts()) == 3
    assert len(await desk.snapshots()) == 4


async def test_changes_are_stored_silently_where_announcing_is_switched_off(desk: Desk) -> None:
    await desk.read(announce=False)
    desk.edit("Rs. 9.95 Lacs")

    report = await desk.read(announce=False)

    assert (report.notices, await desk.texts()) == (0, [])
    assert len(await desk.snapshots()) == 2


async def test_new_batch_is_announced_and_one_that_vanished_is_frozen_without_a_word(desk: Desk) -> None:
    desk.site.content = desk.site.content.without("2031")
    await desk.read()
    desk.site.content = type(desk.site.content)().without("2032")

    await desk.read()

    (text,) = await desk.texts()
    assert text.startswith("2031: Companies visited: 118+ (new)")
    assert await desk.records() == {"2032": (False, "Rs. 9.80 Lacs"), "2031": (True, "Rs. 8.90 Lacs")}


async def test_batch_that_is_back_stays_frozen_until_an_admin_sets_it_live(desk: Desk) -> None:
    whole = desk.site.content
    await desk.read()
    desk.site.content = whole.without("2031")
    await desk.read()
    desk.site.content = whole.with_card("2031", "Average Package", "Rs. 9.99 Lacs")

    report = await desk.read()

    assert (await desk.records())["2031"] == (False, "Rs. 8.90 Lacs")
    assert report.failures == (
        "batch 2031 is on the page, but its record is frozen and stays as it is until it is set live",
    )
    assert [key for key, _ in desk.alarms] == ["official:returned:2031"]
    assert await desk.texts() == []

    record = next(one for one in await desk.store.official.batches() if one.batch.name == "2031")
    await desk.store.official.save_batches([live_again(record, desk.now())])
    desk.site.validates = False
    await desk.read()
    assert (await desk.records())["2031"] == (True, "Rs. 9.99 Lacs")


async def test_batch_that_lost_all_its_cards_keeps_its_last_values_and_is_reported(desk: Desk) -> None:
    await desk.read()
    desk.site.content = desk.site.content.with_cards("2031", [])

    report = await desk.read()
    await desk.read()

    assert (await desk.records())["2031"] == (True, "Rs. 8.90 Lacs")
    assert report.failures == ("batch 2031 lost all its figures on the page; the last ones are kept",)
    assert {key for key, _ in desk.alarms} == {"official:empty:2031"}
    assert (await desk.texts(), len(await desk.snapshots())) == ([], 1)

    desk.site.content = desk.site.content.with_cards("2031", [*SEASON_2031[:3], ("Rs. 9.99 Lacs", "Average Package")])
    await desk.read()
    assert await desk.texts() == ["2031: Average package: Rs. 8.90 Lacs → Rs. 9.99 Lacs"]


@pytest.mark.parametrize("layout", [Layout.UNKNOWN, Layout.EMPTY])
async def test_page_that_is_not_understood_is_an_alarm_and_changes_nothing(desk: Desk, layout: Layout) -> None:
    await desk.read()
    before = (await desk.snapshots(), await desk.records(), await desk.store.official.validators())
    desk.site.layout = layout

    with pytest.raises(PeerNonsense, match="layout is unknown"):
        await desk.read()

    assert (await desk.snapshots(), await desk.records(), await desk.store.official.validators()) == before
    assert [key for key, _ in desk.alarms] == ["official:layout"]


async def test_page_whose_headings_lost_their_years_freezes_nothing(desk: Desk) -> None:
    await desk.read()
    before = (await desk.snapshots(), await desk.records(), await desk.store.official.validators())
    desk.site.content = replace(
        desk.site.content, batches=[("this year", SEASON_2032), ("last year", desk.site.content.cards("2031"))]
    )

    with pytest.raises(PeerNonsense, match="no batch on it has a name"):
        await desk.read()

    assert (await desk.snapshots(), await desk.records(), await desk.store.official.validators()) == before
    assert ([key for key, _ in desk.alarms], await desk.texts()) == (["official:layout"], [])


async def test_page_that_is_not_understood_at_the_first_reading_is_no_first_reading(desk: Desk) -> None:
    desk.site.layout = Layout.UNKNOWN
    with pytest.raises(PeerNonsense):
        await desk.read()
    desk.site.layout = Layout.CURRENT

    await desk.read()

    assert (await desk.texts(), len(await desk.snapshots())) == ([], 1)


async def test_server_error_changes_nothing(desk: Desk) -> None:
    await desk.read()
    desk.site.fail(faults.status(503), times=3)

    with pytest.raises(PeerUnreachable):
        await desk.read()

    assert (len(await desk.snapshots()), desk.alarms) == (1, [])


@pytest.mark.parametrize(("status", "cause"), [(404, "official:nonsense"), (403, "official:refused")])
async def test_page_that_moved_or_is_closed_to_us_is_an_alarm(desk: Desk, status: int, cause: str) -> None:
    desk.site.fail(faults.status(status))

    with pytest.raises(PeerError):
        await desk.read()

    assert [key for key, _ in desk.alarms] == [cause]


async def test_change_of_logos_or_introduction_is_stored_only(desk: Desk) -> None:
    await desk.read()
    content = desk.site.content
    desk.site.content = type(content)(content.batches, [("/uploads/other.webp", "Other")], "Another introduction.")

    await desk.read()

    assert (await desk.texts(), len(await desk.snapshots())) == ([], 2)


@pytest.mark.parametrize("step", ["save_batches", "save", "save_validators"])
async def test_crash_after_the_notice_neither_loses_nor_repeats_it(desk: Desk, step: str) -> None:
    await desk.read()
    desk.edit("Rs. 9.95 Lacs")

    with pytest.raises(PowerCut):
        await replace(desk, store=cast("Store", Dying(desk.store, step))).read()
    await desk.read()

    assert await desk.texts() == ["2032: Average package: Rs. 9.80 Lacs → Rs. 9.95 Lacs"]
    assert (await desk.records())["2032"] == (True, "Rs. 9.95 Lacs")
    assert len(await desk.snapshots()) == 2


async def test_good_reading_is_a_success_of_the_source_and_an_unknown_layout_a_failure(desk: Desk) -> None:
    updater = Updater(desk.store, {"official": desk.poll()}, OwnerId("me"), desk.now)

    good = await updater.update("official")
    state = await desk.store.sources.poll("official")
    desk.site.layout = Layout.UNKNOWN
    bad = await updater.update("official")

    assert (good.failed, good.failures, state.error_class, state.last_success_at) == (False, (), None, desk.now())
    assert bad.failed
    assert (await desk.store.sources.poll("official")).error_class == "nonsense"
