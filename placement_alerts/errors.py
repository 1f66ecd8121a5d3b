"""The exceptions of the project, one tree.

PlacementAlertsError
├── ConfigError              a setting is missing or wrong; `problems` has one line for each
├── NotFound                 what somebody named by its id is not there
├── NotPossible              what was asked for does not fit what is there: it is answered, or live, already
├── UnreadableFile           a file is no portal notice, mail or list of batches
├── StoreError
│   ├── StoreUnavailable     the store did not answer in time; whether the operation took effect is unknown
│   ├── StoreBusy            another running process holds this store, or does what was asked for
│   ├── StoreOutdated        the store was written by a newer version, or a migration or index failed
│   └── Duplicate            a unique key is taken; `key` names it
├── PeerError                an outside system failed us
│   ├── PeerUnreachable      no connection, or no answer in time
│   │   └── ConnectionLost   the connection failed or broke; a read may be tried again
│   │       └── AnswerLost   the request may have arrived, its answer did not
│   ├── PeerRefused          it said no: wrong credentials, wrong permissions
│   └── PeerNonsense         it answered something that is not its protocol, or too much of it
└── DeliveryMoveError        a delivery was asked to make a move that core/delivery.py does not allow: our bug
"""

from collections.abc import Sequence


class PlacementAlertsError(Exception):
    """Anything we raise on purpose. The text is one line and holds no secret and no person's data."""


class ConfigError(PlacementAlertsError):
    """The settings cannot be used. problems: one line each, naming the key, never its value."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class NotFound(PlacementAlertsError):
    """What somebody named by its id is not there."""


class NotPossible(PlacementAlertsError):
    """What was asked for does not fit what is there. The text says how it is."""


class UnreadableFile(PlacementAlertsError):
    """A file is no portal notice, mail or list of batches. The text says what is wrong and what was expected."""


class StoreError(PlacementAlertsError):
    """The store could not do what was asked."""


class StoreUnavailable(StoreError):
    """The store did not answer in time. Whether the operation took effect is unknown."""


class StoreBusy(StoreError):
    """Another running process holds this store, or does what was asked for."""


class StoreOutdated(StoreError):
    """The store's schema and this program do not fit, or bringing the schema up to date failed."""


class Duplicate(StoreError):
    """A unique key is taken."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} exists already")
        self.key = key


class PeerError(PlacementAlertsError):
    """An outside system failed us. error_class: a short fixed word for health and metrics, never a text."""

    error_class = "peer"


class PeerUnreachable(PeerError):
    """No connection, or no answer in time."""

    error_class = "unreachable"


class ConnectionLost(PeerUnreachable):
    """The connection failed or broke; a read may be tried again."""


class AnswerLost(ConnectionLost):
    """The request may have arrived, but its answer did not: whether it took effect is unknown."""


class PeerRefused(PeerError):
    """The peer said no: wrong credentials or permissions."""

    error_class = "refused"


class PeerNonsense(PeerError):
    """The peer answered something that is not its protocol, or more than we accept."""

    error_class = "nonsense"


class DeliveryMoveError(PlacementAlertsError):
    """A delivery was asked to make a move that is not in the table of `core/delivery.py`."""
