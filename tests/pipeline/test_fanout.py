import asyncio
from datetime import timedelta

from placement_alerts.channels.pacing import Pacer
from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.message import Style
from placement_alerts.core.student import OffReason
from placement_alerts.sandbox.telegram_faults import Fault, FaultKind
from placement_alerts.store.base import Claim, OwnerId
from tests.builders import YEAR, a_delivery, a_notice, after, facts
from tests.pipeline.conftest import Works, open_channel

S = DeliveryState


async def test_every_student_gets_a_notice_once(works: Works) -> None:
    await works.join(*range(1, 41))
    await works.publish(a_notice())

    await works.carry()
    await works.carry()

    assert [len(works.telegram.sends[chat]) for chat in range(1, 41)] == [1] * 40
    assert await works.states() == [S.SENT] * 40


async def test_a_receipt_names_the_message(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice())

    await works.carry()

    (row,) = await works.rows()
    assert row.message_ids == tuple(str(sent.message_id) for sent in works.telegram.sends[7])
    assert (row.owner, row.lease, row.sent_at) == (None, None, works.now())


async def test_one_blocked_student_changes_nothing_for_the_others(works: Works) -> None:
    await works.join(1, 2, 3)
    works.telegram.world.block(2)
    await works.publish(a_notice())

    await works.carry()

    assert sorted(await works.states()) == [S.REFUSED, S.SENT, S.SENT]
    student = await works.store.students.by_address("telegram", "2")
    assert student is not None
    assert student.addresses[0].off is OffReason.BLOCKED


async def test_what_else_waited_for_a_blocked_student_is_refused_without_a_call(works: Works) -> None:
    await works.join(2)
    works.telegram.world.block(2)
    await works.publish(a_notice("n1"))
    await works.publish(a_notice("n2"))

    await works.carry()

    assert await works.states("n1") == await works.states("n2") == [S.REFUSED]
    assert len([call for call in works.telegram.calls if call.method == "sendMessage"]) == 1


async def test_a_permanent_error_is_tried_once(works: Works) -> None:
    await works.join(7)
    works.telegram.answer("sendMessage", error=400, description="Bad Request: chat not found", times=None)
    await works.publish(a_notice())

    await works.carry()

    assert len(works.telegram.calls) == 1
    assert await works.states() == [S.REFUSED]


async def test_a_delivery_that_always_fails_ends_as_dead_after_its_tries(works: Works) -> None:
    await works.join(7)
    works.telegram.answer("sendMessage", error=500, description="Internal Server Error", times=3)
    await works.publish(a_notice())

    for _ in range(3):
        await works.carry()

    (row,) = await works.rows()
    assert (row.state, row.attempts) == (S.DEAD, 3)


async def test_an_answer_that_was_lost_is_recorded_and_tried_once_more(works: Works) -> None:
    await works.join(7)
    works.telegram.fail("sendMessage", FaultKind.LOST, times=None)
    await works.publish(a_notice())

    await works.carry()
    await works.carry()
    await works.carry()

    (row,) = await works.rows()
    assert (row.state, row.error_class, row.possibly_delivered) == (S.DEAD, "unknown", 2)
    assert len(works.telegram.sends[7]) == 2


async def test_a_429_costs_no_attempt_and_loses_nothing(works: Works) -> None:
    await works.join(*range(1, 11))
    works.telegram.answer(
        "sendMessage", error=429, description="Too Many Requests: retry after 1", parameters={"retry_after": 1}
    )
    await works.publish(a_notice())

    await works.carry()
    works.now.turn(seconds=2)
    await works.carry()

    rows = await works.rows()
    assert {row.state for row in rows} == {S.SENT}
    assert sum(row.attempts for row in rows) == 0


async def test_urgent_notices_go_first(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice("n1", title="Bulk"))
    await works.publish(a_notice("n2", title="Urgent", urgent=True))

    await works.carry()

    assert [text.splitlines()[0] for text in works.texts(7)] == ["Urgent", "Bulk"]


async def test_a_revision_is_edited_in_place_with_one_short_line(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice())
    await works.carry()

    await works.publish(
        a_notice(revision=2, facts=facts(deadline=after(days=5)), announcement="Deadline moved: a → b", matters=True)
    )
    await works.carry()

    edited, line = works.texts(7)
    assert "Sat 15 Nov 2025" in edited
    assert line.splitlines()[0] == "🔔 Deadline moved: a → b"


async def test_a_revision_takes_over_what_was_not_sent_yet(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice(title="First"))

    await works.publish(a_notice(revision=2, title="Second"))
    await works.carry()

    assert [text.splitlines()[0] for text in works.texts(7)] == ["Second"]
    assert await works.states() == [S.SUPERSEDED, S.SENT]


async def test_a_revision_that_was_claimed_before_the_next_was_stored_is_not_sent(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice(title="First"))
    await works.store.notices.save(a_notice(revision=2, title="Second"))

    await works.carry()

    assert works.texts(7) == []
    assert await works.states() == [S.SUPERSEDED]


