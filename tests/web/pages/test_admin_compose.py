from typing import Any

import pytest

from placement_alerts.core.draft import DraftId
from placement_alerts.core.notice import Audience
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_draft, a_notice, a_student, after
from tests.web.house import Moments
from tests.web.pages.admin_desk import AdminDesk, an_admin_desk, shown_text

TYPED = {
    "id": "d1",
    "version": "1",
    "year": YEAR,
    "kind": "announcement",
    "title": "Talk by Brightwave",
    "text": "Come to **LT1**.",
    "venue": "LT1",
    "deadline": "2025-11-13T17:00",
}


async def reach_of(desk: AdminDesk, **more: Any) -> str:
    answer = await desk.send("/admin/compose", **TYPED, step="preview", **more)
    return shown_text(await answer.text())


async def test_a_preview_shows_message_and_reach_and_publishes_nothing(store: Store, moments: Moments) -> None:
    for number in range(3):
        _, student = await store.students.join("telegram", str(100 + number), YEAR, {}, moments.now)
        await store.students.set_profile(student.id, YEAR, ("CSE", "ECE", None)[number], None)
    async with an_admin_desk(store, moments) as desk:
        shown = await reach_of(desk, branch="CSE")

        assert "3 of 4 students; 2 of them have not told their branch" in shown
        assert "Talk by Brightwave" in shown
        assert "Thu 13 Nov 2025, 5:00 PM IST" in shown
        assert "Come to LT1." in shown
        assert await store.notices.latest(YEAR, 10) == []


async def test_a_notice_is_published_audited_and_its_page_says_so(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        page = await desk.done("/admin/compose", **TYPED, step="publish", branch=["CSE"])

        (notice,) = await store.notices.latest(YEAR, 10)
        assert (notice.title, notice.audience) == ("Talk by Brightwave", Audience(branches=("CSE",)))
        assert "The notice is published" in page
        assert await desk.acts() == [(f"student:{desk.admin.id}", "notice.published", notice.id)]


async def test_a_form_that_is_sent_twice_makes_one_notice(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        await desk.done("/admin/compose", **TYPED, step="publish")
        await desk.done("/admin/compose", **TYPED, step="publish")

        assert len(await store.notices.latest(YEAR, 10)) == 1
        assert len(await desk.acts()) == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": " "}, "A notice needs a title."),
        ({"kind": "nonsense"}, "There is no such kind."),
        ({"deadline": "tomorrow"}, "This is no date and time"),
        ({"deadline": "0001-01-01T00:00"}, "This is no date and time"),
        ({"publish_at": "2025-11-01T10:00"}, "This hour is over"),
        ({"links": "javascript:alert(1)"}, "A link begins with https://"),
        ({"enrollments": "abc"}, "Not an enrollment number: 1 of the 1 given."),
        ({"only_named": "1"}, "nobody is named"),
        ({"public": "1", "enrollments": "22103998"}, "is not for everybody"),
        ({"year": "199900"}, "There is no placement year"),
    ],
)
async def test_a_bad_value_is_named_beside_what_was_typed(
    store: Store, moments: Moments, wrong: dict[str, str], says: str
) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/compose", **(TYPED | wrong), step="publish")
        page = await answer.text()

        assert answer.status == 422
        assert says in shown_text(page)
        assert "Come to **LT1**." in page
        assert await store.notices.latest(YEAR, 10) == []


