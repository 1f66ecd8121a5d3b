"""Work in slices."""

import asyncio
import json
from collections.abc import Iterator
from time import perf_counter, sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.errors import PeerNonsense
from placement_alerts.sources.superset.slices import array_elements, in_slices

JSON = st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3))


@given(content=st.lists(JSON, max_size=6), indent=st.none() | st.integers(0, 3))
def test_elements_are_those_of_the_array(content: list[Any], indent: int | None) -> None:
    body = json.dumps(content, indent=indent).encode()

    assert list(array_elements(body)) == content


@given(text=st.text(alphabet='[]{},:"1 a\n', max_size=12))
def test_what_the_standard_parser_refuses_is_refused(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        expected = None

    outcome = _elements_or_none(text.encode())

    assert outcome == (expected if isinstance(expected, list) else None)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1", b"[1,]", b"[1 2]", b"[1] 2", b"\xff[]", b"[" * 100_000, b"null"])
def test_body_that_is_no_array_is_nonsense(body: bytes) -> None:
    with pytest.raises(PeerNonsense, match="expected a JSON array"):
        list(array_elements(body))


async def test_other_work_goes_on_between_slices() -> None:
    def slow() -> Iterator[int]:
        for number in range(20):
            sleep(0.003)
            yield number

    turns: list[float] = []

    async def watch() -> None:
        while True:
            turns.append(perf_counter())
            await asyncio.sleep(0)

    watcher = asyncio.create_task(watch())
    done = await in_slices(slow())
    watcher.cancel()

    assert done == list(range(20))
    assert len(turns) >= 20


def _elements_or_none(body: bytes) -> list[Any] | None:
    try:
        return list(array_elements(body))
    except PeerNonsense:
        return None
