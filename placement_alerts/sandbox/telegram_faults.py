"""Faults of the simulated Bot API, on demand or as a seeded storm."""

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What happens to a call."""

    ERROR = "error"  # refused with a code; nothing is done
    RESET = "reset"  # the connection is cut; nothing is done
    HANG = "hang"  # no answer, ever; nothing is done
    LOST = "lost"  # done, and the connection is cut instead of an answer
    LOST_HANG = "lost_hang"  # done, and no answer, ever
    PAGE = "page"  # a proxy's HTML page instead of JSON; nothing is done


@dataclass(frozen=True, slots=True)
class Fault:
    """code, description, parameters: of an error or a page."""

    kind: FaultKind
    code: int = 500
    description: str = "Internal Server Error"
    parameters: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Storm:
    """Shares (0-1) of the calls that go wrong, by chance from `seed`. floods last a whole number of seconds."""

    seed: int = 0
    floods: float = 0.0
    flood_s: tuple[int, int] = (1, 10)
    server_errors: float = 0.0
    resets: float = 0.0
    lost: float = 0.0
    methods: frozenset[str] = frozenset({"sendMessage", "editMessageText", "deleteMessage"})


class Faults:
    """What goes wrong next."""

    def __init__(self) -> None:
        self._ordered: dict[str, deque[Fault]] = {}
        self._always: dict[str, Fault] = {}
        self._by_chat: dict[int, Fault] = {}
        self._storm: Storm | None = None
        self._random = random.Random(0)  # noqa: S311 - chance for tests, not for secrets

    def order(self, method: str, fault: Fault, times: int | None) -> None:
        """Let the next `times` calls of a method go wrong; None: all, until `clear`."""
        if times is None:
            self._always[method] = fault
        else:
            self._ordered.setdefault(method, deque()).extend([fault] * times)

    def order_for_chat(self, chat_id: int, fault: Fault) -> None:
        """Let every call to one chat go wrong, until `clear`."""
        self._by_chat[chat_id] = fault

    def rage(self, storm: Storm) -> None:
        """Begin a storm."""
        self._storm = storm
        self._random = random.Random(storm.seed)  # noqa: S311 - as above

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._ordered.clear()
        self._always.clear()
        self._by_chat.clear()
        self._storm = None

    def next(self, method: str, chat_id: int | None) -> Fault | None:
        """Return what goes wrong with this call."""
        if ordered := self._ordered.get(method):
            return ordered.popleft()
        if chat_id is not None and chat_id in self._by_chat:
            return self._by_chat[chat_id]
        if method in self._always:
            return self._always[method]
        if self._storm is not None and method in self._storm.methods:
            return self._by_chance(self._storm)
        return None

    def _by_chance(self, storm: Storm) -> Fault | None:
        dice = self._random.random()
        if (dice := dice - storm.floods) < 0:
            seconds = self._random.randint(*storm.flood_s)
            return Fault(FaultKind.ERROR, 429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
        if (dice := dice - storm.server_errors) < 0:
            return Fault(FaultKind.ERROR, 502, "Bad Gateway")
        if (dice := dice - storm.resets) < 0:
            return Fault(FaultKind.RESET)
        if dice - storm.lost < 0:
            return Fault(FaultKind.LOST)
        return None
