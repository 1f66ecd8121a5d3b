"""API tokens, on both stores."""

import asyncio

import pytest

from placement_alerts.core.token import Scope, TokenId
from placement_alerts.errors import Duplicate
from placement_alerts.store.base import Store
from tests.access_builders import a_token
from tests.builders import NOW, after


async def test_stored_token_is_found_by_its_hash_and_by_its_id(store: Store) -> None:
    token = a_token(label="Prüfstand 🎓", scopes=(Scope.ADMIN, Scope.METRICS), created_by="s1", used_at=NOW)
    await store.tokens.add(token)

    assert await store.tokens.by_hash(token.hash) == token
    assert await store.tokens.get(token.id) == token


async def test_unknown_token_is_none(store: Store) -> None:
    await store.tokens.add(a_token())

    assert await store.tokens.by_hash("none") is None
    assert await store.tokens.get(TokenId("none")) is None


@pytest.mark.parametrize("taken", [{"identifier": "t1", "hash": "other"}, {"identifier": "t2", "hash": a_token().hash}])
async def test_id_and_hash_are_unique(store: Store, taken: dict[str, str]) -> None:
    await store.tokens.add(a_token())

    with pytest.raises(Duplicate):
        await store.tokens.add(a_token(**taken))

    assert await store.tokens.all() == [a_token()]


async def test_tokens_come_newest_first(store: Store) -> None:
    await store.tokens.add(a_token("old"))
    await store.tokens.add(a_token("new", created_at=after(hours=1)))
    await store.tokens.add(a_token("as old"))

    assert [token.id for token in await store.tokens.all()] == ["new", "old", "as old"]


async def test_revoked_token_stays_to_be_found(store: Store) -> None:
    await store.tokens.add(a_token())

    assert await store.tokens.revoke(TokenId("t1"), after(hours=1))

    assert await store.tokens.by_hash(a_token().hash) == a_token(revoked_at=after(hours=1))


async def test_token_is_revoked_once(store: Store) -> None:
    await store.tokens.add(a_token())
    await store.tokens.revoke(TokenId("t1"), NOW)

    assert not await store.tokens.revoke(TokenId("t1"), after(hours=1))
    assert not await store.tokens.revoke(TokenId("none"), NOW)

    assert await store.tokens.get(TokenId("t1")) == a_token(revoked_at=NOW)


async def test_expired_token_can_still_be_revoked(store: Store) -> None:
    await store.tokens.add(a_token())

    assert await store.tokens.revoke(TokenId("t1"), after(days=400))


async def test_last_use_never_moves_back(store: Store) -> None:
    await store.tokens.add(a_token())

    async with asyncio.TaskGroup() as marking:
        for minutes in (1, 9, 4, 7):
            marking.create_task(store.tokens.mark_used(TokenId("t1"), after(minutes=minutes)))
    await store.tokens.mark_used(TokenId("t1"), NOW)
    await store.tokens.mark_used(TokenId("none"), NOW)

    assert await store.tokens.all() == [a_token(used_at=after(minutes=9))]


async def test_use_and_end_of_a_token_do_not_undo_each_other(store: Store) -> None:
    await store.tokens.add(a_token())

    async with asyncio.TaskGroup() as both:
        both.create_task(store.tokens.mark_used(TokenId("t1"), after(minutes=1)))
        both.create_task(store.tokens.revoke(TokenId("t1"), NOW))

    assert await store.tokens.get(TokenId("t1")) == a_token(used_at=after(minutes=1), revoked_at=NOW)