async def test_one_can_go_back_from_the_preview_to_what_was_typed(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/compose", **TYPED, step="edit", branch="ECE", urgent="1")
        page = await answer.text()

        assert 'value="2025-11-13T17:00"' in page
        assert 'value="ECE" checked' in page
        assert 'name="urgent" value="1" checked' in page


async def test_a_notice_is_scheduled_in_the_time_of_india(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        page = await desk.done("/admin/compose", **TYPED, step="publish", publish_at="2025-11-11T09:30")

        (draft,) = await store.drafts.all(10)
        assert draft.publish_at == after(hours=21, minutes=30)
        assert "Tue 11 Nov 2025, 9:30 AM IST" in shown_text(page)
        assert [act for _, act, _ in await desk.acts()] == ["notice.scheduled"]


async def test_a_scheduled_notice_is_changed_and_given_up(store: Store, moments: Moments) -> None:
    await store.drafts.save(a_draft(publish_at=after(hours=5)))
    async with an_admin_desk(store, moments) as desk:
        form = await desk.text("/admin/compose?draft=d1")
        assert 'name="version" value="2"' in form
        changed = TYPED | {"version": "2", "title": "Another", "publish_at": "2025-11-12T09:30"}
        await desk.done("/admin/compose", **changed, step="publish")
        found = await store.drafts.get(DraftId("d1"))
        assert found is not None
        assert (found.title, found.version) == ("Another", 2)

        moments.pass_by(seconds=1)
        page = await desk.done("/admin/drafts/d1/give-up")

        assert "given up" in page
        assert await store.drafts.all(10) == []
        assert [act for _, act, _ in await desk.acts()] == ["draft.changed", "draft.given_up"]


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(store: Store, moments: Moments) -> None:
    await store.drafts.save(a_draft(publish_at=after(hours=5)))
    await store.drafts.save(a_draft(version=2, title="Theirs", publish_at=after(hours=5)))
    async with an_admin_desk(store, moments) as desk:
        typed = TYPED | {"version": "2", "publish_at": "2025-11-12T09:30"}
        answer = await desk.send("/admin/compose", **typed, step="publish")

        assert answer.status == 409
        assert "was changed meanwhile" in await answer.text()
        assert await desk.acts() == []
        assert [draft.title for draft in await store.drafts.all(10)] == ["Theirs"]


async def test_a_published_notice_is_changed_with_the_announcement_shown_before(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        await desk.done("/admin/compose", **TYPED, step="publish")
        (notice,) = await store.notices.latest(YEAR, 10)
        form = await desk.text(f"/admin/compose?notice={notice.id}")
        assert "Come to **LT1**." in form
        change = TYPED | {"id": notice.id, "notice_id": notice.id, "revision": "1", "venue": "LT2"}

        moments.pass_by(seconds=1)
        preview = await desk.send("/admin/compose", **change, step="preview")
        page = await desk.done("/admin/compose", **change, step="publish")

        assert "Venue changed: LT1 → LT2" in await preview.text()
        assert "The change is published" in page
        revisions = await store.notices.revisions(notice.id)
        assert [one.facts.venue for one in revisions] == ["LT1", "LT2"]
        assert (await desk.acts())[-1][1:] == ("notice.revised", notice.id)


async def test_a_change_that_says_the_same_publishes_nothing(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        await desk.done("/admin/compose", **TYPED, step="publish")
        (notice,) = await store.notices.latest(YEAR, 10)
        change = TYPED | {"id": notice.id, "notice_id": notice.id, "revision": "1"}

        page = await desk.done("/admin/compose", **change, step="publish")

        assert "says that already" in page
        assert len(await store.notices.revisions(notice.id)) == 1


async def test_a_notice_of_another_source_cannot_be_changed(store: Store, moments: Moments) -> None:
    await store.notices.save(a_notice())
    async with an_admin_desk(store, moments) as desk:
        await desk.text("/admin/compose?notice=n1", 404)


async def test_a_notice_of_any_source_is_withdrawn_and_that_is_audited(store: Store, moments: Moments) -> None:
    await store.notices.save(a_notice())
    async with an_admin_desk(store, moments) as desk:
        page = await desk.done("/admin/notices/n1/withdraw")

        assert "The notice is withdrawn" in page
        found = (await store.notices.latest(YEAR, 1))[0]
        assert found.withdrawn
        assert await desk.acts() == [(f"student:{desk.admin.id}", "notice.withdrawn", "n1")]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"enrollments": "22103998", "only_named": "1"}, "0 of the 1 named numbers are known to us"),
        ({"branch": "BT"}, "1 of 1 students; 1 of them has not told their branch; 1 more cannot be reached"),
    ],
)
async def test_a_preview_counts_who_is_named_and_who_cannot_be_reached(
    store: Store, moments: Moments, more: dict[str, str], says: str
) -> None:
    await store.students.add(a_student("1", addresses=(), branch="BT"))
    async with an_admin_desk(store, moments) as desk:
        assert says.replace("of 1 students", "of 2 students") in await reach_of(desk, **more)


async def test_a_draft_that_waits_no_more_is_neither_shown_nor_given_up(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        await desk.text("/admin/compose?draft=d1", 404)
        assert "does not wait any more" in await desk.done("/admin/drafts/d1/give-up")
        assert await desk.acts() == []


async def test_a_notice_that_is_withdrawn_already_is_not_withdrawn_again(store: Store, moments: Moments) -> None:
    await store.notices.save(a_notice(withdrawn=True))
    async with an_admin_desk(store, moments) as desk:
        await desk.done("/admin/notices/n1/withdraw")
        assert await desk.acts() == []


async def test_for_whom_a_notice_is_stands_in_the_trail_without_numbers(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        await desk.done("/admin/compose", **TYPED, step="publish", enrollments="22103998", only_named="1")

        assert [entry.details for entry in await desk.trail()] == ["for 1 named student"]
