"""Long work on the loop in short slices: a list of ten thousand elements must not hold up a delivery."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from placement_alerts.errors import PeerNonsense

SLICE_S = 0.002
_SPACE = " \t\r\n"

T = TypeVar("T")


async def in_slices(items: Iterable[T]) -> list[T]:
    """Exhaust a lazy iterable; after each slice of work everything else on the loop has its turn.

    A thread would not do: it holds the interpreter for 5 ms at a time, and for the whole of a `json.loads`.
    """
    now = asyncio.get_running_loop().time
    done: list[T] = []
    until = now() + SLICE_S
    for item in items:
        done.append(item)
        if now() >= until:
            await asyncio.sleep(0)
            until = now() + SLICE_S
    return done


def array_elements(body: bytes) -> Iterator[Any]:
    """Yield the elements of a JSON array, each parsed when it is asked for. Raises PeerNonsense, maybe at the end."""
    try:
        yield from _elements(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PeerNonsense("expected a JSON array") from error


def _elements(text: str) -> Iterator[Any]:
    parse = json.JSONDecoder().raw_decode
    at = _after(text, 0, "[")
    if _next(text, at) == "]":
        return _end(text, _after(text, at, "]"))
    while True:
        element, at = parse(text, _skipped(text, at))
        yield element
        if _next(text, at) == "]":
            return _end(text, _after(text, at, "]"))
        at = _after(text, at, ",")


def _skipped(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _next(text: str, at: int) -> str:
    at = _skipped(text, at)
    return text[at : at + 1]


def _after(text: str, at: int, mark: str) -> int:
    if _next(text, at) != mark:
        raise ValueError(f"expected {mark}")
    return _skipped(text, at) + 1


def _end(text: str, at: int) -> None:
    if _next(text, at):
        raise ValueError("expected the end")
