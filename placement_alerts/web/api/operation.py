"""The route table's entries: everything that is promised of one operation, in one place.

A resource is a module with `operations(services) -> list[Operation]`, named in web/api/routes.py. Its handlers take a
`Call`, which is checked already, and return an `Answer`; they raise `Problem` with codes that the operation names.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel

from placement_alerts.core.student import Student
from placement_alerts.core.token import Scope, TokenId, allows
from placement_alerts.web.limits import Limit

NO_STORE = "no-store"

Given = TypeVar("Given", covariant=True)
Sent = TypeVar("Sent", covariant=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a token, an admin's session (all scopes), or the session of a student (no scope).

    actor: for the audit trail, "token:ID" or "student:ID". One of token_id and student is None.
    """

    actor: str
    scopes: frozenset[Scope]
    token_id: TokenId | None = None
    student: Student | None = None

    def may(self, scope: Scope) -> bool:
        """Say whether the caller has this scope."""
        return allows(self.scopes, scope)

    @property
    def is_admin(self) -> bool:
        """Whether names of students may be shown to the caller."""
        return self.may(Scope.ADMIN)


@dataclass(frozen=True, slots=True)
class Call(Generic[Given, Sent]):
    """One call of an operation. given: its parameters; body: what was sent; both read by the operation's models.

    new_id: returns an id that begins with a letter, the same when the request is repeated with its key.
    new_secret: the same for 32 secret bytes; what they are for is part of them. now: when it arrived.
    """

    request: web.Request
    caller: Caller
    given: Given
    body: Sent
    now: datetime
    new_id: Callable[[str], str]
    new_secret: Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers. body: by the operation's model for the status, or its JSON made ready; None: no body.

    etag: without quotes; `If-None-Match` is compared with it. shows_secret: the body is not kept for repetitions,
    `headers` should then hold the `Location` of what was made.
    """

    body: BaseModel | bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    caching: str = NO_STORE
    shows_secret: bool = False


Handle = Callable[[Call[Any, Any]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path, all that it takes and all that it may answer.

    path: with {names}; each is a field of `parameters`, the other fields are read from the query. name: `operationId`.
    answers: the model of the body by status; None: no body. example: a body for the first of `answers`; sends: for
    `body`. scope: what a token needs; None: no token will do. students: a signed-in student may call it without the
    scope. problems: codes of web/api/codes.py beside those that follow from the rest. has_etag: the answer carries one,
    and 304 is possible. needs_match: `If-Match` is needed, and checked by the handler (`matching.check_match`).
    POSTs take `Idempotency-Key`. limit: what a call counts for beside the caller's own limit.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    handle: Handle
    answers: Mapping[int, type[BaseModel] | None]
    description: str = ""
    scope: Scope | None = None
    students: bool = False
    parameters: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    problems: tuple[str, ...] = ()
    example: Any = None
    sends: Any = None
    has_etag: bool = False
    needs_match: bool = False
    limit: Limit | None = None
