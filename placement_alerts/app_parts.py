"""What a process is made of: opens store, HTTP client, bot, sources and channels in order, closes them in reverse.

Part of the composition root, like `app`.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from placement_alerts.app_channels import Channels, open_channels, retry_policy
from placement_alerts.app_intake import open_intake
from placement_alerts.app_sources import Sources, open_sources
from placement_alerts.app_statistics import figures_of
from placement_alerts.config.models import Config
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.render import ShowNames
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.alarms import Alarms
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.figures import Figures
from placement_alerts.pipeline.membership import Membership, this_process
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.reviewing import Reviewing
from placement_alerts.pipeline.showing import Showing
from placement_alerts.pipeline.signing_in import SigningIn
from placement_alerts.pipeline.subscribing import Subscribing
from placement_alerts.pipeline.updating import Updater
from placement_alerts.pipeline.webhooks import Webhooks
from placement_alerts.store import open_store
from placement_alerts.store.base import Store


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a process of ours is made of, opened."""

    config: Config
    store: Store
    membership: Membership
    sources: Sources
    updater: Updater
    reviewing: Reviewing
    figures: Figures
    lanes: tuple[Lane, ...]
    planner: Planner
    channels: Channels
    office: Office
    webhooks: Webhooks
    signing_in: SigningIn
    subscribing: Subscribing


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
        # addresses that integrators gave: nothing private, and a connection of its own
        outside = await stack.enter_async_context(HttpClient())
        channels = await open_channels(config, store, now, stack) if sends else Channels()
        alone = config.database.url.get_secret_value().startswith("sqlite:")
        membership = Membership(store, this_process(), now, alone=alone, dead_after_s=config.fanout.lease_s)
        showing = Showing(store.notices, ShowNames(config.offers.show_names), now)
        lanes = tuple(
            Lane(channel, store, showing, membership.owner, now, retry_policy(channel), config.fanout.batch)
            for channel in channels.all
        )
        alarm = Alarms(store, now, config.years.active).raise_once
        webhooks = Webhooks(store, outside, now, config.web.public_url, alarm)
        planner = Planner(store, lanes, showing, now, webhooks.tell)
        updater, reviewing = open_intake(config, store, sources, http, planner.flag, membership.owner, now)
        figures = figures_of(config.statistics, store)
        yield Parts(
            config=config,
            store=store,
            membership=membership,
            sources=sources,
            updater=updater,
            reviewing=reviewing,
            figures=figures,
            lanes=lanes,
            planner=planner,
            channels=channels,
            office=Office(store, planner.flag, now, config.years.offered),
            webhooks=webhooks,
            signing_in=SigningIn(store, now),
            subscribing=Subscribing(store, now, config.years.default),
        )
