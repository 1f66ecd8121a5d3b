"""Names of students and titles of notices, where a list has their ids."""

from collections.abc import Iterable

from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import Student, StudentId
from placement_alerts.store.base import Store


def full_name(student: Student) -> str:
    """Return how an admin knows the student."""
    names = " ".join(filter(None, (student.first_name, student.last_name)))
    return names or (f"@{student.username}" if student.username else "A student without a name")


async def names_of(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of students by id, of those that we know. ids: of one page."""
    found = {one: await store.students.get(StudentId(one)) for one in dict.fromkeys(ids)}
    return {one: full_name(student) for one, student in found.items() if student is not None}


async def titles_of(store: Store, ids: Iterable[str]) -> dict[str, str]:
    """Return the titles of notices by id. ids: of one page."""
    found = {one: await store.notices.get(NoticeId(one)) for one in dict.fromkeys(ids)}
    return {one: notice.title for one, notice in found.items() if notice is not None}