async def test_a_withdrawn_notice_is_struck_through_where_it_was_sent(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice())
    await works.carry()

    await works.publish(a_notice(revision=2, withdrawn=True, announcement="Withdrawn", matters=True))
    await works.carry()

    message = next(iter(works.telegram.world.chats[7].messages.values()))
    assert message.text.startswith("🚫 Withdrawn")
    assert Style.STRIKE + "through" in {entity["type"] for entity in message.entities}


async def test_a_withdrawn_notice_that_was_not_sent_yet_is_never_sent(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice())

    await works.publish(a_notice(revision=2, withdrawn=True, announcement="Withdrawn", matters=True))
    await works.carry()

    assert works.texts(7) == []
    assert S.WITHDRAWN in await works.states()


async def test_what_is_over_is_no_longer_delivered(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice(expires_at=after(hours=1)))
    works.now.turn(hours=2)

    await works.carry()

    assert works.texts(7) == []
    assert await works.states() == [S.EXPIRED]


async def test_parts_that_were_sent_before_a_failure_are_not_sent_again(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice(text="\n".join(f"line {number} " + "x" * 80 for number in range(100))))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(works.carry())
        await works.telegram.world.changed()
        works.telegram.faults.order("sendMessage", Fault(FaultKind.ERROR, 500, "Internal"), 1)
    await works.carry()

    parts = works.texts(7)
    (row,) = await works.rows()
    assert len(parts) == len(row.message_ids) == len(set(row.message_ids)) > 1


async def test_what_a_dead_process_was_sending_is_sent_by_the_next_and_marked(works: Works) -> None:
    await works.join(7)
    await works.publish(a_notice())
    dead = OwnerId("dead")
    await works.store.deliveries.exchange([], Claim("telegram", dead, "t", 1, works.now()))

    await works.store.deliveries.free([dead], works.now())
    await works.carry()

    (row,) = await works.rows()
    assert (row.state, row.possibly_delivered, row.attempts) == (S.SENT, 1, 1)


async def test_stopping_finishes_what_is_under_way_and_begins_nothing_new(works: Works) -> None:
    await works.join(*range(1, 101))
    await works.publish(a_notice())
    lane = works.lane()

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(lane.run())
        await works.telegram.world.changed()
        lane.stop()

    states = await works.states()
    sent = sum(len(sends) for sends in works.telegram.sends.values())
    assert states.count(S.SENT) == sent < 100
    assert S.SENDING not in states


async def test_a_migrated_chat_is_reached_at_its_new_id_from_then_on(works: Works) -> None:
    await works.join(-100)
    works.telegram.add_person(-100200)
    works.telegram.answer(
        "sendMessage",
        error=400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": -100200},
    )
    await works.publish(a_notice())

    await works.carry()

    assert len(works.telegram.sends[-100200]) == 1
    assert await works.store.students.by_address("telegram", "-100200") is not None


async def test_five_refusals_that_we_do_not_know_switch_an_address_off(works: Works) -> None:
    await works.join(7)
    works.telegram.answer("sendMessage", error=403, description="Forbidden: something new", times=None)

    for number in range(5):
        await works.publish(a_notice(f"n{number}"))
        works.now.turn(seconds=1)
        await works.carry()

    student = await works.store.students.by_address("telegram", "7")
    assert student is not None
    assert student.addresses[0].off is OffReason.GONE


async def test_a_bug_in_one_delivery_leaves_the_others_alone(works: Works) -> None:
    await works.join(7, 8)
    await works.store.students.join("telegram", "not a chat id", YEAR, {}, works.now())

    await works.publish(a_notice())
    await works.carry()

    states = {row.target: row.state for row in await works.rows()}
    assert states == {"7": S.SENT, "8": S.SENT, "not a chat id": S.DEAD}


async def test_every_wait_ends(works: Works) -> None:
    await works.join(7)
    works.telegram.fail("sendMessage", FaultKind.HANG, times=1)
    await works.publish(a_notice())
    began = asyncio.get_running_loop().time()

    await works.carry()

    assert timedelta(seconds=asyncio.get_running_loop().time() - began) < timedelta(seconds=10)
    assert (await works.rows())[0].possibly_delivered == 1


async def test_an_address_on_a_channel_that_is_off_changes_nothing_for_the_others(works: Works) -> None:
    await works.join(7)
    await works.store.students.join("webpush", "https://push.example/1", YEAR, {}, works.now())
    await works.publish(a_notice())

    await works.carry()
    await works.carry()

    (waiting,) = [row for row in await works.rows() if row.channel == "webpush"]
    assert len(works.telegram.sends[7]) == 1
    assert (waiting.state, waiting.attempts) == (S.DUE, 0)


async def test_what_ends_without_a_call_costs_no_turn(works: Works) -> None:
    one_turn_an_hour = Pacer(1 / 3600, burst=1, per_target_s=0.0)
    ghosts = [a_delivery(str(number), notice="nowhere") for number in range(20)]
    await works.store.deliveries.plan(ghosts)

    async with open_channel(works.telegram, pacer=one_turn_an_hour) as works.channel:
        await works.carry()

    assert await works.states("nowhere") == [S.DEAD] * 20
