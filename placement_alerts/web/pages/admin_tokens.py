"""API tokens: made, shown once, and ended."""

from datetime import timedelta

from aiohttp import web

from placement_alerts.core.student import Student
from placement_alerts.core.token import LABEL_LIMIT, LONGEST_DAYS, USUAL_DAYS, Scope, TokenId
from placement_alerts.errors import NotPossible
from placement_alerts.pipeline.tokens import issue, new_token, revoke
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_room import AdminRoom, actor_of


class TokenPages:
    """`/admin/tokens`. A new token is in the answer to the form and nowhere else: not in an address, not in a log."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            self._room.get("/admin/tokens", self._list),
            self._room.post("/admin/tokens", self._create),
            self._room.post("/admin/tokens/{id:[a-z0-9]{1,40}}/revoke", self._revoke),
        ]

    async def _list(self, request: web.Request, _: Student) -> web.Response:
        return await self._page(request, Form())

    async def _create(self, request: web.Request, who: Student, form: Form) -> web.Response:
        scopes = [scope for scope in Scope if scope in form.all("scope")]
        now = self._room.now()
        ends_at = now + timedelta(days=min(form.number("days", 0), LONGEST_DAYS + 1))
        try:
            plain, token = new_token(form.one("label"), scopes, who.id, now, ends_at)
        except NotPossible as error:
            return await self._page(request, form, status=422, trouble=f"{error}.")
        await issue(self._room.store, token, actor_of(who))
        return await self._page(request, Form(), plain=plain, label=token.label)

    async def _revoke(self, request: web.Request, who: Student, _: Form) -> web.Response:
        token_id = TokenId(request.match_info["id"])
        token = await self._room.store.tokens.get(token_id)
        ended = token is not None and await revoke(self._room.store, token, actor_of(who), self._room.now())
        return self._room.done("/admin/tokens", "revoked" if ended else "not_revoked")

    async def _page(
        self,
        request: web.Request,
        form: Form,
        *,
        status: int = 200,
        trouble: str = "",
        plain: str = "",
        label: str = "",
    ) -> web.Response:
        """Show the list. plain: a new token, to be shown this once."""
        return await self._room.show(
            request,
            "admin_tokens.html",
            "tokens",
            status=status,
            tokens=await self._room.store.tokens.all(),
            now=self._room.now(),
            scopes=[scope.value for scope in Scope],
            form=form,
            days=USUAL_DAYS,
            longest_days=LONGEST_DAYS,
            label_limit=LABEL_LIMIT,
            trouble=trouble,
            plain=plain,
            label=label,
        )
