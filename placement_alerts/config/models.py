"""Every setting there is, with its default and its limits; those of a source are in the source's own file."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from placement_alerts.config.statistics import StatisticsConfig
from placement_alerts.config.values import (
    ApiKey,
    BotToken,
    Chat,
    Contact,
    CookieKey,
    Cron,
    DatabaseUrl,
    Link,
    LowerCase,
    Network,
    Origin,
    Seconds,
    Section,
    TimeZone,
    VapidKey,
    WebAddress,
    WebAddressOrEmpty,
    Year,
)
from placement_alerts.sources.mailbox.settings import MailboxSettings
from placement_alerts.sources.official.settings import OfficialSettings
from placement_alerts.sources.superset.settings import SupersetSettings


class DatabaseConfig(Section):
    """Where everything is kept."""

    url: DatabaseUrl = SecretStr("sqlite:///data/placement_alerts.db")


class YearsConfig(Section):
    """Placement years. active: of items that do not say; default: of new students; offered: what exists."""

    active: Year = "202526"
    default: Year = "202526"
    offered: Annotated[tuple[Year, ...], Field(strict=False, min_length=1, max_length=20)] = ("202526", "202627")

    @model_validator(mode="after")
    def _are_offered(self) -> Self:
        strays = [name for name in ("active", "default") if getattr(self, name) not in self.offered]
        if strays:
            raise ValueError(f"{' and '.join(strays)} should be among years.offered")
        return self


class WebConfig(Section):
    """The web server. port 0: any free one. public_url: how the world reaches it; "": it does not.

    public_pages: whether pages that name no student may be read without signing in. api_key: accepted on the existing
    bot's routes beside tokens. cookie_key: signs cookies; "": the store's own. trusted_proxies: whose X-Forwarded-For
    counts. cors_origins: whose scripts may call the API.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    public_url: WebAddressOrEmpty = ""
    public_pages: bool = True
    cors_origins: Annotated[tuple[Origin, ...], Field(strict=False, max_length=50)] = ()
    trusted_proxies: Annotated[tuple[Network, ...], Field(strict=False, max_length=50)] = ()
    api_key: ApiKey = SecretStr("")
    cookie_key: CookieKey = SecretStr("")


class TelegramConfig(Section):
    """The bot (reference/telegram.md, section 4). Off without a token."""

    token: BotToken = SecretStr("")
    api_base: WebAddress = "https://api.telegram.org"
    mode: Literal["polling", "off"] = "polling"
    admins: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(strict=False, max_length=100)] = ()
    default_chat: Chat = ""
    slots: Annotated[int, Field(ge=1, le=100)] = 8
    rate_per_second: Annotated[float, Field(gt=0, le=1000)] = 29.7
    burst: Annotated[int, Field(ge=1, le=1000)] = 27
    per_chat_seconds: Annotated[float, Field(ge=0, le=60)] = 1.0
    link_base: WebAddress = "https://t.me"


class WebpushConfig(Section):
    """Web push (reference/webpush.md). Off without a key. ttl_s: so long a push service keeps what it cannot hand over.

    subject: whom a push service may write to. allow_private_endpoints: for tests only.
    """

    vapid_private_key: VapidKey = SecretStr("")
    subject: Contact = ""
    ttl_s: Annotated[int, Field(ge=0, le=2_419_200)] = 2_419_200
    allow_private_endpoints: bool = False

    @model_validator(mode="after")
    def _names_a_contact(self) -> Self:
        if self.vapid_private_key.get_secret_value() and not self.subject:
            raise ValueError("should name webpush.subject beside webpush.vapid_private_key, such as mailto:office@...")
        return self


class SchedulerConfig(Section):
    """When sources are read. A cron text "" means never."""

    timezone: TimeZone = "Asia/Kolkata"
    update: Cron = "0 0,8-23 * * *"
    official: Cron = "0 12 * * *"
    jitter_s: Annotated[int, Field(ge=0, le=600)] = 20
    misfire_grace_s: Annotated[int, Field(ge=1, le=86_400)] = 1800


class SourcesConfig(Section):
    """first_run_hours: how old an item may be to be delivered when a source is read for the first time."""

    first_run_hours: Annotated[float, Field(ge=0, le=8760)] = 24.0
    superset: SupersetSettings = SupersetSettings()
    mailbox: MailboxSettings = MailboxSettings()
    official: OfficialSettings = OfficialSettings()


class FanoutConfig(Section):
    """How deliveries are carried. batch: at most so many are claimed or recorded by one commit.

    lease_s: a process whose beat stands still for so long has lost what it was sending. grace_s: of an orderly stop.
    """

    batch: Annotated[int, Field(ge=1, le=1000)] = 64
    lease_s: Annotated[float, Field(ge=15, le=3600)] = 30.0
    grace_s: Annotated[float, Field(ge=0, le=300)] = 8.0


class CompanyAlias(Section):
    """Another name of a company."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    means: Annotated[str, Field(min_length=1, max_length=200)]


class OffersConfig(Section):
    """show_names: how much of a list of students a message shows, shortlists included. aliases: names of companies."""

    show_names: Literal["count", "names", "full"] = "count"
    aliases: Annotated[tuple[CompanyAlias, ...], Field(strict=False, max_length=1000)] = ()


class PolicyConfig(Section):
    """announce_changes: whether a new version of the placement policy becomes a notice."""

    announce_changes: bool = True


class AssistantConfig(Section):
    """A second opinion by any OpenAI-compatible endpoint, for what the rules left empty. Off without base_url."""

    base_url: WebAddressOrEmpty = ""
    model: Annotated[str, Field(max_length=200)] = ""
    key: Annotated[SecretStr, Field(max_length=1000)] = SecretStr("")
    timeout_s: Seconds = 20.0

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.base_url and not self.model:
            raise ValueError("should name assistant.model beside assistant.base_url")
        return self


class LinkConfig(Section):
    """A link that `/web` and `/start` show."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    url: Annotated[Link, Field(max_length=1000)]


class BotConfig(Section):
    """What the bot shows."""

    links: Annotated[tuple[LinkConfig, ...], Field(strict=False, max_length=10)] = ()


class LoggingConfig(Section):
    """file "": to the standard output alone."""

    level: Annotated[Literal["debug", "info", "warning", "error"], LowerCase] = "info"
    format: Literal["console", "json"] = "console"
    file: Annotated[str, Field(max_length=1000)] = ""


class Config(BaseSettings):
    """Every setting (DESIGN.md, section 7). Made by `load` only."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database: DatabaseConfig = DatabaseConfig()
    years: YearsConfig = YearsConfig()
    web: WebConfig = WebConfig()
    telegram: TelegramConfig = TelegramConfig()
    webpush: WebpushConfig = WebpushConfig()
    scheduler: SchedulerConfig = SchedulerConfig()
    sources: SourcesConfig = SourcesConfig()
    fanout: FanoutConfig = FanoutConfig()
    offers: OffersConfig = OffersConfig()
    policy: PolicyConfig = PolicyConfig()
    statistics: StatisticsConfig = StatisticsConfig()
    assistant: AssistantConfig = AssistantConfig()
    bot: BotConfig = BotConfig()
    logging: LoggingConfig = LoggingConfig()
