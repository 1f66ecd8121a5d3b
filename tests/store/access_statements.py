"""The statements of the repositories of store/access.py on SQLite, each with the index that it is to use."""

from collections.abc import Mapping, Sequence
from typing import Any

from placement_alerts.store.sqlite import (
    audit,
    drafts,
    idempotency,
    sessions,
    subscriptions,
    tokens,
    webhooks,
)
from tests.access_builders import an_audit_entry

Parameters = Sequence[Any] | Mapping[str, Any]
ENTRY = an_audit_entry()
ANSWER = {"key": "k", "fingerprint": "f", "expires_at": 0, "status": 200, "headers": "{}", "body": ""}

STATEMENTS: list[tuple[str, Parameters, str]] = [
    (sessions.GET_SQL, ("b", 0), "sqlite_autoindex_sessions_1"),
    (sessions.MARK_VISITED_SQL, {"id": "b", "at": 0}, "sqlite_autoindex_sessions_1"),
    (sessions.OF_STUDENT_SQL, ("s",), "sessions_by_student"),
    (sessions.GIVE_SQL, ("s", "t"), "sessions_by_student"),
    (sessions.REMOVE_SQL, ("b",), "sqlite_autoindex_sessions_1"),
    (sessions.CLEAN_SQL, (0, 1_000), "sessions_by_expiry"),
    (sessions.SIGN_IN_SQL, ("c", 0), "sqlite_autoindex_sign_ins_1"),
    (sessions.CONFIRM_SQL, ("s", "c", 0), "sqlite_autoindex_sign_ins_1"),
    (sessions.REFUSE_SQL, ("c", 0), "sqlite_autoindex_sign_ins_1"),
    (sessions.TAKE_SQL, ("c", 0), "sqlite_autoindex_sign_ins_1"),
    (sessions.CLEAN_SIGN_INS_SQL, (0, 1_000), "sign_ins_by_expiry"),
    (tokens.BY_HASH_SQL, ("h",), "sqlite_autoindex_tokens_2"),
    (tokens.GET_SQL, ("t",), "sqlite_autoindex_tokens_1"),
    (tokens.ALL_SQL, (), "tokens_by_time"),
    (tokens.REVOKE_SQL, (0, "t"), "sqlite_autoindex_tokens_1"),
    (tokens.MARK_USED_SQL, {"id": "t", "at": 0}, "sqlite_autoindex_tokens_1"),
    (subscriptions.GET_SQL, ("s",), "sqlite_autoindex_subscriptions_1"),
    (subscriptions.REMOVE_SQL, ("s",), "sqlite_autoindex_subscriptions_1"),
    (subscriptions.UNVISITED_SQL, ("", 0, 50), "subscriptions_by_visit"),
    (idempotency.GET_SQL, ("k",), "sqlite_autoindex_answers_1"),
    (idempotency.FINISH_SQL, ANSWER, "sqlite_autoindex_answers_1"),
    (idempotency.RELEASE_SQL, ("k", 0), "sqlite_autoindex_answers_1"),
    (idempotency.CLEAN_SQL, (0, 1_000), "answers_by_expiry"),
    (webhooks.GET_SQL, ("e",), "sqlite_autoindex_webhook_endpoints_1"),
    (webhooks.CHANGE_SQL, (2, 0, "{}", "e", 1), "sqlite_autoindex_webhook_endpoints_1"),
    (webhooks.ALL_SQL, (), "webhook_endpoints_by_time"),
    (webhooks.REMOVE_SQL, ("e",), "sqlite_autoindex_webhook_endpoints_1"),
    (webhooks.SAVE_CALL_SQL, ("waiting", 0, "{}", "w"), "sqlite_autoindex_webhook_calls_1"),
    (webhooks.GET_CALL_SQL, ("w",), "sqlite_autoindex_webhook_calls_1"),
    (webhooks.DUE_SQL, (0, 50), "webhook_calls_due"),
    (webhooks.NEXT_DUE_SQL, (), "webhook_calls_due"),
    (webhooks.CALLS_SQL, ("e", 50), "webhook_calls_by_endpoint"),
    (webhooks.CALLS_AFTER_SQL, ("e", 0, "w", 50), "webhook_calls_by_endpoint"),
    (webhooks.REMOVE_CALLS_SQL, ("e", 1_000), "webhook_calls_by_endpoint"),
    (webhooks.CLEAN_SQL, (0, 1_000), "webhook_calls_ended"),
    (drafts.GET_SQL, ("d",), "sqlite_autoindex_drafts_1"),
    (drafts.CHANGE_SQL, (2, 0, "{}", "d", 1), "sqlite_autoindex_drafts_1"),
    (drafts.ALL_SQL, (50,), "drafts_by_hour"),
    (drafts.DUE_SQL, (0, 50), "drafts_by_hour"),
    (drafts.NEXT_DUE_SQL, (), "drafts_by_hour"),
    (drafts.REMOVE_SQL, ("d",), "sqlite_autoindex_drafts_1"),
    (*audit.find_sql(None, None, 50), "sqlite_autoindex_audit_entries_1"),
    (*audit.find_sql(None, ENTRY, 50), "sqlite_autoindex_audit_entries_1"),
    (*audit.find_sql("cli", None, 50), "audit_entries_by_actor"),
    (*audit.find_sql("cli", ENTRY, 50), "audit_entries_by_actor"),
]
# these come in order from their index and stop at their limit
PAGES: list[tuple[str, Parameters]] = [
    (sessions.OF_STUDENT_SQL, ("s",)),
    (sessions.CLEAN_SQL, (0, 1_000)),
    (sessions.CLEAN_SIGN_INS_SQL, (0, 1_000)),
    (tokens.ALL_SQL, ()),
    (subscriptions.UNVISITED_SQL, ("", 0, 50)),
    (idempotency.CLEAN_SQL, (0, 1_000)),
    (webhooks.ALL_SQL, ()),
    (webhooks.DUE_SQL, (0, 50)),
    (webhooks.CALLS_SQL, ("e", 50)),
    (webhooks.CALLS_AFTER_SQL, ("e", 0, "w", 50)),
    (webhooks.CLEAN_SQL, (0, 1_000)),
    (drafts.ALL_SQL, (50,)),
    (drafts.DUE_SQL, (0, 50)),
    audit.find_sql(None, None, 50),
    audit.find_sql(None, ENTRY, 50),
    audit.find_sql("cli", None, 50),
    audit.find_sql("cli", ENTRY, 50),
]
