"""What students got, counted from the simulated Bot API's log alone, against what they should have got."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Pair = tuple[str, int]
"""A notice's mark, or the text of a line about its change, and a chat."""


@dataclass(frozen=True, slots=True)
class Tally:
    """sends: all that the Bot API accepted. lost: pairs that got nothing.

    repeats: by life, how many sends of that life were made once more in a later one. strange: repeats within one life.
    unmarked: pairs that got more than their rows admit.
    """

    sends: int
    lost: tuple[Pair, ...]
    repeats: tuple[int, ...]
    strange: tuple[Pair, ...]
    unmarked: tuple[Pair, ...]

    @property
    def repeated(self) -> int:
        """How many sends were repeats."""
        return sum(self.repeats) + len(self.strange)

    @property
    def worst(self) -> int:
        """The most repeats that one life left behind."""
        return max(self.repeats, default=0)


def count(
    expected: Collection[Pair],
    sends: Mapping[Pair, Sequence[float]],
    began: Sequence[float],
    admitted: Mapping[Pair, int],
) -> Tally:
    """Count. sends: when each pair got a message. began: when each life began; a send counts for the life before it.

    admitted: how many sends with a lost answer the rows of a pair admit.
    """
    by_life: Counter[int] = Counter()
    strange: list[Pair] = []
    for pair, moments in sends.items():
        lives = [_life_of(moment, began) for moment in sorted(moments)]
        for before, again in pairwise(lives):
            if before == again:
                strange.append(pair)
            else:
                by_life[before] += 1
    return Tally(
        sends=sum(map(len, sends.values())),
        lost=tuple(pair for pair in expected if not sends.get(pair)),
        repeats=tuple(by_life[life] for life in range(len(began))),
        strange=tuple(strange),
        unmarked=tuple(pair for pair, moments in sends.items() if len(moments) - 1 > admitted.get(pair, 0)),
    )


def _life_of(moment: float, began: Sequence[float]) -> int:
    """Return the number of the last life that began before this moment: a dead one's calls may still arrive."""
    return sum(start <= moment for start in began) - 1
