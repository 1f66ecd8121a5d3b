"""The shape of a problem as the documentation describes it; web/problems.py makes it."""

from placement_alerts.web.api.values import View


class FieldErrorView(View):
    """What is wrong with one value. pointer: RFC 6901 into the body, else the parameter's name."""

    pointer: str
    code: str
    detail: str


class ProblemView(View):
    """An error by RFC 9457. code: stable, for programs; explained at `type`."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: tuple[FieldErrorView, ...] | None = None
    retry_after_s: int | None = None


PROBLEM_EXAMPLE = {
    "type": "/api/docs#problem-not_found",
    "title": "Not Found",
    "status": 404,
    "detail": "what is the matter in this case",
    "instance": "/api/v1/notices/n0",
    "code": "not_found",
    "request_id": "7f3c0d51",
}
