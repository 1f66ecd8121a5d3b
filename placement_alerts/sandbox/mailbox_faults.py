"""What the simulated mailbox can do wrong on demand."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

DRIP_PAUSE_S = 0.05
FLOOD_CHUNK = b"x" * 65536

Send = Callable[[asyncio.StreamWriter, str, bytes], Awaitable[None]]
"""Gets the connection, the command's tag and the right answer, and sends another one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A wrong answer. done: whether the command has its effect nevertheless. closes: the connection ends with it."""

    name: str
    send: Send
    done: bool = False
    closes: bool = True


def bye() -> Fault:
    """Say goodbye and close, as a server that restarts."""

    async def send(writer: asyncio.StreamWriter, _tag: str, _answer: bytes) -> None:
        writer.write(b"* BYE Server shutting down.\r\n")
        await writer.drain()

    return Fault("bye", send)


def cut() -> Fault:
    """Close without a word; nothing is done."""

    async def send(_writer: asyncio.StreamWriter, _tag: str, _answer: bytes) -> None:
        pass

    return Fault("cut", send)


def lost() -> Fault:
    """Do it, and close instead of an answer."""

    async def send(_writer: asyncio.StreamWriter, _tag: str, _answer: bytes) -> None:
        pass

    return Fault("lost", send, done=True)


def cut_inside() -> Fault:
    """Close after half of the answer: of a fetched mail, inside its literal."""

    async def send(writer: asyncio.StreamWriter, _tag: str, answer: bytes) -> None:
        writer.write(answer[: len(answer) // 2])
        await writer.drain()

    return Fault("cut inside", send, done=True)


def hang() -> Fault:
    """Never answer, and keep the connection."""

    async def send(_writer: asyncio.StreamWriter, _tag: str, _answer: bytes) -> None:
        await asyncio.Event().wait()

    return Fault("hang", send)


def drip() -> Fault:
    """Answer rightly, a byte at a time."""

    async def send(writer: asyncio.StreamWriter, _tag: str, answer: bytes) -> None:
        for byte in answer:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(DRIP_PAUSE_S)

    return Fault("drip", send, done=True, closes=False)


def flood() -> Fault:
    """Answer with a line that never ends."""

    async def send(writer: asyncio.StreamWriter, _tag: str, _answer: bytes) -> None:
        while True:
            writer.write(FLOOD_CHUNK)
            await writer.drain()

    return Fault("flood", send)


def refuse(text: str = "NO simulated") -> Fault:
    """Answer with this status; nothing is done."""

    async def send(writer: asyncio.StreamWriter, tag: str, _answer: bytes) -> None:
        writer.write(f"{tag} {text}\r\n".encode())
        await writer.drain()

    return Fault(f"refuse {text}", send, closes=False)


def chatter(*lines: str) -> Fault:
    """Tell of something that nobody asked about, then answer rightly."""

    async def send(writer: asyncio.StreamWriter, _tag: str, answer: bytes) -> None:
        writer.write("".join(f"* {line}\r\n" for line in lines).encode() + answer)
        await writer.drain()

    return Fault("chatter", send, done=True, closes=False)


def say(words: bytes) -> Fault:
    """Answer with exactly these bytes, the command's tag for "{tag}", and go on."""

    async def send(writer: asyncio.StreamWriter, tag: str, _answer: bytes) -> None:
        writer.write(words.replace(b"{tag}", tag.encode()))
        await writer.drain()

    return Fault("say", send, closes=False)
