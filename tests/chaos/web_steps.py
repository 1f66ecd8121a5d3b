"""What the web takes in, killed at named steps: what was answered is kept, what is asked again is done once.

A client asks for one thing until it is answered, with one idempotency key, as integrators are told to. The office's
hour comes while nobody runs. On SQLite, whose rows are watched.
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from placement_alerts.core.draft import DraftId
from placement_alerts.core.office_notice import id_of_draft
from placement_alerts.core.subscription import WEBPUSH, hash_of
from placement_alerts.core.token import Scope
from placement_alerts.pipeline.tokens import CLI, issue, new_token
from placement_alerts.sandbox.push_service import SimulatedPushServices
from tests.builders import YEAR, an_endpoint
from tests.chaos.ports import free_port
from tests.chaos.push_side import switch_on
from tests.chaos.report import Finding, problems_of
from tests.chaos.stage import PATIENCE_S, SLOTS, Stage, mark_of, now
from tests.chaos.steps import at_row

API_KEY = "chaos-key-of-24-letters!"
ASK_AGAIN_S = 0.2
ANSWER_S = 5.0
HOUR = timedelta(seconds=1.5)  # from scheduling to the notice's hour
ENDPOINTS = 3
_ROWS = "SELECT count(*) FROM "


@dataclass
class Client:
    """An integrator, and the browsers of students. endpoints: of those that were subscribed."""

    stage: Stage
    session: ClientSession
    base: str
    token: str
    push: SimulatedPushServices
    vapid_key: str
    chance: Random
    endpoints: list[str] = field(default_factory=list)

    async def ask(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> int:
        """Post until somebody answers who is able to; return the status."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    async with self.session.post(self.base + path, json=body, headers=headers) as response:
                        await response.read()
                        if response.status < 500 and response.status not in (409, 429):  # under way; too often
                            return response.status
                except (ClientError, TimeoutError, OSError):
                    pass
                await asyncio.sleep(ASK_AGAIN_S)

    async def publish(self, *, later: bool = False) -> int:
        """Post a notice with a fresh key and a fresh mark. later: for its hour."""
        mark = mark_of(len(self.stage.marks))
        self.stage.marks.append(mark)
        body = {"year": YEAR, "kind": "announcement", "title": "Office hours", "text": f"{mark}. We are open."}
        if later:
            body["publish_at"] = (now() + HOUR).isoformat()
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"key-{mark}"}
        return await self.ask("/api/v1/notices", body, headers)

    async def subscribe(self) -> int:
        """Subscribe a browser for a random student."""
        browser = self.push.subscribe(self.vapid_key)
        self.endpoints.append(browser.endpoint)
        body = {
            "endpoint": browser.endpoint,
            "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
            "user_id": self.chance.choice(self.stage.chats),
        }
        return await self.ask("/api/push/subscribe", body, {"X-API-Key": API_KEY})


@dataclass(frozen=True, slots=True)
class WebStep:
    """name: in the finding. act: what is asked. query: the program dies when it counts more; None: when answered.

    down: so long nobody runs afterwards.
    """

    name: str
    act: Callable[[Client], Coroutine[Any, Any, int]]
    query: str | None
    down: timedelta = timedelta(0)


async def _later(client: Client) -> int:
    return await client.publish(later=True)


STEPS = (
    WebStep("key claimed", Client.publish, _ROWS + "answers"),
    WebStep("notice stored", Client.publish, _ROWS + "notices"),
    WebStep("notice answered", Client.publish, None),
    WebStep("webhook calls stored, not planned", Client.publish, _ROWS + "webhook_calls"),
    WebStep("draft stored", _later, _ROWS + "drafts"),
    WebStep("hour comes while nobody runs", _later, None, HOUR),
    WebStep("draft published, not removed", _later, _ROWS + "notices"),
    WebStep("subscription stored", Client.subscribe, _ROWS + "subscriptions"),
    WebStep("address stored", Client.subscribe, _ROWS + "addresses"),
    WebStep("subscription answered", Client.subscribe, None),
)


