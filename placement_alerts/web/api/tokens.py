"""API tokens: made, shown once, listed, revoked. And what was done with them: the audit trail."""

from datetime import datetime, timedelta

from pydantic import Field

from placement_alerts.core.token import LABEL_LIMIT, LONGEST_DAYS, USUAL_DAYS, ApiToken, Scope, TokenId
from placement_alerts.pipeline.tokens import issue, new_token, revoke
from placement_alerts.web.api.codes import not_found
from placement_alerts.web.api.credentials import Credentials, check_scope
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.values import Given, Identifier, Sent, View
from placement_alerts.web.etags import etag
from placement_alerts.web.services import Services

ROOT = "/api/v1/tokens"
ONE = ROOT + "/{token_id}"


class TokenSent(Sent):
    """A new token. days: how long it lives."""

    label: str = Field(
        min_length=1,
        max_length=LABEL_LIMIT,
        pattern=r"^[^\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f][^\u0000-\u001f\u007f]*$",
    )
    scopes: tuple[Scope, ...] = Field(min_length=1, max_length=len(Scope))
    days: int = Field(default=USUAL_DAYS, ge=1, le=LONGEST_DAYS)


class TokenView(View):
    """A token without its secret. used_at: to the minute; null: never."""

    id: str
    label: str
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class NewTokenView(TokenView):
    """A new token. token: shown this once."""

    token: str


class TokensView(View):
    """Every token, newest first."""

    items: tuple[TokenView, ...]


class TokenGiven(Given):
    """One token."""

    token_id: Identifier


TOKEN_EXAMPLE = {
    "id": "t9a1b2c3d4e5f6071",
    "label": "college app",
    "scopes": ["notices:read"],
    "created_by": "cli",
    "created_at": "2025-11-10T06:30:00Z",
    "expires_at": "2026-11-10T06:30:00Z",
    "used_at": None,
    "revoked_at": None,
}


class Tokens:
    """What is asked of tokens. credentials: forget what they know when a token is revoked."""

    def __init__(self, services: Services, credentials: Credentials) -> None:
        self._store = services.store
        self._tokens = services.store.tokens
        self._credentials = credentials

    async def list(self, _: Call[None, None]) -> Answer:
        """Answer all of them."""
        return Answer(TokensView(items=tuple(map(_view, await self._tokens.all()))))

    async def get(self, call: Call[TokenGiven, None]) -> Answer:
        """Answer one token."""
        shown = _view(await self._token(call))
        return Answer(shown, etag=etag("token", shown.model_dump_json()))

    async def create(self, call: Call[None, TokenSent]) -> Answer:
        """Make a token with no more than the caller's own scopes and time."""
        sent = call.body
        for scope in sent.scopes:
            check_scope(call.caller, scope)
        plain, token = new_token(
            sent.label,
            sent.scopes,
            call.caller.actor.removeprefix("student:"),
            call.now,
            await self._end_of(call),
            identifier=call.new_id("t"),
            secret=call.new_secret("token"),
        )
        token = await issue(self._store, token, call.caller.actor)
        shown = NewTokenView(**_view(token).model_dump(), token=plain)
        return Answer(shown, status=201, headers={"Location": f"{ROOT}/{token.id}"}, shows_secret=True)

    async def revoke(self, call: Call[TokenGiven, None]) -> Answer:
        """End a token; one that ended already stays so."""
        token = await self._token(call)
        await revoke(self._store, token, call.caller.actor, call.now)
        self._credentials.forget()
        return Answer(status=204)

    async def _end_of(self, call: Call[None, TokenSent]) -> datetime:
        """Return when the new token ends: no later than the one that asks for it."""
        wanted = call.now + timedelta(days=call.body.days)
        maker = await self._tokens.get(call.caller.token_id) if call.caller.token_id else None
        return min(wanted, maker.expires_at) if maker else wanted

    async def _token(self, call: Call[TokenGiven, None]) -> ApiToken:
        token = await self._tokens.get(TokenId(call.given.token_id))
        if token is None:
            raise not_found("token")
        return token


def operations(services: Services, credentials: Credentials) -> list[Operation]:
    """Return what can be asked of tokens."""
    tokens = Tokens(services, credentials)
    return [*_reading(tokens), *_changing(tokens)]


def _reading(tokens: Tokens) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=ROOT,
            name="listTokens",
            tag="tokens",
            summary="List API tokens",
            handle=tokens.list,
            answers={200: TokensView},
            scope=Scope.ADMIN,
            example={"items": [TOKEN_EXAMPLE]},
        ),
        Operation(
            method="GET",
            path=ONE,
            name="getToken",
            tag="tokens",
            summary="Read an API token, without its secret",
            handle=tokens.get,
            answers={200: TokenView},
            scope=Scope.ADMIN,
            parameters=TokenGiven,
            problems=("not_found",),
            example=TOKEN_EXAMPLE,
            has_etag=True,
        ),
    ]


def _changing(tokens: Tokens) -> list[Operation]:
    return [
        Operation(
            method="POST",
            path=ROOT,
            name="createToken",
            tag="tokens",
            summary="Make an API token",
            description="The token is in this answer and nowhere else. It gets no scope that the caller lacks, "
            "and ends with the token that asked for it.",
            handle=tokens.create,
            answers={201: NewTokenView},
            scope=Scope.ADMIN,
            body=TokenSent,
            problems=("secret_shown_once",),
            example={**TOKEN_EXAMPLE, "token": "pa_EXAMPLE"},
            sends={"label": "college app", "scopes": ["notices:read"], "days": USUAL_DAYS},
        ),
        Operation(
            method="DELETE",
            path=ONE,
            name="revokeToken",
            tag="tokens",
            summary="Revoke an API token",
            handle=tokens.revoke,
            answers={204: None},
            scope=Scope.ADMIN,
            parameters=TokenGiven,
            problems=("not_found",),
        ),
    ]


def _view(token: ApiToken) -> TokenView:
    return TokenView(**{name: getattr(token, name) for name in TokenView.model_fields})
