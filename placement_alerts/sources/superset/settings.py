"""The settings of the SuperSet portal, `[sources.superset]`.

Part of the configuration, which is read by commands that fetch nothing: so pydantic alone is imported here.
"""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from placement_alerts.config.values import Email, PublicKey, Seconds, Section, WebAddress, YearOrEmpty

# the portal's own key (reference/portal.md, section 3.1); it may change any day, so it is a setting
PUBLIC_KEY = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCgFGVfrY4jQSoZQWWygZ83roKXWD4YeT2x2p41dGkPixe73rT2IW04glagN2vgoZoHuOPqa5and6"
    "kAmK2ujmCHu6D1auJhE2tXP+yLkpSiYMQucDKmCsWMnW9XlC5K7OSL77TXXcfvTvyZcjObEz6LIBRzs6+FqpFbUO9SJEfh6wIDAQAB"
)
LEVELS = ("High", "Middle", "Offer is more than 4.6 lacs", "Internship")

HeaderText = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[!-~]+$")]


class Account(Section):
    """A student's portal account that we read with. year: the placement year of what it lists; "": years.active."""

    email: Annotated[Email, Field(repr=False)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=1000)]  # how much fits is up to the public key
    year: YearOrEmpty = ""


class SupersetSettings(Section):
    """The SuperSet portal. Off without accounts.

    levels: names of categories that the portal leaves unnamed, from level 1.
    max_details_per_run: job details read in one run, new and changed jobs first; the rest follows in the next run.
    """

    base_url: WebAddress = "https://app.joinsuperset.com/tnpsuite-core"
    tenant_id: HeaderText = "jaypee_in_in_it_16"
    tenant_type: HeaderText = "STUDENT"
    public_key: PublicKey = PUBLIC_KEY
    accounts: Annotated[tuple[Account, ...], Field(strict=False, max_length=50)] = ()
    connect_timeout_s: Seconds = 5.0
    read_timeout_s: Seconds = 30.0
    deadline_s: Seconds = 120.0
    max_bytes: Annotated[int, Field(ge=1024, le=256 * 1024 * 1024)] = 32 * 1024 * 1024
    page_size: Annotated[int, Field(ge=1, le=10_000)] = 10_000
    detail_every_h: Annotated[float, Field(gt=0, le=720)] = 6.0
    max_details_per_run: Annotated[int, Field(ge=0, le=10_000)] = 200
    levels: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(strict=False, max_length=100)
    ] = LEVELS

    @field_validator("accounts")
    @classmethod
    def _each_once(cls, accounts: tuple[Account, ...]) -> tuple[Account, ...]:
        if len({account.email.lower() for account in accounts}) < len(accounts):
            raise ValueError("should name each e-mail address once")
        return accounts