async def web_killed(stage: Stage, *, students: int, rounds: int, seed: int, name: str) -> Finding:
    """Kill the whole program at each step, `rounds` times, and let the client ask again."""
    port = free_port()
    stage.settings |= {"WEB__PORT": str(port), "WEB__API_KEY": API_KEY}
    await stage.join(students)
    for number in range(ENDPOINTS):  # their host does not exist: the calls wait
        await stage.store.webhooks.save(an_endpoint(f"ep{number}", url="https://hooks.invalid/in", created_at=now()))
    token, kept = new_token("chaos", [Scope.ADMIN], CLI, now(), now() + timedelta(days=1))
    await issue(stage.store, kept, CLI)
    async with (
        SimulatedPushServices() as push,
        ClientSession(timeout=ClientTimeout(total=ANSWER_S)) as session,
    ):
        public = switch_on(stage, push)
        client = Client(stage, session, f"http://127.0.0.1:{port}", token, push, public, Random(seed))
        stage.start()
        problems = [one for _ in range(rounds) for step in STEPS if (one := await _one(client, step))]
        await stage.until(lambda: _is_all_out(stage), stage.lives[-1])
        code = await stage.stop(stage.lives[-1])
        problems += await _problems(client)
    tally = await stage.tally()
    problems += problems_of(tally, repeats_a_fault=SLOTS)
    if code:
        problems.append(f"the last life ended with {code}")
    faults = f"SIGKILL at {len(STEPS)} steps x {rounds}"
    load = f"{students} students, {len(stage.marks)} notices, {len(client.endpoints)} browsers"
    return Finding(name, load, faults, tally, tuple(problems))


async def _one(client: Client, step: WebStep) -> str:
    """Kill what runs at the step, start again, and return what is wrong with the answer in the end."""
    stage = client.stage
    life = stage.lives[-1]
    await stage.until(lambda: _listens(client), life)
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(step.act(client))
        if step.query is None:
            await asyncio.wait({asked})
            life.kill()
        else:
            async with asyncio.timeout(PATIENCE_S):
                await at_row(stage, life, step.query)
        await life.gone()
        await asyncio.sleep(step.down.total_seconds())
        end_leases(stage)
        stage.start()
        status = await asked
    return "" if 200 <= status < 300 else f"{step.name}: answered {status} in the end"


def end_leases(stage: Stage) -> None:
    """Let the claims of dead requests end now, not in a minute."""
    with closing(sqlite3.connect(stage.url.removeprefix("sqlite:///"), timeout=5)) as connection, connection:
        connection.execute("UPDATE answers SET lease_until = 0 WHERE status IS NULL")


async def _listens(client: Client) -> bool:
    try:
        async with client.session.get(f"{client.base}/health/live") as response:
            return response.status == 200
    except (ClientError, OSError):
        return False


async def _is_all_out(stage: Stage) -> bool:
    """Say whether every notice is published, planned and carried."""
    return not await stage.store.drafts.all(1) and await stage.is_settled()


async def _problems(client: Client) -> list[str]:
    """Return what is there twice or not at all."""
    store, found = client.stage.store, []
    marks = await client.stage.marks_by_notice()
    made = Counter(mark for noted in marks.values() for mark in noted)
    found += [f"{mark}: {made[mark]} notices" for mark in client.stage.marks if made[mark] != 1]
    for number in range(ENDPOINTS):
        calls = await store.webhooks.calls(an_endpoint(f"ep{number}").id, None, 10_000)
        if len(calls) != len(marks):
            found.append(f"ep{number}: {len(calls)} calls for {len(marks)} notices")
    # an act that was begun again is written down again: the trail may say it twice, never not at all
    subjects = {entry.subject for entry in await store.audit.find(None, None, 10_000)}
    told = subjects | {id_of_draft(DraftId(subject)) for subject in subjects}
    found += [f"{notice_id} is not in the audit trail" for notice_id in marks if notice_id not in told]
    for endpoint in client.endpoints:
        owner = await store.students.by_address(WEBPUSH, hash_of(endpoint))
        if owner is None or await store.subscriptions.get(hash_of(endpoint)) is None:
            found.append("a subscription whose success was answered is not there")
    return found
