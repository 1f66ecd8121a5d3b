"""The admin pages, all together."""

from aiohttp import web

from placement_alerts.web.pages.admin_audit import AuditPage
from placement_alerts.web.pages.admin_compose import ComposePages
from placement_alerts.web.pages.admin_deliveries import DeliveryPages
from placement_alerts.web.pages.admin_drafts import DraftPages
from placement_alerts.web.pages.admin_notices import NoticePages
from placement_alerts.web.pages.admin_overview import OverviewPages
from placement_alerts.web.pages.admin_reviews import ReviewPages
from placement_alerts.web.pages.admin_room import AdminRoom
from placement_alerts.web.pages.admin_students import StudentPages
from placement_alerts.web.pages.admin_tokens import TokenPages
from placement_alerts.web.pages.admin_webhooks import WebhookPages
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.services import Services

_PARTS = (
    OverviewPages,
    ReviewPages,
    NoticePages,
    ComposePages,
    DraftPages,
    DeliveryPages,
    StudentPages,
    TokenPages,
    WebhookPages,
    AuditPage,
)


class AdminPages:
    """Everything under /admin. For admins alone; to everybody else it does not exist."""

    def __init__(self, services: Services, shell: Shell | None = None) -> None:
        room = AdminRoom(services, shell or Shell(services.settings))
        self._parts = [part(room) for part in _PARTS]

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; pages answer HEAD too."""
        return [route for part in self._parts for route in part.routes()]
