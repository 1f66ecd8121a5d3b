"""The channels that are configured, opened. Part of the composition root, like `app`."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from placement_alerts.channels.base import Channel
from placement_alerts.config.models import Config, TelegramConfig
from placement_alerts.core.receipt_token import RECEIPTS
from placement_alerts.core.retry import RetryPolicy
from placement_alerts.core.subscription import WEBPUSH
from placement_alerts.store.base import Store

if TYPE_CHECKING:
    from aiogram import Bot

    from placement_alerts.channels.webpush.channel import WebPushChannel


@dataclass(slots=True)
class Channels:
    """bot: None when Telegram is off. webpush: None when it is off, and its public key "". all: those that are on."""

    bot: "Bot | None" = None
    webpush: "WebPushChannel | None" = None
    vapid_public_key: str = ""
    all: list[Channel] = field(default_factory=list)


async def open_channels(config: Config, store: Store, now: Callable[[], datetime], stack: AsyncExitStack) -> Channels:
    """Open every channel that is configured; the stack closes them."""
    opened = Channels()
    if config.telegram.token.get_secret_value():
        opened.bot, telegram = _open_telegram(config.telegram, stack)
        opened.all.append(telegram)
    if config.webpush.vapid_private_key.get_secret_value():
        opened.webpush, opened.vapid_public_key = await _open_webpush(config, store, now, stack)
        opened.all.append(opened.webpush)
    return opened


def _open_telegram(settings: TelegramConfig, stack: AsyncExitStack) -> tuple["Bot", Channel]:
    # imported when Telegram is on: aiogram takes 2.5 s and 164 MiB that `stats` or `deliveries` need not pay
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    from placement_alerts.channels.pacing import Pacer
    from placement_alerts.channels.telegram.channel import TelegramChannel

    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.api_base))
    bot = Bot(settings.token.get_secret_value(), session=session)
    stack.push_async_callback(session.close)
    pacer = Pacer(settings.rate_per_second, per_target_s=settings.per_chat_seconds, burst=settings.burst)
    channel = TelegramChannel(bot, pacer, slots=settings.slots)
    session.middleware(channel.turns)
    return bot, channel


async def _open_webpush(
    config: Config, store: Store, now: Callable[[], datetime], stack: AsyncExitStack
) -> tuple["WebPushChannel", str]:
    from placement_alerts.channels.webpush.channel import WebPushChannel
    from placement_alerts.channels.webpush.posting import Posts
    from placement_alerts.channels.webpush.vapid import load_key

    settings = config.webpush
    posts = await stack.enter_async_context(Posts(allow_private=settings.allow_private_endpoints))
    key = load_key(settings.vapid_private_key.get_secret_value())
    channel = WebPushChannel(
        store.subscriptions,
        posts,
        key,
        subject=settings.subject,
        ttl=timedelta(seconds=settings.ttl_s),
        public_url=config.web.public_url,
        receipt_secret=await store.secret(RECEIPTS),
        now=now,
    )
    return channel, key.public


def retry_policy(channel: Channel) -> RetryPolicy:
    """Return how deliveries of a channel are tried again.

    A push whose answer was lost may be sent again and again: the same topic and tag replace it on the way and on the
    screen. A message in a chat would stand there twice.
    """
    policy = RetryPolicy()
    return replace(policy, unknown_tries=policy.tries) if channel.name == WEBPUSH else policy
