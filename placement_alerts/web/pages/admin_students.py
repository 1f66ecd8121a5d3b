"""Students, for the office: by year, by search, and what one student got. A search never stands in an address."""

import asyncio

from aiohttp import web

from placement_alerts.core.delivery import Delivery, DeliveryId
from placement_alerts.core.enrollment import enrollment_key, normal_number
from placement_alerts.core.student import Student, StudentId
from placement_alerts.errors import NotFound
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.store.base import Store
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_names import titles_of
from placement_alerts.web.pages.admin_room import PAGE, AdminRoom, next_page

SEARCHED = 100_000  # students that a name is looked for among
FOUND = 50
_AT_ONCE = 500
_WORD_LIMIT = 100  # characters
_ID = "{id:[A-Za-z0-9_-]{1,64}}"


class StudentPages:
    """`/admin/students`, `/admin/students/{id}`."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the routes. The search is a form that is posted: what was looked for is in no address and no log."""
        return [
            self._room.get("/admin/students", self._list),
            self._room.post("/admin/students", self._search),
            self._room.get(f"/admin/students/{_ID}", self._student),
        ]

    async def _list(self, request: web.Request, _: Student) -> web.Response:
        settings = self._room.services.settings
        asked = request.query.get("year", settings.active)
        year = asked if asked in settings.years else None
        after = StudentId(request.query.get("after", "")[:64]) or None
        found = await self._room.store.students.find(year, after, PAGE + 1)
        shown = found[:PAGE]
        return await self._room.show(
            request,
            "admin_students.html",
            "students",
            students=shown,
            year=year,
            looked_for="",
            counts=await self._room.store.students.counts(),
            next=next_page(request, shown[-1].id if len(found) > PAGE else None),
        )

    async def _search(self, request: web.Request, _: Student, form: Form) -> web.Response:
        words = form.one("q")[:_WORD_LIMIT]
        found = await self._find(words) if words else []
        return await self._room.show(
            request,
            "admin_students.html",
            "students",
            students=found,
            year=None,
            looked_for=words or "nothing",
            counts=await self._room.store.students.counts(),
            next=None,
        )

    async def _find(self, words: str) -> list[Student]:
        """Return the students with this enrollment number, Telegram id, or part of their names."""
        students = self._room.store.students
        if number := normal_number(words):
            key = enrollment_key(number, await self._room.store.secret(ENROLLMENTS))
            if found := await students.by_enrollments([key]):
                return found
        if words.isdecimal() and (one := await students.by_address("telegram", words)) is not None:
            return [one]
        return await _named(self._room.store, words)

    async def _student(self, request: web.Request, _: Student) -> web.Response:
        store = self._room.store
        student = await store.students.get(StudentId(request.match_info["id"]))
        if student is None:
            raise NotFound("there is no such student")
        after = await _delivery(store, request.query.get("after", ""))
        rows = await store.deliveries.of_student(student.id, after, PAGE + 1)
        shown = rows[:PAGE]
        return await self._room.show(
            request,
            "admin_student.html",
            "students",
            student=student,
            browsers=len(await store.sessions.of_student(student.id)),
            rows=shown,
            titles=await titles_of(store, (row.notice_id for row in shown)),
            next=next_page(request, shown[-1].id if len(rows) > PAGE else None),
        )


async def _delivery(store: Store, delivery_id: str) -> Delivery | None:
    return await store.deliveries.get(DeliveryId(delivery_id[:200])) if delivery_id else None


async def _named(store: Store, words: str) -> list[Student]:
    """Return students whose name has all these words, whatever their case."""
    wanted = words.casefold().lstrip("@").split()
    found: list[Student] = []
    after: StudentId | None = None
    for _ in range(SEARCHED // _AT_ONCE):
        page = await store.students.find(None, after, _AT_ONCE)
        found += [one for one in page if _fits(one, wanted)]
        if len(page) < _AT_ONCE or len(found) >= FOUND:
            break
        after = page[-1].id
        await asyncio.sleep(0)
    return found[:FOUND]


def _fits(student: Student, wanted: list[str]) -> bool:
    names = " ".join(filter(None, (student.first_name, student.last_name, student.username))).casefold()
    return bool(wanted) and all(word in names for word in wanted)
