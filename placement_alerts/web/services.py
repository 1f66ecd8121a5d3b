"""What handlers work with: made by the composition root, the same for the API, the pages and the feeds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.channels.base import Channel
from placement_alerts.core.render import ShowNames
from placement_alerts.pipeline.figures import Figures
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.signing_in import SigningIn
from placement_alerts.pipeline.subscribing import Subscribing
from placement_alerts.pipeline.vitals import Vitals
from placement_alerts.pipeline.webhooks import Webhooks
from placement_alerts.store.base import Store


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What the web is told of the configuration.

    years: that exist; active: shown first; default_year: of anonymous students. public_url: without a slash at its
    end; "": not known. api_key: of the existing bot's routes; "": none. admins: Telegram user ids. vapid_public_key:
    base64url; "": web push is off. allow_private_endpoints: for tests. sources: their names. default_chat: "": none.
    """

    version: str
    years: tuple[str, ...]
    active: str
    default_year: str
    public_pages: bool = True
    public_url: str = ""
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    api_key: str = ""
    cookie_key: str = ""
    admins: frozenset[int] = frozenset()
    vapid_public_key: str = ""
    allow_private_endpoints: bool = False
    sources: tuple[str, ...] = ()
    show_names: ShowNames = ShowNames.COUNT


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may call.

    now: the moment, UTC. monotonic: seconds. push: the web push channel; None: off. deep_link: returns the address that
    opens the bot with a start code; None: there is no bot. say_to_default_chat: sends HTML to the office's chat, says
    whether that worked; None: no chat is set.
    """

    settings: WebSettings
    store: Store
    figures: Figures
    vitals: Vitals
    office: Office
    signing_in: SigningIn
    subscribing: Subscribing
    webhooks: Webhooks
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    push: Channel | None = None
    deep_link: Callable[[str], Awaitable[str | None]] | None = None
    say_to_default_chat: Callable[[str], Awaitable[bool]] | None = None
