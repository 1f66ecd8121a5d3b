"""The audit trail, on both stores."""

from placement_alerts.core.audit import AuditEntry
from placement_alerts.store.base import Store
from tests.access_builders import an_audit_entry
from tests.builders import after


def entries(number: int, actor: str = "cli") -> list[AuditEntry]:
    return [an_audit_entry(f"{at:03}-{actor}", actor=actor, at=after(minutes=at)) for at in range(number)]


async def test_stored_entry_comes_back_as_it_was(store: Store) -> None:
    entry = an_audit_entry(actor="student:s1", act="deliveries.retried", subject="", details="412 of 1,153 🎓")
    await store.audit.add(entry)

    assert await store.audit.find(None, None, 10) == [entry]


async def test_stored_entry_is_never_changed(store: Store) -> None:
    await store.audit.add(an_audit_entry())

    await store.audit.add(an_audit_entry(details="other"))

    assert await store.audit.find(None, None, 10) == [an_audit_entry()]


async def test_entries_come_newest_first_page_by_page_each_once(store: Store) -> None:
    stored = entries(5)
    for entry in stored:
        await store.audit.add(entry)

    first = await store.audit.find(None, None, 3)
    second = await store.audit.find(None, first[-1], 3)

    assert first == stored[:1:-1]
    assert second == stored[1::-1]
    assert await store.audit.find(None, second[-1], 3) == []
    assert await store.audit.find(None, None, 0) == []


async def test_entries_of_one_actor_come_without_those_of_others(store: Store) -> None:
    ours, others = entries(3, "token:t1"), entries(3)
    for entry in (*ours, *others):
        await store.audit.add(entry)

    first = await store.audit.find("token:t1", None, 2)

    assert first == ours[:0:-1]
    assert await store.audit.find("token:t1", first[-1], 2) == ours[:1]
    assert await store.audit.find("nobody", None, 2) == []
