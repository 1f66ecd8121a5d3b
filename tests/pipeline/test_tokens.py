"""What a token is worth when something became of its maker."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from placement_alerts.core.token import ApiToken, Scope, TokenId
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.tokens import is_worth, note_use, token_hash
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR

ADMINS = frozenset({7})


def a_token(name: str, **values: Any) -> ApiToken:
    defaults: dict[str, Any] = {"created_at": NOW, "expires_at": NOW + timedelta(days=1), "scopes": (Scope.ADMIN,)}
    return ApiToken(id=TokenId(name), hash=token_hash(name), label=name, **(defaults | values))


async def worth(store: Store, token: ApiToken) -> bool:
    return await is_worth(store, token, NOW, ADMINS)


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
