"""A second opinion on what the rules left empty, by any OpenAI-compatible endpoint. Never needed; off by default."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from placement_alerts.core.notice import Facts
from placement_alerts.core.second_opinion import MAX_ANSWER, merged, missing, question
from placement_alerts.errors import PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.http_client import HttpClient, Limits, Response

MAX_BYTES = 512 * 1024  # of an answer; JSON may write a character in six
MAX_TOKENS = 800
CONNECT_S = 5.0
EARLIER = timedelta(days=1)  # the mail that is read now was sent before now; its dates may be of today

log = structlog.get_logger(__name__)


class Assistant:
    """Asks a chat endpoint once for each text that lacks something. key: "" for an endpoint without one.

    http: may call private addresses if the operator's endpoint has one.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        key: str,
        timeout_s: float,
        http: HttpClient,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._limits = Limits(
            connect_s=min(CONNECT_S, timeout_s), read_s=timeout_s, deadline_s=timeout_s, max_bytes=MAX_BYTES
        )
        self._http = http
        self._now = now
        self._trouble: str | None = None

    async def fill(self, title: str, text: str, facts: Facts) -> Facts:
        """Return the facts with empty fields filled, as far as the text says what the assistant says.

        Kind, students, links, `held` and what the rules found stay as they are. Whatever fails, the facts come back
        unchanged; the log says so when it begins and when it ends.
        """
        if not missing(facts):
            return facts
        try:
            content = await self._ask(title, text, facts)
            # in a thread: an ordinary answer costs 1 ms, a hostile one a quarter of a second
            filled = await asyncio.to_thread(merged, facts, content, title, text, self._now() - EARLIER)
            if filled is None:
                raise PeerNonsense("the answer is no JSON object")
        except PeerError as error:
            self._note(error)
            return facts
        self._note(None)
        return filled

    async def _ask(self, title: str, text: str, facts: Facts) -> str:
        content = {
            "model": self._model,
            "messages": question(title, text, facts),
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
            "response_format": {"type": "json_object"},
        }
        response = await self._http.post_json(self._url, content, headers=self._headers, limits=self._limits)
        _require_ok(response)
        return _content(response.json())

    def _note(self, error: PeerError | None) -> None:
        trouble = error.error_class if error else None
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if error:
            log.warning("assistant.failed", error_class=trouble, error=str(error))
        else:
            log.info("assistant.recovered")


def _require_ok(response: Response) -> None:
    if response.ok:
        return
    if response.status in {401, 403}:
        raise PeerRefused(f"refused with status {response.status}; check assistant.key")
    if response.status == 429 or response.status >= 500:
        raise PeerUnreachable(f"in trouble: status {response.status}")
    raise PeerNonsense(f"status {response.status}; check assistant.base_url and assistant.model")


def _content(answer: Any) -> str:
    """Return the text of the first choice. Raises PeerNonsense, also for a refusal."""
    try:
        content = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise PeerNonsense("the answer has no choices with a message") from None
    if not isinstance(content, str) or len(content) > MAX_ANSWER:
        raise PeerNonsense("the answer's message is no text, or too long")
    return content
