"""What takes in what the sources bring, and what carries out the admins' answers about it.

Part of the composition root, like `app`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from placement_alerts.app_sources import Sources
from placement_alerts.config.models import Config
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.alarms import Alarms
from placement_alerts.pipeline.intake import Intake, ListingPoll
from placement_alerts.pipeline.mail_intake import MailPoll
from placement_alerts.pipeline.mail_taking import MailTaker, MailYears
from placement_alerts.pipeline.offer_book import OfferBook
from placement_alerts.pipeline.page_poll import PagePoll
from placement_alerts.pipeline.policies import Policies
from placement_alerts.pipeline.reviewing import Reviewing
from placement_alerts.pipeline.updating import Poll, Updater
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import OwnerId, Store

if TYPE_CHECKING:
    from placement_alerts.assistant import Assistant


def open_intake(
    config: Config,
    store: Store,
    sources: Sources,
    http: HttpClient,
    stored: Flag,
    owner: OwnerId,
    now: Callable[[], datetime],
) -> tuple[Updater, Reviewing]:
    """Return what polls the sources, and what carries out answers. stored: set when a notice is stored."""
    years, first_run = config.years, timedelta(hours=config.sources.first_run_hours)
    names = {alias.name: alias.means for alias in config.offers.aliases}
    offer_book = OfferBook(store, stored, now, names, years.offered)
    policies = Policies(store, stored, now, announce=config.policy.announce_changes)
    mail_years = MailYears(years.active, years.offered)
    taker = MailTaker(store, stored, offer_book, policies, mail_years, now, assistant=_assistant(config, http))
    alarm = Alarms(store, now, years.active).raise_once
    intake = Intake(store, stored, now, first_run, offer_book)
    polls: dict[str, Poll] = {
        name: ListingPoll(source, intake, store, now) for name, source in sources.listings.items()
    }
    updater = Updater(store, polls, owner, now)
    if sources.mailbox is not None:
        most = config.sources.mailbox.max_mails_per_run
        again = partial(updater.ring, sources.mailbox.name)
        poll = MailPoll(sources.mailbox, store, taker, offer_book, now, first_run, again, max_mails=most, alarm=alarm)
        updater.add(sources.mailbox.name, poll)
    if sources.page is not None:
        announce = config.sources.official.announce_changes
        page = PagePoll(sources.page, store, stored, now, years.active, announce=announce, alarm=alarm)
        updater.add(sources.page.name, page)
    held = timedelta(days=config.sources.mailbox.held_days)
    return updater, Reviewing(store, taker, offer_book, now, held)


def _assistant(config: Config, http: HttpClient) -> "Assistant | None":
    if not config.assistant.base_url:
        return None
    from placement_alerts.assistant import Assistant

    settings = config.assistant
    return Assistant(settings.base_url, settings.model, settings.key.get_secret_value(), settings.timeout_s, http)
