"""What a process is made of: opens store, HTTP client, bot, sources and channels in order, closes them in reverse.

Part of the composition root, like `app`.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from placement_alerts.app_statistics import figures_of
from placement_alerts.channels.base import Channel
from placement_alerts.config.models import Config
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.render import ShowNames
from placement_alerts.core.retry import RetryPolicy
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.alarms import Alarms
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.figures import Figures
from placement_alerts.pipeline.intake import Intake, ListingPoll
from placement_alerts.pipeline.mail_intake import MailPoll
from placement_alerts.pipeline.mail_taking import MailTaker, MailYears
from placement_alerts.pipeline.membership import Membership, this_process
from placement_alerts.pipeline.offer_book import OfferBook
from placement_alerts.pipeline.page_poll import PagePoll
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.policies import Policies
from placement_alerts.pipeline.reviewing import Reviewing
from placement_alerts.pipeline.showing import Showing
from placement_alerts.pipeline.updating import Poll, Updater
from placement_alerts.sources.base import Mailbox, Page, Source
from placement_alerts.store import open_store
from placement_alerts.store.base import Store

if TYPE_CHECKING:
    from aiogram import Bot

    from placement_alerts.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a process of ours is made of, opened. bot: None when Telegram is off."""

    config: Config
    store: Store
    membership: Membership
    sources: "Sources"
    updater: Updater
    reviewing: Reviewing
    figures: Figures
    lanes: tuple[Lane, ...]
    planner: Planner
    bot: "Bot | None"


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources that are configured, of each nature."""

    listings: Mapping[str, Source]
    mailbox: Mailbox | None
    page: Page | None

    def all(self) -> dict[str, Source | Mailbox | Page]:
        """Return them by name."""
        others = [one for one in (self.mailbox, self.page) if one is not None]
        return {**self.listings, **{one.name: one for one in others}}


def now() -> datetime:
    """Return the moment, as precise as it can be stored."""
    return to_utc_ms(datetime.now(UTC))


@asynccontextmanager
async def open_parts(config: Config, *, exclusive: bool, sends: bool = True) -> AsyncIterator[Parts]:
    """Open the store, the HTTP client, the bot, sources and channels; close them in reverse.

    exclusive: as the process that does the work; see `store.open_store` for what it raises. sends False: no channel.
    """
    async with AsyncExitStack() as stack:
        store = await open_store(config.database.url.get_secret_value(), exclusive=exclusive)
        stack.push_async_callback(store.close)
        # the peers that the operator configured may be anywhere; nothing that came from outside is fetched with this
        http = await stack.enter_async_context(HttpClient(allow_private=True))
        sources = open_sources(config, http)
        bot, channels = await open_channels(config, stack) if sends else (None, [])
        alone = config.database.url.get_secret_value().startswith("sqlite:")
        membership = Membership(store, this_process(), now, alone=alone, dead_after_s=config.fanout.lease_s)
        showing = Showing(store.notices, ShowNames(config.offers.show_names), now)
        lanes = tuple(
            Lane(channel, store, showing, membership.owner, now, RetryPolicy(), config.fanout.batch)
            for channel in channels
        )
        planner = Planner(store, lanes, showing, now)
        updater, reviewing = _intake(config, store, sources, planner, membership, _assistant(config, http))
        figures = figures_of(config.statistics, store)
        yield Parts(config, store, membership, sources, updater, reviewing, figures, lanes, planner, bot)


def _intake(
    config: Config,
    store: Store,
    sources: Sources,
    planner: Planner,
    membership: Membership,
    assistant: "Assistant | None",
) -> tuple[Updater, Reviewing]:
    """Return what takes in what the sources bring, and what carries out the admins' answers about it."""
    years, stored, first_run = config.years, planner.flag, timedelta(hours=config.sources.first_run_hours)
    names = {alias.name: alias.means for alias in config.offers.aliases}
    offer_book = OfferBook(store, stored, now, names, years.offered)
    policies = Policies(store, stored, now, announce=config.policy.announce_changes)
    mail_years = MailYears(years.active, years.offered)
    taker = MailTaker(store, stored, offer_book, policies, mail_years, now, assistant=assistant)
    alarm = Alarms(store, now, years.active).raise_once
    intake = Intake(store, stored, now, first_run, offer_book)
    polls: dict[str, Poll] = {
        name: ListingPoll(source, intake, store, now) for name, source in sources.listings.items()
    }
    updater = Updater(store, polls, membership.owner, now)
    if sources.mailbox is not None:
        most = config.sources.mailbox.max_mails_per_run
        again = partial(updater.ring, sources.mailbox.name)
        poll = MailPoll(sources.mailbox, store, taker, offer_book, now, first_run, again, max_mails=most, alarm=alarm)
        updater.add(sources.mailbox.name, poll)
    if sources.page is not None:
        announce = config.sources.official.announce_changes
        updater.add(
            sources.page.name,
            PagePoll(sources.page, store, stored, now, years.active, announce=announce, alarm=alarm),
        )
    held = timedelta(days=config.sources.mailbox.held_days)
    return updater, Reviewing(store, taker, offer_book, now, held)


def open_sources(config: Config, http: HttpClient) -> Sources:
    """Return the sources that are configured. Each is imported when it is on."""
    return Sources(_listings(config, http), _mailbox(config), _page(config, http))


def _listings(config: Config, http: HttpClient) -> dict[str, Source]:
    if not config.sources.superset.accounts:
        return {}
    from placement_alerts.sources.superset.source import SupersetSource

    portal = config.sources.superset
    accounts = tuple(
        account.model_copy(update={"year": account.year or config.years.active}) for account in portal.accounts
    )
    return {"superset": SupersetSource(portal.model_copy(update={"accounts": accounts}), http)}


def _mailbox(config: Config) -> Mailbox | None:
    if not config.sources.mailbox.username:
        return None
    from placement_alerts.sources.mailbox.source import ImapMailbox

    return ImapMailbox(config.sources.mailbox)


def _page(config: Config, http: HttpClient) -> Page | None:
    if not config.sources.official.url:
        return None
    from placement_alerts.sources.official.source import OfficialPage

    return OfficialPage(config.sources.official, http)


def _assistant(config: Config, http: HttpClient) -> "Assistant | None":
    if not config.assistant.base_url:
        return None
    from placement_alerts.assistant import Assistant

    settings = config.assistant
    return Assistant(settings.base_url, settings.model, settings.key.get_secret_value(), settings.timeout_s, http)


async def open_channels(config: Config, stack: AsyncExitStack) -> tuple["Bot | None", list[Channel]]:
    """Return the bot and the channels that are configured."""
    if not config.telegram.token.get_secret_value():
        return None, []
    # imported when Telegram is on: aiogram takes 2.5 s and 164 MiB that `stats` or `deliveries` need not pay
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    from placement_alerts.channels.pacing import Pacer
    from placement_alerts.channels.telegram.channel import TelegramChannel

    settings = config.telegram
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.api_base))
    bot = Bot(settings.token.get_secret_value(), session=session)
    stack.push_async_callback(session.close)
    pacer = Pacer(settings.rate_per_second, per_target_s=settings.per_chat_seconds, burst=settings.burst)
    channel = TelegramChannel(bot, pacer, slots=settings.slots)
    session.middleware(channel.turns)
    return bot, [channel]
