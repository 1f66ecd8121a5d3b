from pathlib import Path
from typing import Any

import pytest

from placement_alerts.core.mail_review import HISTORY
from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.review import Answer, ReviewKind
from placement_alerts.errors import PeerRefused, PeerUnreachable, StoreUnavailable
from placement_alerts.store import open_store
from placement_alerts.store.base import PollState, Store
from tests.builders import NOW, YEAR, after
from tests.pipeline.conftest import Hand
from tests.pipeline.mails import ASHA, KABIR, MEERA, Fuse, Killed, Office, closed, policy, result, spam


@pytest.fixture
def office(store: Store, now: Hand) -> Office:
    return Office(store, now)


async def test_a_mail_is_a_notice_and_then_flagged(office: Office) -> None:
    report = await office.reads(closed())

    (notice,) = await office.notices()
    assert (notice.title, notice.facts.kind, notice.year) == ("Office closed on Friday", NoticeKind.ANNOUNCEMENT, YEAR)
    assert (report.items, report.notices, report.archived) == (1, 1, 0)
    assert office.box.seen == {closed().id}
    assert office.stored.count == 1


async def test_the_same_mail_at_another_time_is_the_same_notice(office: Office, now: Hand) -> None:
    await office.reads(closed())
    before = await office.notices()
    now.turn(days=2)

    report = await office.reads(closed(), uidvalidity=2)

    assert await office.notices() == before
    assert (report.notices, report.unchanged) == (0, 1)


async def test_a_mail_that_is_done_is_only_flagged_again(office: Office) -> None:
    await office.reads(closed())
    office.box.seen.clear()

    await office.reads(closed(), folder="Other")

    assert office.box.seen == {closed().id}
    assert len(await office.notices()) == 1


async def test_an_unavailable_store_ends_the_poll_and_the_mail_comes_again(office: Office) -> None:
    class Away:
        """A store that does not answer when a notice is stored."""

        def __init__(self, inner: Store) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> object:
            return self if name == "notices" else getattr(self.inner, name)

        async def save(self, notice: object) -> bool:
            raise StoreUnavailable("no answer")

    real = office.real_store
    office.real_store = Away(real)  # type: ignore[assignment]  # it is one but for what fails
    office.start()
    with pytest.raises(StoreUnavailable):
        await office.reads(closed())
    assert office.box.seen == set()

    office.real_store = real
    office.start()
    await office.reads()

    assert len(await office.notices()) == 1
    assert office.box.seen == {closed().id}


async def test_a_mailbox_that_refuses_us_raises_one_alarm(office: Office) -> None:
    office.box.refuses = PeerRefused("the login was refused")

    for _ in range(2):
        with pytest.raises(PeerRefused):
            await office.reads()

    review = await office.the_review()
    assert (review.kind, review.reasons) == (ReviewKind.ALARM, ("the login was refused",))


async def test_a_mailbox_that_cannot_be_reached_for_once_raises_no_alarm(office: Office) -> None:
    office.box.refuses = PeerUnreachable("no answer")

    with pytest.raises(PeerUnreachable):
        await office.reads()

    assert await office.real_store.reviews.open(10) == []


async def test_history_is_kept_for_reading_and_told_to_nobody(office: Office) -> None:
    old: dict[str, Any] = {"date": after(days=-9), "received_at": after(days=-9)}

    report = await office.reads(result(**old), closed(**old), policy(**old))

    assert all(notice.archived for notice in await office.notices())
    assert (report.notices, report.archived) == (3, 3)
    assert len(await office.real_store.offers.of_year(YEAR)) == 1


async def test_what_arrived_of_late_is_told_at_the_first_reading(office: Office) -> None:
    await office.reads(closed(received_at=after(hours=-23)))

    (notice,) = await office.notices()
    assert not notice.archived


async def test_history_that_a_crash_broke_off_stays_history(office: Office) -> None:
    old: dict[str, Any] = {"received_at": after(days=-9)}
    office.max_mails = 1
    office.start()
    await office.reads(closed(**old), result(**old))

    office.start()
    await office.reads()

    assert [notice.archived for notice in await office.notices()] == [True, True]
    assert office.rung == 1


async def test_a_folder_that_is_added_later_brings_its_history(office: Office) -> None:
    await office.reads(closed())

    await office.reads(result(received_at=after(days=-9)), folder="Older")

    assert {notice.title: notice.archived for notice in await office.notices()} == {
        "Office closed on Friday": False,
        "Placement Offer: Brightwave Systems": True,
    }


async def test_mails_that_came_while_we_were_down_are_told(office: Office, now: Hand) -> None:
    await office.reads(closed())
    now.turn(days=5)

    await office.reads(result(received_at=after(days=2)))

    assert not any(notice.archived for notice in await office.notices())


async def test_mails_that_came_while_we_were_down_are_told_though_the_folder_was_empty(
    office: Office, now: Hand
) -> None:
    await office.reads()
    now.turn(days=5)

    await office.reads(closed(received_at=after(days=2)))

    assert [notice.archived for notice in await office.notices()] == [False]


