"""Who reads a page, and in which placement year."""

from aiohttp import web

from placement_alerts.core.visibility import Reader
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.web.services import Services
from placement_alerts.web.visiting import visitor


async def reader_of(request: web.Request, services: Services) -> Reader:
    """Return who reads: a student only if they proved who they are."""
    found = visitor(request)
    if not found.signed_in or found.student is None:
        return Reader()
    secret = await services.store.secret(ENROLLMENTS) if found.student.enrollment_key else b""
    return Reader(found.student, is_admin=found.is_admin, secret=secret)


def year_of(reader: Reader, services: Services) -> str:
    """Return the year whose notices a page shows unless the address names another."""
    return reader.student.year if reader.student else services.settings.active


def base_address(request: web.Request, services: Services) -> str:
    """Return where our pages are found, without a slash at its end."""
    return services.settings.public_url or f"{request.scheme}://{request.host}"
