"""What admins see and do beside writing notices: sources, reviews, deliveries, students, tokens, the trail."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import structlog

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.review import ReviewId, ReviewKind
from placement_alerts.core.token import Scope
from placement_alerts.pipeline.auditing import audit
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.pipeline.tokens import new_token, token_hash
from placement_alerts.store.base import DeliveryFilter, PollState, RequestState, Store
from placement_alerts.web.pages.admin_receipts import segments
from placement_alerts.web.pages.admin_words import done_line
from tests.builders import NOW, YEAR, a_delivery, a_mail, a_notice, a_review, a_student, facts
from tests.web.house import Moments
from tests.web.pages.admin_desk import an_admin_desk, shown_text

S = DeliveryState


async def test_the_overview_tells_how_a_source_is_doing(store: Store, moments: Moments) -> None:
    state = PollState(NOW, NOW, 3, "unreachable", "no answer in 20 s", items=41, rejected=2)
    await store.sources.save_poll("superset", state)
    await store.reviews.ask(a_review())
    async with an_admin_desk(store, moments) as desk:
        shown = shown_text(await desk.text("/admin"))

        assert "superset unreachable no answer in 20 s (3 times in a row) Mon 10 Nov 2025, 12:00 PM IST 41 2" in shown
        assert "1 question waits for an answer" in shown


async def test_a_source_is_read_when_an_admin_asks_and_its_run_can_be_followed(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/sources/superset/run")
        waiting = await desk.house.get(answer.headers["Location"])
        asked = await store.requests.take()
        assert asked is not None
        result = {
            "superset": {"source": "superset", "items": 40, "notices": 3, "jobs": 0, "failures": ["jobs: no answer"]}
        }
        await store.requests.report(
            type(asked)(asked.id, asked.kind, asked.args, RequestState.DONE, asked.asked_at, "", result)
        )
        ended = await desk.house.get(answer.headers["Location"])

        assert (asked.kind, dict(asked.args)) == ("update", {"source": "superset"})
        assert "Nobody does this just now" in await waiting.text()
        assert waiting.headers["Refresh"] == "2"
        assert "Done. Items read 40 New notices 3 Failed jobs: no answer" in shown_text(await ended.text())
        assert "Refresh" not in ended.headers
        assert [act for _, act, _ in await desk.acts()] == ["source.asked"]


async def test_an_unknown_source_is_not_read(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        assert (await desk.send("/admin/sources/nothing/run")).status == 404
        assert await store.requests.take() is None


async def test_a_review_is_answered_once_in_the_admins_name(store: Store, moments: Moments) -> None:
    await store.reviews.ask(a_review(mail=a_mail(text="The text of the mail."), facts=facts()))
    async with an_admin_desk(store, moments) as desk:
        assert "The text of the mail." in await desk.text("/admin/reviews")
        page = await desk.done("/admin/reviews/r1", answer="release")
        again = await desk.done("/admin/reviews/r1", answer="discard")

        found = await store.reviews.get(ReviewId("r1"))
        assert found is not None
        assert (found.answer, found.answered_by) == ("release", "7")
        assert "Your answer is kept" in page
        assert "answered that already" in again
        assert await desk.acts() == [(f"student:{desk.admin.id}", "review.answered", "r1")]


async def test_an_answer_that_does_not_fit_the_question_is_refused(store: Store, moments: Moments) -> None:
    await store.reviews.ask(a_review(kind=ReviewKind.ALARM))
    async with an_admin_desk(store, moments) as desk:
        assert (await desk.send("/admin/reviews/r1", answer="release")).status == 409
        assert (await desk.send("/admin/reviews/unknown", answer="release")).status == 404


async def some_deliveries(store: Store) -> None:
    """Store deliveries of three students of two notices, in several states."""
    await store.notices.save(a_notice("n1", title="First"))
    await store.notices.save(a_notice("n2", title="Second"))
    await store.deliveries.plan(
        [
            a_delivery("1", "n1", state=S.DEAD, error_class="timeout", error="no answer"),
            a_delivery("2", "n1", state=S.REFUSED, error_class="blocked"),
            a_delivery("3", "n1", state=S.SENT, sent_at=NOW),
            a_delivery("4", "n1", state=S.SUPPRESSED, channel="", address_id=None, reason="of another branch: ECE"),
            a_delivery("1", "n2", state=S.DEAD, error_class="timeout"),
            a_delivery("2", "n2", state=S.DUE),
        ]
    )


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 6),
        ("state=dead", 2),
        ("error_class=timeout&notice=n2", 1),
        ("student=s2", 2),
        ("channel=telegram", 5),
        ("state=nonsense", 6),
    ],
)
async def test_deliveries_are_listed_by_what_was_chosen(
    store: Store, moments: Moments, query: str, number: int
) -> None:
    await some_deliveries(store)
    async with an_admin_desk(store, moments) as desk:
        page = await desk.text(f"/admin/deliveries?{query}")

        assert page.count('data-label="Channel"') == number


async def test_one_delivery_is_tried_again(store: Store, moments: Moments) -> None:
    await some_deliveries(store)
    async with an_admin_desk(store, moments) as desk:
        page = await desk.done("/admin/deliveries/retry", id="n1.1.a1", state="dead")

        assert "1 delivery waits to be sent again." in page
        assert len(await store.deliveries.find(DeliveryFilter(S.DEAD), None, 10)) == 1
        assert await desk.acts() == [(f"student:{desk.admin.id}", "delivery.retried", "n1.1.a1")]


@pytest.mark.parametrize(
    ("chosen", "number"), [({}, 3), ({"state": "dead"}, 2), ({"error_class": "blocked"}, 1), ({"state": "sent"}, 0)]
)
async def test_all_that_fit_are_tried_again(
    store: Store, moments: Moments, chosen: dict[str, str], number: int
) -> None:
    await some_deliveries(store)
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/deliveries/retry", all="1", **chosen)

        assert answer.headers["Location"].endswith(f"n={number}")
        assert len(await store.deliveries.find(DeliveryFilter(S.DUE), None, 10)) == 1 + number


async def test_a_form_that_names_no_delivery_retries_none(store: Store, moments: Moments) -> None:
    await some_deliveries(store)
    async with an_admin_desk(store, moments) as desk:
        assert (await desk.send("/admin/deliveries/retry")).status == 404


async def test_pages_of_deliveries_follow_one_another_without_gap(store: Store, moments: Moments) -> None:
    await store.notices.save(a_notice())
    await store.deliveries.plan([a_delivery(str(number)) for number in range(120)])
    async with an_admin_desk(store, moments) as desk:
        path, pages = "/admin/deliveries?state=due", []
        while path:
            page = await desk.text(path)
            pages.append(page.count('data-label="Channel"'))
            path = (
                page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
                if 'rel="next"' in page
                else ""
            )

        assert pages == [50, 50, 20]


async def test_a_notices_receipts_tell_who_got_it_and_who_not_and_why(store: Store, moments: Moments) -> None:
    await some_deliveries(store)
    async with an_admin_desk(store, moments) as desk:
        shown = shown_text(await desk.text("/admin/notices/n1"))

        assert "Delivered: 1. Failed: 2. Not meant or not reachable: 1." in shown
        assert "of another branch: ECE" in shown
        assert "timeout no answer" in shown


def test_a_bars_parts_fill_it() -> None:
    parts = segments({("telegram", S.SENT): 1, ("webpush", S.SEEN): 1, ("telegram", S.DEAD): 1, ("", S.SUPPRESSED): 0})

    assert [part.tone for part in parts] == ["seen", "sent", "bad"]
    assert sum(part.width for part in parts) == pytest.approx(100, abs=0.01)
    assert parts[2].x == pytest.approx(66.667)


async def test_notices_are_found_by_their_words(store: Store, moments: Moments) -> None:
    await some_deliveries(store)
    async with an_admin_desk(store, moments) as desk:
        page = await desk.text("/admin/notices?q=second")

        assert ("/admin/notices/n2" in page, "/admin/notices/n1" in page) == (True, False)


@pytest.mark.parametrize("looked_for", ["meera", "MEERA nair", "4242", "2210 3998"])
async def test_a_student_is_found_without_being_named_in_an_address_or_a_log(
    store: Store, moments: Moments, looked_for: str
) -> None:
    names = {"first_name": "Meera", "last_name": "Nair"}
    _, student = await store.students.join("telegram", "4242", YEAR, names, NOW)
    await store.students.enroll(student.id, enrollment_key("22103998", await store.secret(ENROLLMENTS)), "998")
    async with an_admin_desk(store, moments) as desk:
        with structlog.testing.capture_logs() as logs:
            answer = await desk.send("/admin/students", q=looked_for)
            page = await answer.text()

        assert f"/admin/students/{student.id}" in page
        assert looked_for not in str(logs)


async def test_a_students_page_tells_their_deliveries_and_no_number(store: Store, moments: Moments) -> None:
    await some_deliveries(store)
    await store.students.add(a_student("1", first_name="Ravi", enrollment_key="k", enrollment_hint="998", addresses=()))
    async with an_admin_desk(store, moments) as desk:
        shown = shown_text(await desk.text("/admin/students/s1"))

        assert ("First" in shown, "Second" in shown, "only a hash of it is kept" in shown) == (True, True, True)
        assert "998" not in shown


async def test_a_token_is_shown_once_and_works(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/tokens", label="Sheets", scope=["stats:read", "nonsense"], days="30")
        page = await answer.text()
        plain = page.partition('class="secret">')[2].partition("<")[0]

        (token,) = await store.tokens.all()
        assert (token.label, token.scopes, token.created_by) == ("Sheets", (Scope.STATS_READ,), desk.admin.id)
        assert token.hash == token_hash(plain)
        assert (token.expires_at - NOW).days == 30
        assert plain not in await desk.text("/admin/tokens")
        assert await desk.acts() == [(f"student:{desk.admin.id}", "token.created", token.id)]
        assert plain not in str(await desk.trail())


@pytest.mark.parametrize(
    "wrong",
    [{"label": " "}, {"label": "x" * 81}, {"days": "0"}, {"days": "99999"}, {"days": "x"}, {"scope": "nonsense"}],
)
async def test_a_token_that_cannot_be_is_not_made(store: Store, moments: Moments, wrong: dict[str, str]) -> None:
    async with an_admin_desk(store, moments) as desk:
        typed: dict[str, Any] = {"label": "Sheets", "scope": "stats:read", "days": "30"} | wrong
        answer = await desk.send("/admin/tokens", **typed)

        assert answer.status == 422
        assert await store.tokens.all() == []


async def test_a_token_is_revoked_once(store: Store, moments: Moments) -> None:
    _, token = new_token("Sheets", [Scope.STATS_READ], "cli", NOW, NOW + timedelta(days=30))
    await store.tokens.add(token)
    async with an_admin_desk(store, moments) as desk:
        page = await desk.done(f"/admin/tokens/{token.id}/revoke")
        again = await desk.done(f"/admin/tokens/{token.id}/revoke")

        assert "The token is revoked." in page
        assert "ended already" in again
        assert await desk.acts() == [(f"student:{desk.admin.id}", "token.revoked", token.id)]


async def test_the_trail_is_read_in_pages_and_by_actor(store: Store, moments: Moments) -> None:
    for number in range(60):
        moments.pass_by(seconds=1)
        await audit(store, moments.now, "cli" if number % 2 else "token:t1", "notice.published", f"n{number}")
    async with an_admin_desk(store, moments) as desk:
        first = await desk.text("/admin/audit")
        following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        second = await desk.text(following)

        assert (first.count("<tr>") - 1, second.count("<tr>") - 1) == (50, 10)
        assert (await desk.text("/admin/audit?actor=cli")).count("<tr>") - 1 == 30


@pytest.mark.parametrize("code", ["", "<script>", "unknown", "published<b>"])
def test_an_address_cannot_make_a_page_say_what_it_likes(code: str) -> None:
    assert done_line(code, 3) == ""


async def test_of_two_answers_at_once_one_counts_and_the_other_is_told(store: Store, moments: Moments) -> None:
    await store.reviews.ask(a_review())
    async with an_admin_desk(store, moments) as desk:
        async with asyncio.TaskGroup() as sends:
            asked = [sends.create_task(desk.send("/admin/reviews/r1", answer=one)) for one in ("release", "discard")]

        said = sorted(one.result().headers["Location"].rpartition("=")[2] for one in asked)
        assert said == ["answered", "answered_before"]


async def test_a_kind_of_notice_that_nobody_writes_is_not_offered(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        assert f'value="{NoticeKind.IRRELEVANT}"' not in await desk.text("/admin/compose")
