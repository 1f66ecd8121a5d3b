"""The web server: what its handlers work with, and its routes. Part of the composition root, like `app`."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from aiohttp import web

from placement_alerts import __version__
from placement_alerts.app_parts import Parts, now
from placement_alerts.config.models import Config
from placement_alerts.core.render import ShowNames
from placement_alerts.pipeline.vitals import Vitals
from placement_alerts.web.api.routes import ApiRoutes
from placement_alerts.web.existing import ExistingRoutes
from placement_alerts.web.feeds.routes import FeedRoutes
from placement_alerts.web.health import HealthRoutes, Heartbeat
from placement_alerts.web.pages.admin import AdminPages
from placement_alerts.web.pages.routes import PageRoutes
from placement_alerts.web.pages.sign_in import SignInRoutes
from placement_alerts.web.pages.student_pages import StudentPages
from placement_alerts.web.push import PushRoutes
from placement_alerts.web.server import make_application, serve
from placement_alerts.web.services import Services, WebSettings

if TYPE_CHECKING:
    from aiogram import Bot

BOT_NAME_S = 5.0  # how long a page waits to learn the bot's name


async def open_web(stack: AsyncExitStack, parts: Parts, vitals: Vitals, heartbeat: Heartbeat) -> int:
    """Serve until the stack closes; return the port. Raises ConfigError if the address is taken."""
    services = services_of(parts, vitals)
    application = make_application(services, _routes(services, heartbeat))
    return await stack.enter_async_context(serve(application, parts.config.web.host, parts.config.web.port))


def services_of(parts: Parts, vitals: Vitals) -> Services:
    """Return what the web's handlers work with."""
    bot, config = parts.channels.bot, parts.config
    return Services(
        settings=settings_of(config, tuple(parts.updater.sources), parts.channels.vapid_public_key),
        store=parts.store,
        figures=parts.figures,
        vitals=vitals,
        office=parts.office,
        signing_in=parts.signing_in,
        subscribing=parts.subscribing,
        webhooks=parts.webhooks,
        now=now,
        monotonic=time.monotonic,
        push=parts.channels.webpush,
        deep_link=_deep_links(bot, config.telegram.link_base) if bot else None,
        say_to_default_chat=_office_chat(bot, config.telegram.default_chat) if bot else None,
    )


def settings_of(config: Config, sources: tuple[str, ...], vapid_public_key: str) -> WebSettings:
    """Return what the web is told of the configuration."""
    return WebSettings(
        version=__version__,
        years=config.years.offered,
        active=config.years.active,
        default_year=config.years.default,
        public_pages=config.web.public_pages,
        public_url=config.web.public_url,
        cors_origins=config.web.cors_origins,
        trusted_proxies=config.web.trusted_proxies,
        api_key=config.web.api_key.get_secret_value(),
        cookie_key=config.web.cookie_key.get_secret_value(),
        admins=frozenset(config.telegram.admins),
        vapid_public_key=vapid_public_key,
        allow_private_endpoints=config.webpush.allow_private_endpoints,
        sources=sources,
        show_names=ShowNames(config.offers.show_names),
    )


def _routes(services: Services, heartbeat: Heartbeat) -> list[web.RouteDef]:
    settings = services.settings
    return [
        *HealthRoutes(services.vitals, heartbeat, settings.version, services.monotonic).routes(),
        *ApiRoutes(services).routes(),
        *PushRoutes(services).routes(),
        *ExistingRoutes(services).routes(),
        *FeedRoutes(services).routes(),
        *SignInRoutes(services).routes(),
        *StudentPages(services).routes(),
        *AdminPages(services).routes(),
        *PageRoutes(services.store, services.figures, settings, services.monotonic).routes(),
    ]


def _deep_links(bot: "Bot", link_base: str) -> Callable[[str], Awaitable[str | None]]:
    """Return what makes the address that opens the bot with a start code; None while its name is not known."""
    from placement_alerts.bot.naming import deep_link

    return lambda code: deep_link(bot, link_base, code, BOT_NAME_S)


def _office_chat(bot: "Bot", chat: str) -> Callable[[str], Awaitable[bool]] | None:
    if not chat:
        return None
    from placement_alerts.bot.office_chat import say

    return lambda html: say(bot, chat, html)
