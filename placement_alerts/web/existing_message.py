"""A message of `/api/notify`: read as the existing bot reads it, published as an announcement of the office."""

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.html import to_text
from placement_alerts.core.notice import Audience, Notice, NoticeKind
from placement_alerts.core.office_notice import TEXT_LIMIT, TITLE_LIMIT, id_of_draft
from placement_alerts.core.subscription import WEBPUSH
from placement_alerts.errors import NotPossible
from placement_alerts.pipeline.auditing import audit
from placement_alerts.web.existing_key import Detail
from placement_alerts.web.services import Services

TELEGRAM = "telegram"
CHANNELS = {"telegram": TELEGRAM, "web_push": WEBPUSH}  # the existing bot's words, and ours
BODY_BYTES_MAX = 128 * 1024
PLANNED_WITHIN_S = 0.9  # then it is answered with what is stored by then; planning goes on
LOOK_S = 0.02
_NAMES_MOST = 10

_MARKUP = re.compile(r"</?[a-z][^<>]{0,500}>", re.IGNORECASE)

Result = dict[str, int] | dict[str, str]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LIMIT)]
_Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LIMIT)]
_Name = Annotated[str, Field(max_length=40)]


class ExistingMessage(BaseModel):
    """The body of the three routes; members that nobody knows are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)

    message: _Text
    title: _Title = "SuperSet Update"
    channels: Annotated[list[_Name], Field(max_length=_NAMES_MOST)] = list(CHANNELS)


async def read_message(request: web.Request) -> ExistingMessage:
    """Return the message. Raises Detail 422 for a body that does not fit."""
    if (request.content_length or 0) > BODY_BYTES_MAX:
        raise Detail(422, "The body is too large")
    try:
        return ExistingMessage.model_validate_json(await request.read())
    except ValidationError as error:
        places = {".".join(map(str, one["loc"])) for one in error.errors(include_url=False, include_input=False)}
        raise Detail(422, f"Does not fit: {', '.join(sorted(places - {''})) or 'the body'}") from None


class Announcer:
    """Publishes messages for all students of every year."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def available(self) -> frozenset[str]:
        """Return our names of the channels that are configured."""
        telegram = {TELEGRAM} if self._services.deep_link is not None else set()
        push = {WEBPUSH} if self._services.push is not None else set()
        return frozenset(telegram | push)

    async def announce(self, message: ExistingMessage, names: Sequence[str], actor: str) -> dict[str, Result]:
        """Publish on the named channels; return how many deliveries were stored for each, or that it is not available.

        names: the existing bot's. Raises Detail 422 if the office cannot publish such a text.
        """
        usable = {name: CHANNELS[name] for name in names if CHANNELS.get(name) in self.available()}
        published = await self._publish(message, tuple(usable.values()), actor) if usable else []
        counts = await self._counts(published)
        return {name: _result(counts, usable[name]) if name in usable else {"error": "not available"} for name in names}

    async def _publish(self, message: ExistingMessage, channels: tuple[str, ...], actor: str) -> list[Notice]:
        """Publish one notice for each year that has students."""
        text = _plain(message.message)
        batch = secrets.token_hex(8)
        published = []
        for year in self._services.settings.years:
            if not await self._services.store.students.of_year(year, None, 1):
                continue
            draft = Draft(
                id=DraftId(f"{batch}-{year}"),
                year=year,
                kind=NoticeKind.ANNOUNCEMENT,
                title=message.title,
                text=text,
                audience=Audience(channels=channels),
                created_by=actor,
            )
            published.append(await self._publish_one(draft, actor))
        return published

    async def _publish_one(self, draft: Draft, actor: str) -> Notice:
        subject = id_of_draft(draft.id)
        await audit(self._services.store, self._services.now(), actor, "notice.published", subject, "by /api/notify")
        try:
            notice = await self._services.office.publish(draft)
        except NotPossible as error:
            raise Detail(422, str(error)) from error
        if notice is None:
            raise AssertionError("a draft without an hour is published at once")
        return notice

    async def _counts(self, notices: Sequence[Notice]) -> Mapping[tuple[str, DeliveryState], int]:
        """Return the deliveries of these notices together, once they are planned or time is up."""
        try:
            async with asyncio.timeout(PLANNED_WITHIN_S):
                for notice in notices:
                    while not await self._services.store.notices.is_planned(  # noqa: ASYNC110 - another process may plan
                        notice.id, notice.revision
                    ):
                        await asyncio.sleep(LOOK_S)
        except TimeoutError:
            pass
        together: dict[tuple[str, DeliveryState], int] = {}
        for notice in notices:
            for key, count in (await self._services.store.deliveries.counts_of(notice.id)).items():
                together[key] = together.get(key, 0) + count
        return together


def _result(counts: Mapping[tuple[str, DeliveryState], int], channel: str) -> dict[str, int]:
    """Return what was accepted on a channel, and who has no address that could be used."""
    success = sum(count for (name, _), count in counts.items() if name == channel)
    failed = sum(count for (name, _), count in counts.items() if name == "")
    return {"success": success, "failed": failed, "total": success + failed}


def _plain(text: str) -> str:
    """Return the text without the HTML that callers of the existing bot write for Telegram."""
    return to_text(text.replace("\n", "<br>")) if _MARKUP.search(text) else text
