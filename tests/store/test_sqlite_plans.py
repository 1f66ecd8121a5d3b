"""Every statement that grows with the table uses its index: asked of SQLite itself."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import StudentId
from placement_alerts.store.base import DeliveryFilter
from placement_alerts.store.sqlite import (
    deliveries,
    exchange,
    jobs,
    mails,
    notices,
    offers,
    official,
    policies,
    requests,
    reviews,
    secret,
    sources,
    students,
)
from placement_alerts.store.sqlite.delivery_rows import to_receipt_row
from placement_alerts.store.sqlite.listing import add_functions_to
from placement_alerts.store.sqlite.schema import MIGRATIONS
from tests.builders import a_delivery
from tests.store import access_statements, list_statements
from tests.store.wishes import a_receipt

Parameters = Sequence[Any] | Mapping[str, Any]
LIST = json.dumps(["a", "b"])
DUE = {"channel": "telegram", "now": 0, "skipped": LIST, "limit": 8}
RECEIPT = to_receipt_row(a_receipt(a_delivery()))
UNIQUE_ID = "sqlite_autoindex_deliveries_1"


@pytest.fixture
def schema() -> Iterator[sqlite3.Connection]:
    """An empty database with our schema."""
    with closing(sqlite3.connect(":memory:")) as connection:
        add_functions_to(connection)
        for statements in MIGRATIONS:
            for statement in statements:
                connection.execute(statement)
        yield connection


def found(**wanted: Any) -> tuple[str, list[str | int]]:
    return deliveries.find_sql(DeliveryFilter(**wanted), a_delivery(), 50)


STATEMENTS: list[tuple[str, Parameters, str]] = [
    (exchange.DUE_SQL, DUE, "deliveries_due"),
    (exchange.HELD_SQL, ("telegram", "token"), "deliveries_sending"),
    (exchange.BUSY_TARGETS_SQL, ("telegram",), "deliveries_sending"),
    (exchange.RECORD_SQL, RECEIPT, UNIQUE_ID),
    (exchange.LEASE_SQL, ("o", "token", LIST), UNIQUE_ID),
    (deliveries.NEXT_DUE_SQL, {"channel": "telegram"}, "deliveries_due"),
    (deliveries.CLOSE_SQL, ("superseded", "n", 2), "deliveries_by_notice"),
    (deliveries.COUNTS_SQL, (), "deliveries_by_channel"),
    (deliveries.CLOSE_ADDRESS_SQL, ("blocked", 0, "a"), "deliveries_by_address"),
    (deliveries.RETARGET_SQL, ("t", "a", "t"), "deliveries_by_address"),
    (deliveries.OF_ADDRESS_SQL, ("a", "n"), "deliveries_by_address"),
    (deliveries.LAST_STATES_SQL, ("a", 5), "deliveries_by_address"),
    (deliveries.OF_STUDENTS_SQL, ("n", LIST), "deliveries_by_student"),
    (deliveries.SEEN_SQL, (0, "n", "s"), "deliveries_by_student"),
    (deliveries.FREE_SQL, (0, LIST), "deliveries_sending"),
    (deliveries.RETRY_SQL, (0, LIST), UNIQUE_ID),
    (deliveries.GET_SQL, ("d",), UNIQUE_ID),
    (*deliveries.find_sql(DeliveryFilter(), None, 50), "deliveries_by_plan"),
    (*found(), "deliveries_by_plan"),
    (*found(state=DeliveryState.DEAD), "deliveries_by_state"),
    (*found(state=DeliveryState.DEAD, channel="telegram"), "deliveries_by_state"),
    (*found(channel="telegram"), "deliveries_by_plan"),
    (*found(error_class="blocked"), "deliveries_by_error"),
    (*found(notice_id=NoticeId("n")), "deliveries_by_notice"),
    (*found(student_id=StudentId("s")), "deliveries_by_student"),
    (notices.GET_SQL, ("n",), "sqlite_autoindex_notices_1"),
    (notices.LATEST_SQL, (50,), "notices_by_time"),
    (notices.LATEST_OF_YEAR_SQL, ("202526", 50), "notices_by_year"),
    (notices.OF_JOB_SQL, ("j",), "notices_by_job"),
    (notices.UNPLANNED_SQL, (50,), "notices_unplanned"),
    (notices.COUNTS_SQL, (), "notices_by_kind"),
    (jobs.OF_COMPANY_SQL, ("202526", "acme"), "jobs_by_company"),
    (students.OF_YEAR_SQL, ("202526", "", 50), "students_by_year"),
    (students.BY_ADDRESS_SQL, ("telegram", "7"), "sqlite_autoindex_addresses_2"),
    (students.BY_ENROLLMENTS_SQL, (LIST,), "students_by_enrollment"),
    (students.ENROLLED_SQL, ("k",), "students_by_enrollment"),
    (students.UNREACHABLE_SQL, (0, 1_000), "students_nameless"),
    (students.FORGET_ADDRESSES_SQL, (LIST,), "addresses_by_student"),
    (students.FORGET_SQL, (LIST,), "sqlite_autoindex_students_1"),
    (sources.KNOWN_SQL, ("superset",), "sqlite_autoindex_source_items_1"),
    (sources.REJECTED_SQL, ("superset", 50), "rejected_items_by_source"),
    (requests.TAKE_SQL, (), "requests_asked"),
    (mails.GET_SQL, ("m",), "sqlite_autoindex_mails_1"),
    (mails.BY_DIGEST_SQL, ("d",), "mails_by_digest"),
    (mails.COUNTS_SQL, (), "mails_by_verdict"),
    (mails.CURSORS_SQL, ("mailbox",), "sqlite_autoindex_cursors_1"),
    (reviews.GET_SQL, ("r",), "sqlite_autoindex_reviews_1"),
    (reviews.CHANGE_SQL, (1, 0, 0, "{}", "r"), "sqlite_autoindex_reviews_1"),
    (reviews.OPEN_SQL, (50,), "reviews_open"),
    (reviews.UNTOLD_SQL, (50,), "reviews_untold"),
    (reviews.ANSWERED_SQL, (50,), "reviews_answered"),
    (offers.GET_SQL, ("202526", "acme"), "sqlite_autoindex_offers_2"),
    (offers.CHANGE_SQL, ("202526", "acme", 2, 0, "{}", "o", 1), "sqlite_autoindex_offers_1"),
    (offers.REMOVE_SQL, ("o", 1), "sqlite_autoindex_offers_1"),
    (offers.OF_YEAR_SQL, ("202526",), "sqlite_autoindex_offers_2"),
    (offers.WITH_PENDING_SQL, (50,), "offers_pending"),
    (offers.ALIASES_SQL, (), "sqlite_autoindex_company_aliases_1"),
    (policies.LATEST_SQL, (2026,), "sqlite_autoindex_policies_1"),
    (policies.VERSIONS_SQL, (2026,), "sqlite_autoindex_policies_1"),
    (policies.YEARS_SQL, (), "sqlite_autoindex_policies_1"),
    (official.BATCHES_SQL, (), "sqlite_autoindex_official_batches_1"),
    (secret.GET_SQL, ("enrollment",), "sqlite_autoindex_secrets_1"),
    *access_statements.STATEMENTS,
    *list_statements.STATEMENTS,
]
# these come in order from their index and stop at their limit
PAGES: list[tuple[str, Parameters]] = [
    (exchange.DUE_SQL, DUE),
    deliveries.find_sql(DeliveryFilter(), None, 50),
    found(),
    found(state=DeliveryState.DEAD),
    found(state=DeliveryState.DEAD, channel="telegram"),
    found(channel="telegram"),
    found(error_class="blocked"),
    (notices.LATEST_SQL, (50,)),
    (notices.LATEST_OF_YEAR_SQL, ("202526", 50)),
    (notices.UNPLANNED_SQL, (50,)),
    (students.UNREACHABLE_SQL, (0, 1_000)),
    (mails.BY_DIGEST_SQL, ("d",)),
    (reviews.OPEN_SQL, (50,)),
    (reviews.UNTOLD_SQL, (50,)),
    (reviews.ANSWERED_SQL, (50,)),
    (offers.OF_YEAR_SQL, ("202526",)),
    (offers.WITH_PENDING_SQL, (50,)),
    (policies.LATEST_SQL, (2026,)),
    (policies.VERSIONS_SQL, (2026,)),
    (policies.YEARS_SQL, ()),
    (official.NEWEST_SQL, ()),
    (official.SNAPSHOTS_SQL, (50,)),
    *access_statements.PAGES,
    *list_statements.PAGES,
]


def plan_of(schema: sqlite3.Connection, sql: str, parameters: Parameters) -> list[str]:
    return [row[3] for row in schema.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]


@pytest.mark.parametrize(("sql", "parameters", "index"), STATEMENTS)
def test_statement_uses_its_index(schema: sqlite3.Connection, sql: str, parameters: Parameters, index: str) -> None:
    plan = plan_of(schema, sql, parameters)

    assert any(f"INDEX {index}" in step for step in plan), plan
    assert not [step for step in plan if step in ("SCAN deliveries", "SCAN notices", "SCAN addresses")], plan


@pytest.mark.parametrize(("sql", "parameters"), PAGES)
def test_page_is_read_in_the_order_of_its_index(schema: sqlite3.Connection, sql: str, parameters: Parameters) -> None:
    assert not [step for step in plan_of(schema, sql, parameters) if "TEMP B-TREE" in step]
