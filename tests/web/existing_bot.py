"""The existing bot's routes over a real server, store and planner."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from placement_alerts.channels.base import Channel
from placement_alerts.core.branches import BranchRange, BranchTable
from placement_alerts.core.render import ShowNames
from placement_alerts.core.token import ApiToken, Scope, TokenId
from placement_alerts.pipeline.figures import Figures
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.showing import Showing
from placement_alerts.store.base import Store
from placement_alerts.web.existing import ExistingRoutes
from tests.builders import NOW, YEAR
from tests.web.house import House, Moments, a_house

KEY = "an-api-key-of-the-office"
WITH_KEY = {"X-API-Key": KEY}
TABLE = BranchTable(YEAR, ranges=(BranchRange("CSE", 21103000, 21104000, 200),))
ROUTES = (
    ("POST", "/api/notify"),
    ("POST", "/api/notify/telegram"),
    ("POST", "/api/notify/web-push"),
    ("GET", "/api/stats"),
    ("GET", "/api/stats/placements"),
    ("GET", "/api/stats/notices"),
    ("GET", "/api/stats/users"),
    ("POST", "/webhook/update"),
)


class Push:
    """A channel that is configured; these routes never send on it themselves."""

    name = "webpush"


@dataclass
class Chat:
    """The office's chat."""

    takes: bool = True
    texts: list[str] = field(default_factory=list)

    async def say(self, text: str) -> bool:
        self.texts.append(text)
        return self.takes


async def deep_link(code: str) -> str | None:
    return f"https://t.me/bot?start={code}"


@contextlib.asynccontextmanager
async def a_bot(store: Store, *, plans: bool = True, **values: Any) -> AsyncIterator[House]:
    """Serve the routes with both channels on, and plan what is published."""
    moments = Moments()

    def now() -> Any:
        return moments.now

    planner = Planner(store, [], Showing(store.notices, ShowNames.COUNT, now), now)
    services: dict[str, Any] = {
        "settings": {"api_key": KEY, "years": (YEAR, "202627")},
        "office": Office(store, planner.flag, now, (YEAR, "202627")),
        "figures": Figures(store, {YEAR: TABLE}, (6.0,)),
        "push": cast("Channel", Push()),
        "deep_link": deep_link,
    }
    async with (
        a_house(store, moments, lambda made: ExistingRoutes(made).routes(), **(services | values)) as house,
        asyncio.TaskGroup() as tasks,
    ):
        if plans:
            tasks.create_task(planner.run())
        yield house
        planner.stop()


async def asked(house: House, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
    """Return (status, JSON)."""
    headers = {"Accept": "*/*", **(WITH_KEY if headers is None else headers)}
    async with house.client.request(method, path, headers=headers, **more) as response:
        return response.status, await response.json()


async def join(store: Store, channel: str, value: str, year: str = YEAR) -> None:
    await store.students.join(channel, value, year, {}, NOW - timedelta(days=1))


async def a_token(store: Store, *scopes: Scope, **values: Any) -> dict[str, str]:
    defaults: dict[str, Any] = {"created_at": NOW, "expires_at": NOW + timedelta(days=1), "created_by": "cli"}
    hash_ = hashlib.sha256(b"pa_token").hexdigest()
    await store.tokens.add(ApiToken(id=TokenId("t1"), hash=hash_, label="x", scopes=scopes, **(defaults | values)))
    return {"X-API-Key": "pa_token"}
