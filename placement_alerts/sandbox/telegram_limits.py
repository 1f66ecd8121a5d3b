"""The simulated Bot API's flood control: one bucket for the bot, one for each chat, and a penalty after a violation."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """rate None: no limit at all. per_chat_rate None: none for chats. Rates are calls a second."""

    rate: float | None = 30.0
    burst: int = 30
    penalty_s: float = 3.0
    per_chat_rate: float | None = 1.0
    per_chat_burst: int = 5
    per_group_rate: float = 20 / 60
    per_group_burst: int = 20


NO_LIMITS = Limits(rate=None, per_chat_rate=None)


class Bucket:
    """Holds up to `burst` tokens and regains `rate` a second."""

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def take(self, now: float) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate


class FloodControl:
    """Says for each call whether the bot may make it."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._bot = Bucket(limits.rate, limits.burst, now) if limits.rate is not None else None
        self._chats: dict[int, Bucket] = {}
        self._punished_until = -math.inf

    def retry_after(self, now: float, chat_id: int | None) -> int | None:
        """Return None for a call that may be made, else the whole seconds to wait."""
        if now < self._punished_until:
            return math.ceil(self._punished_until - now)
        if self._bot is not None and self._bot.take(now) > 0:
            self._punished_until = now + self._limits.penalty_s
            return max(1, math.ceil(self._limits.penalty_s))
        if chat_id is not None and self._limits.per_chat_rate is not None:
            wait = self._of_chat(chat_id, self._limits.per_chat_rate, now).take(now)
            if wait > 0:
                return math.ceil(wait)
        return None

    def _of_chat(self, chat_id: int, per_chat_rate: float, now: float) -> Bucket:
        bucket = self._chats.get(chat_id)
        if bucket is None:
            limits = self._limits
            bucket = (
                Bucket(limits.per_group_rate, limits.per_group_burst, now)
                if chat_id < 0
                else Bucket(per_chat_rate, limits.per_chat_burst, now)
            )
            self._chats[chat_id] = bucket
        return bucket
