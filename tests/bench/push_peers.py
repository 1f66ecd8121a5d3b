"""Who stands beside us in the push benchmark: each sends one payload to every subscription in its own way."""

import asyncio
import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from pywebpush import webpush, webpush_async  # type: ignore[import-untyped]  # the package ships no types

from placement_alerts.channels.webpush.channel import SLOTS
from placement_alerts.channels.webpush.vapid import load_key
from placement_alerts.core.subscription import PushSubscription
from tests.bench.push_rig import SUBJECT, Place, deliver_all, our_channel, together
from tests.bench.rig import Used, used

PAYLOAD = json.dumps({"title": "Open for applications", "body": "x" * 440})
SCRIPT = Path(__file__).parent / "push_peers.js"

Rows = Sequence[PushSubscription]
Peer = Callable[[Place, Rows, str], Coroutine[Any, Any, tuple[Used, int]]]
"""Sends to all rows with a private key; returns what it took and how many were accepted."""


def info(row: PushSubscription) -> dict[str, Any]:
    """Return the form in which other libraries take a subscription."""
    return {"endpoint": row.endpoint, "keys": {"p256dh": row.p256dh, "auth": row.auth}}


async def ours(place: Place, rows: Rows, key: str) -> tuple[Used, int]:
    """Our channel with its slots; its payload is a little longer than the others'."""
    async with our_channel(place, rows, key) as channel:
        with used() as took:
            done = await deliver_all(channel, rows)
    return took, done


async def pywebpush_one_by_one(place: Place, rows: Rows, key: str) -> tuple[Used, int]:
    """Call webpush() in a loop, as the existing bot does."""
    os.environ["REQUESTS_CA_BUNDLE"] = str(place.authority)
    vapid = _vapid(key)

    def all_of_them() -> int:
        done = 0
        for row in rows:
            answer = webpush(info(row), PAYLOAD, vapid, {"sub": SUBJECT}, ttl=3600, timeout=10)
            done += answer.status_code == 201
        return done

    with used() as took:
        done = await asyncio.to_thread(all_of_them)
    return took, done


async def pywebpush_async(place: Place, rows: Rows, key: str) -> tuple[Used, int]:
    """Call webpush_async() with a shared session, as many at once as we have slots."""
    vapid, waiting, done = _vapid(key), deque(rows), 0

    async def slot() -> None:
        nonlocal done
        while waiting:
            answer = await webpush_async(
                info(waiting.popleft()),
                PAYLOAD,
                vapid,
                {"sub": SUBJECT},
                ttl=3600,
                timeout=TEN,
                aiohttp_session=session,
            )
            done += answer.status == 201

    connector = aiohttp.TCPConnector(ssl=place.context())
    async with aiohttp.ClientSession(connector=connector) as session:
        with used() as took:
            await together(slot, SLOTS)
    return took, done


TEN = aiohttp.ClientTimeout(total=10)


async def npm_web_push(place: Place, rows: Rows, key: str) -> tuple[Used, int]:
    """Run npm web-push in node, with as many at once as we have slots."""
    job = {
        "subject": SUBJECT,
        "privateKey": key,
        "publicKey": load_key(key).public,
        "payload": PAYLOAD,
        "slots": SLOTS,
        "origins": len(place.origins),
        "subscriptions": [info(row) for row in rows],
    }
    return await in_node("send", job, {"NODE_EXTRA_CA_CERTS": str(place.authority)})


async def in_node(what: str, job: dict[str, Any], extra: dict[str, str]) -> tuple[Used, int]:
    """Run a job of push_peers.js."""
    command = ("node", str(SCRIPT), os.environ["WEB_PUSH_FOLDER"], what)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={**os.environ, **extra}
    )
    out, _ = await process.communicate(json.dumps(job).encode())
    found = json.loads(out)
    return Used(found["seconds"], found["cpu_s"]), found["done"]


def has_npm() -> bool:
    """Say whether node is there, and WEB_PUSH_FOLDER names where `npm install web-push` was run."""
    folder = os.environ.get("WEB_PUSH_FOLDER", "")
    return bool(folder) and shutil.which("node") is not None and Path(folder, "node_modules", "web-push").is_dir()


def _vapid(key: str) -> Any:
    from py_vapid import Vapid  # type: ignore[import-untyped]  # the package ships no types

    return Vapid.from_raw(key.encode())


def peers() -> dict[str, Peer]:
    """Return who can be measured here."""
    found: dict[str, Peer] = {
        "ours": ours,
        "pywebpush, one by one": pywebpush_one_by_one,
        "webpush_async": pywebpush_async,
    }
    return {**found, "npm web-push": npm_web_push} if has_npm() else found
