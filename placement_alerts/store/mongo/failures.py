"""What an error of the driver means for us: the one place where foreign exceptions become ours."""

import re
from collections.abc import Mapping
from typing import Any

from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    CursorNotFound,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from placement_alerts.errors import Duplicate, StoreError, StoreUnavailable

DUPLICATE_KEY = 11000
WRITE_CONFLICT = 112  # nothing was written; compatible servers answer it to racing upserts
REFUSED = frozenset({13, 18, 8000})  # Unauthorized, AuthenticationFailed, Atlas's own

_INDEX_NAME = re.compile(r"index: (?:\S+\.\$)?(\S+) dup key")


def translated(error: PyMongoError, servers: str) -> StoreError | None:
    """Return our error for one of the driver's, or None for one that we did not foresee: a bug.

    servers: for the message, without credentials.
    """
    if _is_unavailable(error) or is_conflict(error):
        return StoreUnavailable(
            f"MongoDB at {servers} did not answer in time ({type(error).__name__}); see database.url"
        )
    if DUPLICATE_KEY in _codes(error):
        return Duplicate(duplicate_key_of(error))
    if REFUSED & _codes(error):
        return StoreUnavailable(f"MongoDB at {servers} refused the credentials; see database.url")
    return None


def duplicate_key_of(error: PyMongoError) -> str:
    """Return the name of the unique key that is taken, never its value."""
    for details in _details(error):
        if pattern := details.get("keyPattern"):
            return ", ".join(pattern)
        if named := _INDEX_NAME.search(str(details.get("errmsg", ""))):
            return named[1].removesuffix("_")
    return "_id"


def is_conflict(error: PyMongoError) -> bool:
    """Return whether the operation may be repeated at once because it collided with another."""
    return WRITE_CONFLICT in _codes(error)


def _is_unavailable(error: PyMongoError) -> bool:
    if isinstance(error, ConnectionFailure | CursorNotFound | WriteConcernError) or error.timeout:
        return True
    if isinstance(error, BulkWriteError) and error.details.get("writeConcernErrors"):
        return True
    return error.has_error_label("RetryableWriteError")


def _codes(error: PyMongoError) -> set[int]:
    codes = {int(details.get("code", 0)) for details in _details(error)}
    return codes | {error.code or 0} if isinstance(error, OperationFailure) else codes


def _details(error: PyMongoError) -> list[Mapping[str, Any]]:
    if not isinstance(error, OperationFailure) or error.details is None:
        return []
    return [error.details, *error.details.get("writeErrors", ())]
