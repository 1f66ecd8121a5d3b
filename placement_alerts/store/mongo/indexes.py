"""Every query shape of the store with the index that serves it: the one table, from which the indexes are made.

An index has the fields compared for equality first, then those of the sort, then those of a range; what follows only
spares reading the document. Fields in `also` may be compared as well, on what the index has found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NOTICES, REVISIONS, JOBS, STUDENTS, DELIVERIES = "notices", "revisions", "jobs", "students", "deliveries"
ITEMS, POLLS, REJECTED = "items", "polls", "rejected"
PROCESSES, DUTIES, REQUESTS, META = "processes", "duties", "requests", "meta"
MAILS, CURSORS, REVIEWS, OFFERS, ALIASES = "mails", "cursors", "reviews", "offers", "aliases"
POLICIES, SNAPSHOTS, OFFICIAL, SECRETS = "policies", "snapshots", "official", "secrets"
SESSIONS, SIGN_INS, TOKENS, SUBSCRIPTIONS, ANSWERS = "sessions", "sign_ins", "tokens", "subscriptions", "answers"
WEBHOOK_ENDPOINTS, WEBHOOK_CALLS, DRAFTS, AUDIT = "webhook_endpoints", "webhook_calls", "drafts", "audit"

Keys = tuple[tuple[str, int], ...]

BY_ID: Keys = (("_id", 1),)


@dataclass(frozen=True, slots=True)
class Query:
    """One shape. equal: compared with one value or with a list of them. index: BY_ID exists on its own."""

    collection: str
    index: Keys
    equal: frozenset[str] = frozenset()
    sort: Keys = ()
    ranges: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    unique: bool = False


def _keys(*names: str) -> Keys:
    """Return the keys of an index; a name after `-` is descending."""
    return tuple((name.removeprefix("-"), -1 if name.startswith("-") else 1) for name in names)


def _query(
    collection: str,
    equal: str = "",
    sort: str = "",
    ranges: str = "",
    *,
    index: Keys,
    also: str = "",
    unique: bool = False,
) -> Query:
    return Query(
        collection,
        index,
        frozenset(equal.split()),
        _keys(*sort.split()),
        frozenset(ranges.split()),
        frozenset(also.split()),
        unique,
    )


def _page(equal: str = "", *, index: Keys, also: str = "") -> Query:
    """Return a page of deliveries; `$or` splits those of the moment at which the page before ended."""
    return _query(DELIVERIES, equal, "-planned_at -_id", "planned_at", index=index, also=f"$or {also}")


_LISTED = "source public facts.kind $or $and"  # deadline and searched words stand under $and
_CLAIM = _keys("channel", "waiting", "priority", "due_at", "_id", "target")
_UNDER_WAY = _keys("owner", "lease", "channel", "target", "_id")
_OF_ADDRESS = _keys("address_id", "state", "due_at", "_id")
_OF_NOTICE = _keys("notice_id", "state", "revision")
_OF_STUDENTS = _keys("notice_id", "student_id", "_id")
_OF_COMPANY = _keys("year", "company_key")
_OF_VERSION = _keys("year", "version")
_OF_STUDENT = _keys("student_id", "visited_at", "_id")
_OF_ENDPOINT = _keys("endpoint_id", "created_at", "_id")
_DUE_CALLS = _keys("state", "due_at", "_id")
_CHANNEL_STATE = _keys("channel", "state", "planned_at", "_id")

QUERIES: tuple[Query, ...] = (
    _query(META, "_id", index=BY_ID, also="version"),
    _query(NOTICES, "_id", index=BY_ID, also="revision"),
    _query(NOTICES, "", "-published_at -_id", "published_at", index=_keys("published_at", "_id"), also=_LISTED),
    _query(
        NOTICES, "year", "-published_at -_id", "published_at", index=_keys("year", "published_at", "_id"), also=_LISTED
    ),
    _query(
        NOTICES,
        "company_key",
        "-published_at -_id",
        "published_at",
        index=_keys("company_key", "published_at", "_id"),
        also=f"year {_LISTED}",
    ),
    _query(NOTICES, "", "deadline_at _id", "deadline_at", index=_keys("deadline_at", "_id"), also="year"),
    _query(NOTICES, "", "facts.event_at _id", "facts.event_at", index=_keys("facts.event_at", "_id"), also="year"),
    _query(NOTICES, "job.id", "published_at _id", index=_keys("job.id", "published_at", "_id")),
    _query(NOTICES, "unplanned", "-urgent stored_at _id", index=_keys("unplanned", "-urgent", "stored_at", "_id")),
    _query(NOTICES, "facts.kind", index=_keys("facts.kind")),
    _query(REVISIONS, "_id", index=BY_ID),
    _query(REVISIONS, "notice_id", "revision", "revision", index=_keys("notice_id", "revision")),
    _query(JOBS, "_id", index=BY_ID),
    _query(JOBS, "year company_key", "_id", index=_keys("year", "company_key", "_id")),
    _query(JOBS, "", "-ends_at -_id", "ends_at", index=_keys("ends_at", "_id"), also="company_key $or $and"),
    _query(
        JOBS, "year", "-ends_at -_id", "ends_at", index=_keys("year", "ends_at", "_id"), also="company_key $or $and"
    ),
    _query(STUDENTS, "_id", index=BY_ID, also="version unlinked joined_at"),
    _query(STUDENTS, "", "_id", "_id", index=BY_ID),
    _query(STUDENTS, "keys", index=_keys("keys"), unique=True),
    _query(STUDENTS, "addresses.id", index=_keys("addresses.id")),
    _query(STUDENTS, "year", "_id", "_id", index=_keys("year", "_id")),
    _query(STUDENTS, "active", index=_keys("active")),
    _query(STUDENTS, "unlinked", "joined_at", "joined_at", index=_keys("unlinked", "joined_at")),
    # claims: candidates, all that is being sent, what a token holds, what dead owners held
    _query(DELIVERIES, "channel waiting", "priority due_at _id", "due_at", index=_CLAIM, also="target"),
    _query(DELIVERIES, "channel waiting priority", "due_at", index=_CLAIM),
    _query(DELIVERIES, ranges="owner", index=_UNDER_WAY, also="channel"),
    _query(DELIVERIES, "owner lease", index=_UNDER_WAY),
    _query(DELIVERIES, "owner", index=_UNDER_WAY, also="state"),
    _query(DELIVERIES, "_id", index=BY_ID, also="state lease waiting shown_at"),
    # the operators' pages, newest first: the narrowest of the wanted fields leads
    _page(index=_keys("planned_at", "_id")),
    _page("student_id", index=_keys("student_id", "planned_at", "_id"), also="notice_id error_class state channel"),
    _page("notice_id", index=_keys("notice_id", "planned_at", "_id"), also="error_class state channel"),
    _page("error_class", index=_keys("error_class", "planned_at", "_id"), also="state channel"),
    _page("channel state", index=_CHANNEL_STATE),
    _page("state", index=_keys("state", "planned_at", "_id")),
    _query(DELIVERIES, ranges="channel", index=_CHANNEL_STATE),
    # of an address
    _query(DELIVERIES, "address_id state", "-due_at -_id", index=_OF_ADDRESS),
    _query(DELIVERIES, "address_id state", index=_OF_ADDRESS),
    _query(DELIVERIES, "address_id", index=_OF_ADDRESS),
    # of a notice
    _query(DELIVERIES, "notice_id", index=_OF_NOTICE),
    _query(DELIVERIES, "notice_id state", ranges="revision", index=_OF_NOTICE),
    _query(DELIVERIES, "notice_id student_id", index=_OF_STUDENTS, also="state"),
    _query(
        DELIVERIES, "notice_id address_id", "revision _id", index=_keys("notice_id", "address_id", "revision", "_id")
    ),
    _query(ITEMS, "_id", index=BY_ID),
    _query(ITEMS, "source", index=_keys("source")),
    _query(POLLS, "_id", index=BY_ID),
    _query(REJECTED, "_id", index=BY_ID),
    _query(REJECTED, "source", "-at -number -_id", index=_keys("source", "at", "number", "_id")),
    _query(PROCESSES, "_id", index=BY_ID),
    _query(PROCESSES, sort="_id", index=BY_ID),
    _query(DUTIES, "_id", index=BY_ID, also="owner"),
    _query(DUTIES, "owner", index=_keys("owner")),
    _query(REQUESTS, "_id", index=BY_ID, also="state"),
    _query(REQUESTS, "state", "asked_at _id", index=_keys("state", "asked_at", "_id")),
    _query(REQUESTS, ranges="asked_at", index=_keys("asked_at")),
    _query(MAILS, "_id", index=BY_ID),
    _query(MAILS, "digest", "-decided_at -_id", index=_keys("digest", "decided_at", "_id")),
    _query(MAILS, "verdict", index=_keys("verdict")),
    _query(CURSORS, "_id", index=BY_ID),
    _query(CURSORS, "source", index=_keys("source")),
    _query(REVIEWS, "_id", index=BY_ID, also="stage"),
    _query(REVIEWS, "stage", "asked_at _id", index=_keys("stage", "asked_at", "_id")),
    _query(REVIEWS, "stage told", "asked_at _id", index=_keys("stage", "told", "asked_at", "_id")),
    _query(REVIEWS, "stage", "answered_at _id", index=_keys("stage", "answered_at", "_id")),
    _query(OFFERS, "_id", index=BY_ID, also="version"),
    _query(OFFERS, "year company_key", index=_OF_COMPANY, unique=True),
    _query(OFFERS, "year", "company_key", index=_OF_COMPANY, unique=True),
    _query(OFFERS, "unpublished", "_id", index=_keys("unpublished", "_id")),
    _query(ALIASES, "_id", index=BY_ID),
    _query(ALIASES, sort="_id", index=BY_ID),
    _query(POLICIES, "year", "-version", index=_OF_VERSION),
    _query(POLICIES, "year", "version", index=_OF_VERSION),
    _query(POLICIES, ranges="year", index=_OF_VERSION),
    _query(SNAPSHOTS, "_id", index=BY_ID),
    _query(SNAPSHOTS, sort="-_id", index=BY_ID),
    _query(OFFICIAL, "_id", index=BY_ID, also="version"),
    _query(SECRETS, "_id", index=BY_ID),
    _query(SESSIONS, "_id", index=BY_ID, also="expires_at"),
    _query(SESSIONS, "student_id", "-visited_at -_id", index=_OF_STUDENT),
    _query(SESSIONS, "student_id", index=_OF_STUDENT),
    _query(SESSIONS, ranges="expires_at", index=_keys("expires_at")),
    _query(SIGN_INS, "_id", index=BY_ID, also="taken student_id expires_at"),
    _query(SIGN_INS, ranges="expires_at", index=_keys("expires_at")),
    _query(TOKENS, "_id", index=BY_ID, also="revoked_at"),
    _query(TOKENS, "hash", index=_keys("hash"), unique=True),
    _query(TOKENS, sort="-created_at -_id", index=_keys("created_at", "_id")),
    _query(SUBSCRIPTIONS, "_id", index=BY_ID),
    _query(SUBSCRIPTIONS, sort="_id", ranges="_id visited_at", index=_keys("_id", "visited_at")),
    _query(ANSWERS, "_id", index=BY_ID, also="$or fingerprint status lease_until expires_at"),
    _query(ANSWERS, ranges="expires_at", index=_keys("expires_at")),
    _query(WEBHOOK_ENDPOINTS, "_id", index=BY_ID, also="version"),
    _query(WEBHOOK_ENDPOINTS, sort="created_at _id", index=_keys("created_at", "_id")),
    _query(WEBHOOK_CALLS, "_id", index=BY_ID, also="endpoint_id state created_at"),
    _query(WEBHOOK_CALLS, "endpoint_id", "-created_at -_id", "created_at", index=_OF_ENDPOINT, also="$or"),
    _query(WEBHOOK_CALLS, "endpoint_id", index=_OF_ENDPOINT),
    _query(WEBHOOK_CALLS, "state", "due_at _id", "due_at", index=_DUE_CALLS),
    _query(WEBHOOK_CALLS, "state", "due_at", index=_DUE_CALLS),
    _query(WEBHOOK_CALLS, "state", ranges="created_at", index=_keys("state", "created_at")),
    _query(DRAFTS, "_id", index=BY_ID, also="version"),
    _query(DRAFTS, sort="publish_at _id", ranges="publish_at", index=_keys("publish_at", "_id")),
    _query(AUDIT, "_id", index=BY_ID),
    _query(AUDIT, sort="-_id", ranges="_id", index=BY_ID),
    _query(AUDIT, "actor", "-_id", "_id", index=_keys("actor", "_id")),
)


@dataclass(frozen=True, slots=True)
class Index:
    """An index to be made. Its name is that of its fields, so that an error can name them."""

    collection: str
    keys: Keys
    unique: bool

    @property
    def name(self) -> str:
        """The fields, in order."""
        return ",".join(name for name, _ in self.keys)


def indexes(queries: Sequence[Query] = QUERIES) -> list[Index]:
    """Return each index of the table once."""
    made = {(query.collection, query.index): query.unique for query in queries if query.index != BY_ID}
    return [Index(collection, keys, unique) for (collection, keys), unique in made.items()]
