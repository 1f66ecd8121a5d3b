"""Bodies of events: small, complete, without persons; and whom they go to."""

import json
from typing import Any

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.notice import Change, ListedStudent, NoticeKind
from placement_alerts.core.webhook import EventType
from placement_alerts.core.webhook_event import BODY_LIMIT, call_of, calls_for, dead_event, notice_event
from tests.builders import NOW, a_delivery, a_notice, after, an_endpoint, facts

SITE = "https://alerts.example.org"


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ({}, EventType.NOTICE_CREATED),
        ({"revision": 2}, EventType.NOTICE_REVISED),
        ({"revision": 2, "withdrawn": True}, EventType.NOTICE_WITHDRAWN),
    ],
)
def test_type_says_what_happened(values: dict[str, Any], type_: EventType) -> None:
    assert notice_event(a_notice(**values), SITE).type is type_


def test_body_names_the_notice_and_its_page() -> None:
    call = call_of(notice_event(a_notice(stored_at=NOW), SITE), an_endpoint(), NOW)

    body = json.loads(call.body)

    assert (body["type"], body["timestamp"]) == ("notice.created", "2025-11-10T06:30:00.000Z")
    assert body["data"]["id"] == "n1"
    assert body["data"]["url"] == f"{SITE}/notices/n1"
    assert body["data"]["deadline"] == "2025-11-13T06:30:00.000Z"


def test_same_revision_is_the_same_event_and_call() -> None:
    first, second = (notice_event(a_notice(), SITE) for _ in range(2))

    assert first.id == second.id
    assert "." not in first.id
    assert call_of(first, an_endpoint(), NOW).id == call_of(second, an_endpoint(), after(hours=1)).id


def test_other_revision_or_endpoint_is_another_call() -> None:
    event = notice_event(a_notice(), SITE)

    ids = {
        call_of(event, an_endpoint("ep1"), NOW).id,
        call_of(event, an_endpoint("ep2"), NOW).id,
        call_of(notice_event(a_notice(revision=2), SITE), an_endpoint("ep1"), NOW).id,
    }

    assert len(ids) == 3


def test_body_stays_small_whatever_the_notice_says() -> None:
    bad = "\x01" * 30_000
    notice = a_notice(
        title=bad,
        facts=facts(company=bad, venue=bad),
        changes=tuple(Change(field=bad, before=bad, after=bad) for _ in range(100)),
    )

    call = call_of(notice_event(notice, SITE), an_endpoint(), NOW)

    assert len(call.body.encode()) < BODY_LIMIT


def test_body_names_no_student() -> None:
    listed = (ListedStudent(name="Asha Rao", enrollment="21103001"),)
    notice = a_notice(
        html="<p>Asha Rao 21103001</p>",
        text="Asha Rao 21103001 asha@example.org",
        facts=facts(kind=NoticeKind.SHORTLIST, students=listed),
        changes=(Change(field="Text", before=None, after="Asha Rao 21103001"),),
    )

    body = call_of(notice_event(notice, SITE), an_endpoint(), NOW).body

    assert not any(word in body for word in ("Asha", "21103001", "asha@"))


def test_dead_delivery_is_told_without_its_address() -> None:
    row = a_delivery("777000777", state=DeliveryState.DEAD, target="777000777", error_class="unknown", attempts=8)

    call = call_of(dead_event(row), an_endpoint(), NOW)

    data = json.loads(call.body)["data"]
    assert data["error_class"] == "unknown"
    assert "target" not in data


def test_second_death_of_a_delivery_is_another_event() -> None:
    row = a_delivery(state=DeliveryState.DEAD)

    assert dead_event(row).id != dead_event(a_delivery(state=DeliveryState.DEAD, due_at=after(hours=1))).id


def test_event_goes_to_endpoints_that_are_on_and_want_it() -> None:
    endpoints = [
        an_endpoint("all"),
        an_endpoint("wants", events=(EventType.NOTICE_CREATED,)),
        an_endpoint("other", events=(EventType.DELIVERY_DEAD,)),
        an_endpoint("off", off_reason="gone"),
    ]

    calls = calls_for(notice_event(a_notice(), ""), endpoints, NOW)

    assert [call.endpoint_id for call in calls] == ["all", "wants"]