async def test_mails_that_came_while_we_were_down_are_told_though_another_folder_cannot_be_opened(
    office: Office, now: Hand
) -> None:
    office.box.refuses_after = PeerRefused("no such folder")
    with pytest.raises(PeerRefused):
        await office.reads(closed("<c0@example.org>", subject="Closed on Monday"))
    now.turn(days=5)

    with pytest.raises(PeerRefused):
        await office.reads(closed(received_at=after(days=2)))

    assert [notice.archived for notice in await office.notices()] == [False, False]


async def test_mails_that_came_while_we_were_down_are_told_though_the_folder_was_renumbered(
    office: Office, now: Hand
) -> None:
    await office.reads(closed("<c0@example.org>", subject="Closed on Monday"))
    await office.real_store.sources.save_poll("mailbox", PollState(last_success_at=NOW))
    now.turn(days=5)

    await office.reads(closed(received_at=after(days=2)), uidvalidity=2)

    assert [notice.archived for notice in await office.notices()] == [False, False]


async def test_another_account_brings_its_history(office: Office, now: Hand) -> None:
    await office.reads(closed("<c0@example.org>", subject="Closed on Monday"))
    now.turn(days=30)
    await office.real_store.sources.save_poll("mailbox", PollState(last_success_at=now()))

    await office.reads(closed(received_at=after(days=20)), uidvalidity=2)

    assert {notice.title: notice.archived for notice in await office.notices()} == {
        "Closed on Monday": False,
        "Office closed on Friday": True,
    }


async def test_held_history_wakes_nobody_and_is_released_for_reading_alone(office: Office) -> None:
    await office.reads(closed(received_at=after(days=-9), distrust="its sender is not in the list"))
    review = await office.the_review()
    assert (review.told, review.reasons[-1]) == (True, HISTORY)

    await office.answers(Answer.RELEASE)

    (notice,) = await office.notices()
    assert notice.archived


async def test_more_mails_than_one_run_takes_follow_in_the_next(office: Office) -> None:
    office.max_mails = 2
    office.start()

    await office.reads(*(closed(f"<c{number}@example.org>", subject=f"Closed, {number}") for number in range(5)))
    assert (len(await office.notices()), office.rung) == (2, 1)
    await office.reads()
    await office.reads()

    assert (len(await office.notices()), office.rung) == (5, 2)


WHOLE = [result(MEERA, KABIR), closed(), spam(), policy(), result(MEERA, KABIR, ASHA, identifier="<m2@example.org>")]
TITLES = [
    "Office closed on Friday",
    "Placement Offer: Brightwave Systems",
    "Placement Update: Brightwave Systems (+1)",
]
WHOLE.append(closed("<c9@example.org>", subject="A shortlist", distrust="its sender is not in the list"))


@pytest.mark.parametrize("after_call", [False, True])
async def test_whichever_call_the_store_does_not_answer_every_mail_is_taken_in_once(
    office: Office, after_call: bool
) -> None:
    office.box.get(*WHOLE)
    losses = 0
    while True:
        office.start(Fuse(losses + 1, StoreUnavailable("no answer"), after_call))
        try:
            await office.poll.run_once(first=False)
            break
        except StoreUnavailable:
            losses += 1

    titles = await office.titles()
    assert losses > 10
    assert (titles[:3], len(titles)) == (TITLES, 4)
    assert office.box.seen == {mail.id for mail in WHOLE}


async def test_killed_in_each_life_one_step_later_every_mail_is_taken_in_once(office: Office) -> None:
    office.box.get(*WHOLE)
    kills = 0
    while await is_killed(office, kills + 1):
        kills += 1

    titles = await office.titles()
    assert kills > 10
    assert titles[:3] == TITLES
    assert len(titles) == 4
    assert office.box.seen == {mail.id for mail in WHOLE}
    assert len(await office.real_store.reviews.open(10)) == 1


async def is_killed(office: Office, at: int) -> bool:
    """Poll in a process that is killed at its call of that number; say whether it lived to make it."""
    office.start(Fuse(at))
    try:
        await office.poll.run_once(first=False)
    except Killed:
        return True
    return False


async def test_killed_once_at_any_step_the_next_life_finishes_the_work(tmp_path: Path) -> None:
    lives: list[tuple[list[str], set[str], int]] = []
    while True:
        store = await open_store(f"sqlite:///{tmp_path}/store{len(lives)}.db")
        office = Office(store, Hand())
        office.box.get(*WHOLE)
        killed = await is_killed(office, len(lives) + 1)
        office.start()
        await office.poll.run_once(first=False)
        lives.append((await office.titles(), office.box.seen, len(await store.reviews.open(10))))
        await store.close()
        if not killed:
            break

    assert len(lives) > 30
    assert lives == [lives[-1]] * len(lives)
    assert lives[-1][0][:3] == TITLES
