"""Students: what one says of oneself, and the list for the office. Addresses are never shown, only their channels."""

from datetime import datetime

from pydantic import Field

from placement_alerts.core.student import OffReason, Student, StudentId
from placement_alerts.core.token import Scope
from placement_alerts.web.api.codes import not_found, problem
from placement_alerts.web.api.deliveries import last_of
from placement_alerts.web.api.delivery_views import DELIVERY_EXAMPLE, DeliveryPage, delivery_view
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.paging import Key, Page, Paging
from placement_alerts.web.api.values import TEXT_PATTERN, Given, Identifier, PageGiven, Sent, View, Year
from placement_alerts.web.etags import etag
from placement_alerts.web.problems import FieldError
from placement_alerts.web.services import Services

ME = "/api/v1/students/me"


class AddressView(View):
    """A way to reach a student. off: why it is switched off; null while it is on."""

    channel: str
    on_since: datetime
    off: OffReason | None


class StudentView(View):
    """A student. Names are shown to admins and to themselves; enrollment_hint, a number's end, to themselves alone."""

    id: str
    year: str
    joined_at: datetime
    first_name: str | None
    last_name: str | None
    username: str | None
    enrollment_hint: str | None
    branch: str | None
    cgpa: float | None
    addresses: tuple[AddressView, ...]


class StudentPage(Page[StudentView]):
    """Students, by id."""


class StudentsGiven(PageGiven):
    """Which students to list."""

    year: Year | None = None


class StudentGiven(Given):
    """One student."""

    student_id: Identifier


class ProfileSent(Sent):
    """What a student says of themselves. Left out: stays as it is; null: not told."""

    year: Year | None = None
    branch: str | None = Field(default=None, min_length=1, max_length=30, pattern=TEXT_PATTERN)
    cgpa: float | None = Field(default=None, ge=0, le=10, allow_inf_nan=False)


STUDENT_EXAMPLE = {
    "id": "4f2a9c31b7d805e6a1c3f9b2",
    "year": "202526",
    "joined_at": "2025-09-01T10:00:00Z",
    "first_name": None,
    "last_name": None,
    "username": None,
    "enrollment_hint": None,
    "branch": "CSE",
    "cgpa": 8.1,
    "addresses": [{"channel": "telegram", "on_since": "2025-09-01T10:00:00Z", "off": None}],
}


class Students:
    """What is read and written of students."""

    def __init__(self, services: Services) -> None:
        self._students = services.store.students
        self._deliveries = services.store.deliveries
        self._years = services.settings.years
        self._paging = Paging(services.store)

    async def me(self, call: Call[None, None]) -> Answer:
        """Answer the student who asks."""
        return _own(await self._asking(call))

    async def change_me(self, call: Call[None, ProfileSent]) -> Answer:
        """Store what they say of themselves."""
        student, sent = await self._asking(call), call.body
        said = {name: getattr(sent, name) for name in sent.model_fields_set}
        year = said.get("year") or student.year
        if year not in self._years:
            wrong = FieldError("/year", "unknown_value", f"should be one of {', '.join(self._years)}")
            raise problem("invalid_values", "there is no such placement year", errors=(wrong,))
        changed = student.model_copy(update={**said, "year": year})
        await self._students.set_profile(student.id, changed.year, changed.branch, changed.cgpa)
        return _own(changed)

    async def my_deliveries(self, call: Call[PageGiven, None]) -> Answer:
        """Answer a page of what the student who asks got, latest first."""
        student = await self._asking(call)
        start = await self._paging.start(call, parts=1)
        after = await last_of(self._deliveries, start)
        rows = await self._deliveries.of_student(student.id, after, call.given.limit + 1)
        return await self._paging.page(call, rows, delivery_view, lambda row: (row.id,))

    async def list(self, call: Call[StudentsGiven, None]) -> Answer:
        """Answer a page."""
        start = await self._paging.start(call, parts=1)
        after = None if start is None else StudentId(str(start[0]))
        rows = await self._students.find(call.given.year, after, call.given.limit + 1)
        names = call.caller.is_admin
        return await self._paging.page(call, rows, lambda row: student_view(row, names=names), _key)

    async def get(self, call: Call[StudentGiven, None]) -> Answer:
        """Answer one student."""
        student = await self._students.get(StudentId(call.given.student_id))
        if student is None:
            raise not_found("student")
        shown = student_view(student, names=call.caller.is_admin)
        return Answer(shown, etag=etag("student", shown.model_dump_json()))

    async def _asking(self, call: Call[object, object]) -> Student:
        student = call.caller.student
        found = None if student is None else await self._students.get(student.id)
        if found is None:
            raise problem("session_needed", "this is about the student who asks; a token is nobody")
        return found


def student_view(student: Student, *, names: bool, hint: bool = False) -> StudentView:
    """Return what is shown. names: whether the reader may see them; hint: whether it is the student who reads."""
    return StudentView(
        id=student.id,
        year=student.year,
        joined_at=student.joined_at,
        first_name=student.first_name if names else None,
        last_name=student.last_name if names else None,
        username=student.username if names else None,
        enrollment_hint=student.enrollment_hint if hint else None,
        branch=student.branch,
        cgpa=student.cgpa,
        addresses=tuple(
            AddressView(channel=one.channel, on_since=one.on_since, off=one.off) for one in student.addresses
        ),
    )


def operations(services: Services) -> list[Operation]:
    """Return what can be asked about students."""
    students = Students(services)
    return [*_own_operations(students), *_office_operations(students)]


def _own_operations(students: Students) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=ME,
            name="getMe",
            tag="students",
            summary="Read what is known of me",
            handle=students.me,
            answers={200: StudentView},
            students=True,
            example=STUDENT_EXAMPLE,
            has_etag=True,
        ),
        Operation(
            method="PATCH",
            path=ME,
            name="changeMe",
            tag="students",
            summary="Change my year, branch or CGPA",
            handle=students.change_me,
            answers={200: StudentView},
            students=True,
            body=ProfileSent,
            example=STUDENT_EXAMPLE,
            sends={"branch": "CSE", "cgpa": 8.1},
            has_etag=True,
        ),
        Operation(
            method="GET",
            path=ME + "/deliveries",
            name="listMyDeliveries",
            tag="students",
            summary="List what I got, latest first",
            handle=students.my_deliveries,
            answers={200: DeliveryPage},
            students=True,
            parameters=PageGiven,
            problems=("bad_cursor",),
            example={"items": [DELIVERY_EXAMPLE], "next": None},
        ),
    ]


def _office_operations(students: Students) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path="/api/v1/students",
            name="listStudents",
            tag="students",
            summary="List students",
            handle=students.list,
            answers={200: StudentPage},
            scope=Scope.STUDENTS_READ,
            parameters=StudentsGiven,
            problems=("bad_cursor",),
            example={"items": [STUDENT_EXAMPLE], "next": None},
        ),
        Operation(
            method="GET",
            path="/api/v1/students/{student_id}",
            name="getStudent",
            tag="students",
            summary="Read a student",
            handle=students.get,
            answers={200: StudentView},
            scope=Scope.STUDENTS_READ,
            parameters=StudentGiven,
            problems=("not_found",),
            example=STUDENT_EXAMPLE,
            has_etag=True,
        ),
    ]


def _own(student: Student) -> Answer:
    shown = student_view(student, names=True, hint=True)
    return Answer(shown, etag=etag("me", shown.model_dump_json()))


def _key(student: Student) -> Key:
    return (student.id,)
