"""Revisions that overtake each other, at every stage between two of them."""

from dataclasses import replace
from typing import Any

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.notice import Change
from placement_alerts.core.retry import receipt_of
from placement_alerts.core.student import OffReason
from placement_alerts.store.base import Claim
from tests.builders import a_notice, after, facts
from tests.pipeline.conftest import ME, Works

S = DeliveryState
MOVED: dict[str, Any] = {
    "facts": facts(deadline=after(days=5)),
    "announcement": "Deadline moved: a → b",
    "matters": True,
}


def long_text(word: str) -> str:
    """Return a text of several messages, each full of the word."""
    return "\n".join(f"{word} {number} " + "x" * 80 for number in range(100))


async def cut_short(works: Works, message_ids: tuple[str, ...]) -> None:
    """Let the delivery that is due fail after it showed these parts."""
    (claimed,) = await works.store.deliveries.exchange([], Claim("telegram", ME, "t", 1, works.now()))
    failed = replace(receipt_of(claimed, S.RETRYING, works.now()), message_ids=message_ids, attempts=1)
    await works.store.deliveries.exchange([failed], None)


async def test_a_notice_that_was_edited_before_it_was_planned_reaches_everybody(works: Works) -> None:
    await works.join(1, 2)
    await works.store.notices.save(a_notice())

    await works.publish(a_notice(revision=2, title="Second"))
    await works.carry()

    assert [len(works.texts(chat)) for chat in (1, 2)] == [1, 1]


async def test_a_change_that_was_overtaken_before_it_was_planned_reaches_who_joined_before_it(works: Works) -> None:
    await works.publish(a_notice())
    works.now.turn(minutes=1)
    await works.join(1)
    await works.store.notices.save(a_notice(revision=2, stored_at=after(minutes=2), **MOVED))

    await works.publish(a_notice(revision=3, stored_at=after(minutes=3), title="Third"))
    await works.carry()

    assert len(works.texts(1)) == 1


async def test_an_old_notice_with_a_small_edit_does_not_reach_who_joined_later(works: Works) -> None:
    await works.publish(a_notice())
    works.now.turn(minutes=1)
    await works.join(1)

    await works.publish(a_notice(revision=2, stored_at=after(minutes=2), title="Second"))
    await works.carry()

    assert works.texts(1) == []


async def test_a_change_that_was_overtaken_before_it_was_sent_is_told_with_the_next(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice())
    await works.carry()

    await works.publish(a_notice(revision=2, **MOVED))
    await works.publish(a_notice(revision=3, facts=MOVED["facts"], text="Apply now. Bring a pen."))
    await works.carry()

    edited, line = works.texts(7)
    assert "Bring a pen" in edited
    assert "Deadline moved: 13 Nov 12:00 → 15 Nov 12:00" in line


async def test_a_change_that_was_told_is_not_told_again_with_the_next(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice())
    await works.carry()
    await works.publish(a_notice(revision=2, **MOVED))
    await works.carry()

    await works.publish(
        a_notice(revision=3, facts=MOVED["facts"], changes=(Change(field="Text", before="", after=""),))
    )
    await works.carry()

    assert len(works.texts(7)) == 2


async def test_messages_that_a_cut_short_revision_did_not_reach_are_edited_by_the_next(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice(text=long_text("FIRST")))
    await works.carry()
    (sent,) = await works.rows()
    await works.publish(a_notice(revision=2, text=long_text("SECOND")))
    await cut_short(works, sent.message_ids[:1])

    await works.publish(a_notice(revision=3, text=long_text("THIRD")))
    await works.carry()

    texts = works.texts(7)
    assert len(texts) == len(sent.message_ids) > 1
    assert all("THIRD" in text for text in texts)


async def test_the_next_revision_is_not_sent_as_its_predecessor_read(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice(title="First"))
    await works.carry()
    elsewhere = Works(works.store, works.telegram, works.channel, works.now)

    await elsewhere.publish(a_notice(revision=2, title="Second"))
    await works.carry()

    assert [text.splitlines()[0] for text in works.texts(7)] == ["Second"]


async def test_a_part_that_was_shown_is_struck_through_when_the_notice_is_withdrawn(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice())
    await cut_short(works, ("1",))

    await works.publish(a_notice(revision=2, withdrawn=True, announcement="Withdrawn", matters=True))
    await works.carry()

    assert works.texts(7)[0].startswith("🚫 Withdrawn")


async def test_who_stopped_while_a_send_failed_gets_no_second_try(works: Works) -> None:
    (student,) = await works.join(7)
    await works.publish(a_notice())
    await works.store.students.switch_off(student.addresses[0].id, OffReason.STOPPED)
    await cut_short(works, ())

    await works.carry()

    (row,) = await works.rows()
    assert (row.state, row.error_class) == (S.REFUSED, "stopped")
    assert works.texts(7) == []


async def test_an_operators_retry_does_not_reach_who_stopped(works: Works) -> None:
    (student,) = await works.join(7)
    await works.publish(a_notice())
    await works.store.students.switch_off(student.addresses[0].id, OffReason.STOPPED)
    await works.store.deliveries.close_address(student.addresses[0].id, "stopped", works.now())

    await works.store.deliveries.retry([row.id for row in await works.rows()], works.now())
    await works.carry()

    assert works.texts(7) == []


async def test_what_waits_for_a_group_that_moved_to_where_somebody_started_is_not_sent_there_too(works: Works) -> None:
    await works.join(-100)
    works.telegram.answer(
        "sendMessage",
        error=400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": -100200},
    )
    await works.publish(a_notice("n1"))
    await works.publish(a_notice("n2"))
    await works.join(-100200)

    await works.carry()

    assert len(works.texts(-100200)) == 1  # the one that found out
