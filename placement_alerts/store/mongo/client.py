"""The one Motor client: its options, and the deadline and bound of every operation.

Motor runs each call on a thread of its pool; a hung server would fill it, so fewer operations than threads run at once
and the others wait for their turn within the same deadline.
"""

import asyncio
import functools
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import pymongo
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import ConfigurationError, InvalidURI, PyMongoError

from placement_alerts.errors import ConfigError, StoreUnavailable
from placement_alerts.store.mongo.failures import is_conflict, translated

P = ParamSpec("P")
T = TypeVar("T")

DATABASE = "placement_alerts"  # when the URL names none
DEADLINE_S = 2.0
PING_S = 1.0
REPEATS = 5  # after a write conflict
THREADS_KEPT_FREE = 2  # of Motor's pool: for closing, and for a call that was cancelled and still holds its thread

_OPTIONS: Mapping[str, Any] = {
    "tz_aware": True,
    "tzinfo": UTC,
    "uuidRepresentation": "standard",
    "w": "majority",
    "journal": True,
    "retryWrites": True,
    "readPreference": "primary",
    "timeoutMS": int(DEADLINE_S * 1000),
    "serverSelectionTimeoutMS": 5000,  # longer than an operation's deadline, which ends it; for the first contact
    "appname": "placement_alerts",
}


class Client:
    """A database on a MongoDB deployment. Every operation goes through `run`, usually by the decorator `operation`."""

    def __init__(self, motor: Any, concurrent: int) -> None:
        self._motor = motor
        self._database = motor.get_default_database(DATABASE)
        self._turns = asyncio.Semaphore(concurrent)

    @property
    def servers(self) -> str:
        """The hosts and ports that are known now, from the URL or from the deployment; no credentials."""
        known = self._motor.topology_description.server_descriptions()
        return ", ".join(sorted(host if port is None else f"{host}:{port}" for host, port in known))

    def collection(self, name: str) -> Any:
        """Return a Motor collection."""
        return self._database[name]

    async def run(self, work: Callable[[], Awaitable[T]], deadline_s: float = DEADLINE_S) -> T:
        """Do `work` within one deadline for all of it, the wait for a turn included; never call it from within `work`.

        work: awaits Motor calls and may be repeated. Raises StoreUnavailable and Duplicate.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + deadline_s
        try:
            async with asyncio.timeout_at(ends):
                await self._turns.acquire()
        except TimeoutError as error:
            raise StoreUnavailable(
                f"every connection to MongoDB at {self.servers} waits for an answer; see database.url"
            ) from error
        try:
            with pymongo.timeout(max(ends - loop.time(), 0.001)):
                return await _repeated(work)
        except PyMongoError as error:
            ours = translated(error, self.servers)
            if ours is None:
                raise
            raise ours from error
        finally:
            self._turns.release()

    async def ping(self) -> None:
        """Return if the server answers within a second. Raises StoreUnavailable."""
        await self.run(lambda: self._database.command("ping"), PING_S)

    async def describe(self) -> str:
        """Return the version, the servers and the database; no credentials."""
        info = await self.run(self._motor.server_info)
        return f"MongoDB {info['version']} at {self.servers}, database {self._database.name}"

    async def close(self) -> None:
        """Close every connection."""

        def close() -> None:
            with pymongo.timeout(PING_S):
                self._motor.close()

        await asyncio.to_thread(close)  # it says goodbye to the server and waits for the answer


async def connect(url: str, listeners: Sequence[Any] = ()) -> Client:
    """Return a client of the database that `url` names. Raises ConfigError for a URL that cannot be used.

    listeners: pymongo's event listeners, for tests.
    """
    options = {**_OPTIONS, "event_listeners": list(listeners), "io_loop": asyncio.get_running_loop()}
    try:
        # off the loop, because mongodb+srv:// asks the DNS in the constructor
        motor = await asyncio.to_thread(AsyncIOMotorClient, url, **options)
    except (InvalidURI, ConfigurationError, ValueError) as error:
        # the driver's text may quote the URL, and with it the password
        raise ConfigError([f"database.url: not a MongoDB address that can be used ({type(error).__name__})"]) from None
    threads = int(os.environ.get("MOTOR_MAX_WORKERS", (os.cpu_count() or 1) * 5))  # as Motor counts them
    return Client(motor, max(threads - THREADS_KEPT_FREE, 1))


class _HasClient(Protocol):
    _client: Client


R = TypeVar("R", bound=_HasClient)


def operation(method: Callable[Concatenate[R, P], Awaitable[T]]) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a repository's public method one operation of its client: one turn, one deadline, our errors."""

    @functools.wraps(method)
    async def bounded(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._client.run(lambda: method(self, *args, **kwargs))

    return bounded


async def _repeated(work: Callable[[], Awaitable[T]]) -> T:
    for _ in range(REPEATS):
        try:
            return await work()
        except PyMongoError as error:
            if not is_conflict(error):
                raise
    return await work()
