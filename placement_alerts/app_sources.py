"""The sources that are configured, opened. Part of the composition root, like `app`."""

from collections.abc import Mapping
from dataclasses import dataclass

from placement_alerts.config.models import Config
from placement_alerts.http_client import HttpClient
from placement_alerts.sources.base import Mailbox, Page, Source


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
