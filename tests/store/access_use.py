"""Calls every method of the repositories of store/access.py, for tests that look at what they send."""

from datetime import datetime

from placement_alerts.core.student import StudentId
from placement_alerts.core.webhook import CallState
from placement_alerts.store.base import Store
from tests.access_builders import (
    a_claimed_key,
    a_draft,
    a_session,
    a_sign_in,
    a_subscription,
    a_token,
    an_audit_entry,
)
from tests.builders import NOW, a_call, after, an_endpoint

STUDENT = StudentId("s1")


async def use_access(store: Store) -> None:
    """Take each way through each method, with something there to be found."""
    over = after(days=400)
    await _use_sessions(store, over)
    await _use_tokens(store)
    await _use_subscriptions(store)
    await _use_answers(store, over)
    await _use_webhooks(store, over)
    await _use_drafts(store)
    await _use_audit(store)


async def _use_sessions(store: Store, over: datetime) -> None:
    sessions, browser, code = store.sessions, a_session(student_id=STUDENT), a_sign_in()
    await sessions.save(browser)
    await sessions.get(browser.id, NOW)
    await sessions.mark_visited(browser.id, after(hours=1))
    await sessions.of_student(STUDENT)
    await sessions.give(STUDENT, StudentId("s2"))
    await sessions.offer(code)
    await sessions.sign_in(code.id, NOW)
    await sessions.confirm(code.id, STUDENT, NOW)
    await sessions.refuse(code.id, NOW)
    await sessions.take(code.id, NOW)
    await sessions.clean(over)
    await sessions.remove(browser.id)


async def _use_tokens(store: Store) -> None:
    token = a_token()
    await store.tokens.add(token)
    await store.tokens.by_hash(token.hash)
    await store.tokens.get(token.id)
    await store.tokens.all()
    await store.tokens.mark_used(token.id, NOW)
    await store.tokens.revoke(token.id, NOW)


async def _use_subscriptions(store: Store) -> None:
    subscription = a_subscription()
    await store.subscriptions.save(subscription)
    await store.subscriptions.get(subscription.id)
    await store.subscriptions.unvisited(after(days=1), None, 5)
    await store.subscriptions.unvisited(after(days=1), subscription.id, 5)
    await store.subscriptions.count()
    await store.subscriptions.remove(subscription.id)


async def _use_answers(store: Store, over: datetime) -> None:
    wanted = a_claimed_key()
    await store.answers.claim(wanted, NOW)
    await store.answers.claim(wanted, NOW)
    await store.answers.finish(wanted)
    await store.answers.clean(over)
    await store.answers.release(wanted)


async def _use_webhooks(store: Store, over: datetime) -> None:
    webhooks, endpoint, call = store.webhooks, an_endpoint(), a_call()
    await webhooks.save(endpoint)
    await webhooks.save(endpoint.model_copy(update={"version": 2}))
    await webhooks.get(endpoint.id)
    await webhooks.all()
    await webhooks.add_calls([call])
    await webhooks.due(NOW, 5)
    await webhooks.next_due()
    await webhooks.save_call(call.model_copy(update={"state": CallState.DELIVERED}))
    await webhooks.get_call(call.id)
    await webhooks.calls(endpoint.id, None, 5)
    await webhooks.calls(endpoint.id, call, 5)
    await webhooks.clean(over)
    await webhooks.add_calls([call])
    await webhooks.remove(endpoint.id)


async def _use_drafts(store: Store) -> None:
    draft = a_draft()
    await store.drafts.save(draft)
    await store.drafts.save(draft.model_copy(update={"version": 2}))
    await store.drafts.get(draft.id)
    await store.drafts.all(5)
    await store.drafts.due(NOW, 5)
    await store.drafts.next_due()
    await store.drafts.remove(draft.id)


async def _use_audit(store: Store) -> None:
    entry = an_audit_entry()
    await store.audit.add(entry)
    for actor in (None, "cli"):
        await store.audit.find(actor, None, 5)
        await store.audit.find(actor, entry, 5)
