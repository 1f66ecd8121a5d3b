"""Which items a source stopped listing, judged only from listings that were read to their end."""

from collections.abc import Mapping
from dataclasses import dataclass

from placement_alerts.core.item import Fetched, KnownItem

POLLS_UNTIL_GONE = 2  # complete listings in a row without the item
_FEW = 5  # so many may vanish at once without suspicion


@dataclass(frozen=True, slots=True)
class Presence:
    """gone: items that vanished for good. counted: items whose count of missing polls changed, `gone` not among them.

    suspicious: more than half of a listing vanished at once; nothing is counted then, a person should look.
    """

    gone: tuple[KnownItem, ...]
    counted: tuple[KnownItem, ...]
    suspicious: bool


def judge_presence(known: Mapping[str, KnownItem], fetched: Fetched) -> Presence:
    """Say which known items are missing. An item counts only if every account that used to list it was read."""
    present = [item for item in known.values() if not item.withdrawn]
    missing = [item for item in present if item.key not in fetched.seen and _could_be_seen(item, fetched)]
    for listing in {item.listing for item in missing}:
        lost = sum(item.listing == listing for item in missing)
        if lost > _FEW and lost * 2 > sum(item.listing == listing for item in present):
            return Presence((), (), suspicious=True)
    aged = [item.model_copy(update={"missing_polls": item.missing_polls + 1}) for item in missing]
    back = [
        item.model_copy(update={"missing_polls": 0})
        for item in present
        if item.missing_polls and item.key in fetched.seen
    ]
    gone = tuple(item for item in aged if item.missing_polls >= POLLS_UNTIL_GONE)
    return Presence(gone, tuple(item for item in aged if item not in gone) + tuple(back), suspicious=False)


def listed_by(item: KnownItem, fetched: Fetched) -> tuple[str, ...]:
    """Return the accounts that list the item: those of this fetch, and those that could not be read this time."""
    unread = {account for account in item.accounts if (account, item.listing) not in fetched.complete}
    return tuple(sorted(unread | set(fetched.seen.get(item.key, ()))))


def _could_be_seen(item: KnownItem, fetched: Fetched) -> bool:
    return bool(item.accounts) and all((account, item.listing) in fetched.complete for account in item.accounts)
