"""Every page that students read: one object that has all their routes."""

from aiohttp import web

from placement_alerts.web.pages.deadlines import DeadlinePage
from placement_alerts.web.pages.feed import FeedPages
from placement_alerts.web.pages.installing import InstallRoutes
from placement_alerts.web.pages.jobs import JobPages
from placement_alerts.web.pages.notice_page import NoticePage
from placement_alerts.web.pages.settings import SettingsPages
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.services import Services


class StudentPages:
    """Feed, notices, jobs, deadlines, settings, and what installs them as an application."""

    def __init__(self, services: Services) -> None:
        shell = Shell(services.settings)
        self._parts = (
            FeedPages(services, shell),
            NoticePage(services, shell),
            JobPages(services, shell),
            DeadlinePage(services, shell),
            SettingsPages(services, shell),
            InstallRoutes(shell),
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [route for part in self._parts for route in part.routes()]
