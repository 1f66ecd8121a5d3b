"""What the portal might list, and what we would remember of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from placement_alerts.core.item import Fetched, KnownItem, SourceItem, known_as
from placement_alerts.core.notice import NoticeId
from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox.portal import PortalLogin, SimulatedPortal
from placement_alerts.sandbox.portal_board import to_ms
from placement_alerts.sources.superset.settings import SupersetSettings
from placement_alerts.sources.superset.source import SupersetSource, account_label

NOW = datetime(2026, 1, 27, 6, 0, tzinfo=UTC)
TENANT = "jaypee_in_in_it_16"
FIRST = PortalLogin("first@students.example", "first password")
SECOND = PortalLogin("second@students.example", "second password")
FIRST_LABEL = account_label(FIRST.email, TENANT)
SECOND_LABEL = account_label(SECOND.email, TENANT)


def a_notice(identifier: str = "nt-1", **fields: Any) -> dict[str, Any]:
    """Return an element of N."""
    return {
        "identifier": identifier,
        "title": "Test link shared",
        "content": "<p>The link is in your inbox.</p>",
        "publishedAt": to_ms(NOW),
        "lastModifiedOn": None,
        "lastModifiedByUserName": "T and P Office",
        **fields,
    }


def a_job(identifier: str = "jp-1", **fields: Any) -> dict[str, Any]:
    """Return an element of J."""
    return {
        "jobProfileIdentifier": identifier,
        "jobProfileTitle": "Software Engineer",
        "companyName": "Brightwave Systems",
        "placementCategoryLevel": 1,
        "placementCategoryName": "High",
        "content": "",
        "createdAt": to_ms(NOW),
        "jobProfileApplicationDeadline": to_ms(NOW) + 5 * 86_400_000,
        **fields,
    }


def a_detail(**profile: Any) -> dict[str, Any]:
    """Return D's reply with these fields in `jobProfile`."""
    return {"positionType": "FULL_TIME", "jobProfile": {"package": 1_150_000, "ctcInterval": "ANNUM", **profile}}


def settings_for(portal: SimulatedPortal, *logins: PortalLogin, **fields: Any) -> SupersetSettings:
    """Return settings that reach the simulated portal with these accounts."""
    accounts = [{"email": one.email, "password": one.password, "year": "202526"} for one in logins or (FIRST, SECOND)]
    given = {"base_url": portal.base_url, "public_key": portal.public_key, "accounts": accounts, **fields}
    return SupersetSettings.model_validate(given)


def a_source(portal: SimulatedPortal, http: HttpClient, *logins: PortalLogin, **fields: Any) -> SupersetSource:
    """Return a source that reads the simulated portal with these accounts."""
    return SupersetSource(settings_for(portal, *logins, **fields), http)


def what_failed(fetched: Fetched) -> list[tuple[str, str, str]]:
    """Return account, part and class of every failure."""
    return [(one.account, one.part, one.error_class) for one in fetched.failures]


def remembered(items: Iterable[SourceItem], **fields: Any) -> dict[str, KnownItem]:
    """Return what intake would know after it stored these items."""
    return {item.key: known_as(item, NoticeId(f"n-{item.key}")).model_copy(update=fields) for item in items}
