"""Text for a reader, free of any channel's markup: blocks of styled spans, and buttons."""

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a span looks."""

    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strike"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one look. url: where it leads, http(s) only."""

    text: str
    styles: frozenset[Style] = frozenset()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or list line. Channels put blocks on lines of their own and prefer to cut between them."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Exactly one action: data comes back when it is pressed (1-64 bytes), or url opens."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What one delivery shows. silent: arrives without a sound. An empty block is an empty line."""

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False

    def plain(self) -> str:
        """Return the text alone, blocks joined by line ends."""
        return "\n".join("".join(span.text for span in block.spans) for block in self.blocks)
