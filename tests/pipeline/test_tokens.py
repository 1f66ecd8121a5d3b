"""What a token is worth when something became of its maker."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from placement_alerts.core.token import ApiToken, Scope, TokenId
from placement_alerts.errors import Duplicate, NotPossible, StoreUnavailable
from placement_alerts.pipeline.tokens import CLI, is_worth, issue, new_token, note_use, revoke, token_hash
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR

ADMINS = frozenset({7})


def a_token(name: str, **values: Any) -> ApiToken:
    defaults: dict[str, Any] = {"created_at": NOW, "expires_at": NOW + timedelta(days=1), "scopes": (Scope.ADMIN,)}
    return ApiToken(id=TokenId(name), hash=token_hash(name), label=name, **(defaults | values))


async def worth(store: Store, token: ApiToken) -> bool:
    return await is_worth(store, token, NOW, ADMINS)


def test_tokens_differ_and_cannot_be_guessed() -> None:
    made = [new_token("x", [Scope.ADMIN], CLI, NOW, NOW + timedelta(days=1))[0] for _ in range(20)]

    assert len(set(made)) == 20
    assert all(one.startswith("pa_") and len(one) == 46 for one in made)


@pytest.mark.parametrize(
    ("label", "scopes", "days"), [("  ", [Scope.ADMIN], 1), ("x", [], 1), ("x", [Scope.ADMIN], 0), ("x", [], 4000)]
)
def test_token_that_none_can_be_is_not_made(label: str, scopes: list[Scope], days: int) -> None:
    with pytest.raises(NotPossible):
        new_token(label, scopes, CLI, NOW, NOW + timedelta(days=days))


async def test_token_is_in_the_trail_before_it_opens_anything(store: Store) -> None:
    _, token = new_token("x", [Scope.ADMIN], CLI, NOW, NOW + timedelta(days=1))
    await store.tokens.add(token.model_copy(update={"id": TokenId("other")}))  # so that storing it fails

    with pytest.raises(Duplicate):
        await issue(store, token, CLI)

    assert [(entry.act, entry.subject) for entry in await store.audit.find(None, None, 9)] == [
        ("token.created", token.id)
    ]


async def test_token_that_ended_is_not_ended_again(store: Store) -> None:
    token = a_token("t1", created_by=CLI)
    await store.tokens.add(token)

    assert await revoke(store, token, CLI, NOW)
    ended = await store.tokens.get(token.id)

    assert ended is not None
    assert not await revoke(store, ended, CLI, NOW)
    assert len(await store.audit.find(None, None, 9)) == 1


async def test_use_that_cannot_be_noted_stops_nobody() -> None:
    tried = []

    async def mark_used(token_id: TokenId, at: datetime) -> None:
        tried.append((token_id, at))
        raise StoreUnavailable("the file cannot be written")

    await note_use(mark_used, a_token("t1", created_by="cli"), NOW)

    assert tried == [("t1", NOW)]


@pytest.mark.parametrize("ended", [{"revoked_at": NOW}, {"expires_at": NOW}])
async def test_token_that_ended_and_what_it_made_are_worth_nothing(store: Store, ended: dict[str, Any]) -> None:
    token = a_token("t1", created_by="cli", **ended)
    await store.tokens.add(token)
    made = a_token("t2", created_by="token:t1")
    await store.tokens.add(made)

    assert not await worth(store, token)
    assert not await worth(store, made)
    assert not await worth(store, a_token("t3", created_by="token:t2"))


async def test_token_of_the_operator_and_what_it_made_are_good(store: Store) -> None:
    await store.tokens.add(a_token("t1", created_by="cli"))

    assert await worth(store, a_token("t2", created_by="token:t1"))


async def test_token_of_a_student_is_good_while_they_are_an_admin(store: Store) -> None:
    _, admin = await store.students.join("telegram", "7", YEAR, {}, NOW)
    _, other = await store.students.join("telegram", "8", YEAR, {}, NOW)

    assert await worth(store, a_token("t1", created_by=admin.id))
    assert not await worth(store, a_token("t2", created_by=other.id))
    assert not await worth(store, a_token("t3", created_by="s404"))


async def test_token_of_a_token_that_is_gone_is_worth_nothing(store: Store) -> None:
    assert not await worth(store, a_token("t1", created_by="token:t404"))


async def test_endless_row_of_makers_is_not_followed(store: Store) -> None:
    token = a_token("t1", created_by="token:t1")
    await store.tokens.add(token)

    assert not await worth(store, token)
