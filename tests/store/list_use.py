"""Uses every list and search and every change of students, for the test that looks at the queries behind them."""

from placement_alerts.core.delivery import DeliveryId
from placement_alerts.core.notice import NoticeId, NoticeKind
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.store.base import JobFilter, NoticeFilter, Store
from tests.builders import NOW, YEAR, a_job, a_notice, a_student

EVERY_NOTICE = NoticeFilter(YEAR, (NoticeKind.OFFER,), None, "superset", NOW, NOW, NOW, ("word", "other"), public=True)
OF_COMPANY = NoticeFilter(YEAR, (NoticeKind.OFFER,), "acme", "superset", NOW, NOW, NOW, ("word",), public=True)


async def use_lists(store: Store) -> None:
    for wanted in (NoticeFilter(), NoticeFilter(words=("word",)), EVERY_NOTICE, NoticeFilter(company="a"), OF_COMPANY):
        await store.notices.find(wanted, None, 5)
        await store.notices.find(wanted, a_notice(), 5)
    await store.notices.dated(None, NOW, NOW, 5)
    await store.notices.dated(YEAR, NOW, NOW, 5)
    await store.notices.is_planned(NoticeId("n1"), 1)
    for job_filter in (JobFilter(), JobFilter(company="acme", open_at=NOW), JobFilter(YEAR, "acme", NOW, ("word",))):
        await store.jobs.find(job_filter, None, 5)
        await store.jobs.find(job_filter, a_job(), 5)
    await store.deliveries.mark_shown(DeliveryId("none"), NOW)
    await store.deliveries.last_sent_at(AddressId("none"))
    await store.deliveries.of_student(StudentId("none"), None, 5)
    await store.deliveries.counts_of(NoticeId("none"))
    await _use_students(store)


async def _use_students(store: Store) -> None:
    for name in ("1", "2", "2"):
        await store.students.add(a_student(name, addresses=(), enrollment_key=f"k{name}"))
        await store.students.attach(StudentId(f"s{name}"), "webpush", "https://push.example.org/1", NOW)
    await store.students.set_profile(StudentId("s1"), YEAR, "CSE", 8.0)
    await store.students.set_calendar(StudentId("s1"), "h")
    await store.students.by_calendar("h")
    await store.students.find(None, None, 5)
    await store.students.find(None, StudentId("s1"), 5)
    await store.students.find(YEAR, StudentId("s1"), 5)
    await store.students.merge(StudentId("s2"), StudentId("s1"))
