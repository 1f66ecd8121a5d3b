"""The schema of the embedded store as a list of migrations: data, applied in order by `migrations.py`.

Times are integers, milliseconds since 1970 in UTC. Documents are JSON. A published migration is never edited: add one.
"""

from placement_alerts.store.sqlite.access_schema import ACCESS

# the literal text matters: SQLite uses a partial index only where the query repeats its condition
WAITING_SQL = "state IN ('planned', 'held', 'due', 'retrying')"
SENDING_SQL = "state = 'sending'"

_NOTICES = (
    """CREATE TABLE notices (
        id TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        year TEXT NOT NULL,
        kind TEXT NOT NULL,
        job_id TEXT,
        published_at INTEGER NOT NULL,
        stored_at INTEGER NOT NULL,
        urgent INTEGER NOT NULL,
        planned INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX notices_by_year ON notices (year, published_at, id)",
    "CREATE INDEX notices_by_time ON notices (published_at, id)",
    "CREATE INDEX notices_by_job ON notices (job_id, published_at, id) WHERE job_id IS NOT NULL",
    "CREATE INDEX notices_by_kind ON notices (kind)",
    "CREATE INDEX notices_unplanned ON notices (urgent DESC, stored_at, id) WHERE planned = 0",
    """CREATE TABLE notice_revisions (
        notice_id TEXT NOT NULL REFERENCES notices (id),
        revision INTEGER NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (notice_id, revision)
    ) STRICT""",
    """CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        year TEXT NOT NULL,
        company_key TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX jobs_by_company ON jobs (year, company_key, id)",
)

_STUDENTS = (
    """CREATE TABLE students (
        id TEXT PRIMARY KEY,
        year TEXT NOT NULL,
        joined_at INTEGER NOT NULL,
        first_name TEXT,
        last_name TEXT,
        username TEXT
    ) STRICT""",
    "CREATE INDEX students_by_year ON students (year, id)",
    """CREATE TABLE addresses (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        student_id TEXT NOT NULL REFERENCES students (id),
        channel TEXT NOT NULL,
        value TEXT NOT NULL,
        on_since INTEGER NOT NULL,
        off TEXT,
        UNIQUE (channel, value)
    ) STRICT""",
    "CREATE INDEX addresses_by_student ON addresses (student_id, number)",
)

_DELIVERIES = (
    """CREATE TABLE deliveries (
        id TEXT NOT NULL UNIQUE,
        notice_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        year TEXT NOT NULL,
        student_id TEXT NOT NULL,
        address_id TEXT,
        channel TEXT NOT NULL,
        target TEXT NOT NULL,
        priority INTEGER NOT NULL,
        state TEXT NOT NULL,
        due_at INTEGER NOT NULL,
        planned_at INTEGER NOT NULL,
        reason TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        possibly_delivered INTEGER NOT NULL,
        message_ids TEXT NOT NULL,
        announced_id TEXT,
        error_class TEXT,
        error TEXT,
        sent_at INTEGER,
        seen_at INTEGER,
        owner TEXT,
        lease TEXT
    ) STRICT""",
    # a claim walks only what waits, in the order in which it goes out, and reads the targets from the index itself
    f"CREATE INDEX deliveries_due ON deliveries (channel, priority, due_at, id, target) WHERE {WAITING_SQL}",
    # as large as what is in flight: a few hundred rows
    f"CREATE INDEX deliveries_sending ON deliveries (channel, target, lease, owner) WHERE {SENDING_SQL}",
    "CREATE INDEX deliveries_by_notice ON deliveries (notice_id, state, revision)",
    "CREATE INDEX deliveries_by_student ON deliveries (student_id, notice_id)",
    "CREATE INDEX deliveries_by_address ON deliveries (address_id, notice_id, revision) WHERE address_id IS NOT NULL",
    "CREATE INDEX deliveries_by_state ON deliveries (state, id)",
    "CREATE INDEX deliveries_by_error ON deliveries (error_class, id) WHERE error_class IS NOT NULL",
    "CREATE INDEX deliveries_by_plan ON deliveries (planned_at, id)",
    # `counts` reads all of this one: 194 ms for a million rows. Triggers that count as rows move would make it instant
    # and every write slower
    "CREATE INDEX deliveries_by_channel ON deliveries (channel, state)",
)

_SOURCES = (
    """CREATE TABLE source_items (
        source TEXT NOT NULL,
        key TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (source, key)
    ) STRICT""",
    """CREATE TABLE polls (
        source TEXT PRIMARY KEY,
        last_poll_at INTEGER,
        last_success_at INTEGER,
        failures_in_a_row INTEGER NOT NULL,
        error_class TEXT,
        error TEXT,
        items INTEGER NOT NULL,
        rejected INTEGER NOT NULL
    ) STRICT""",
    # element: what makes two rejections the same one; its number grows whenever it is met again
    """CREATE TABLE rejected_items (
        number INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        element TEXT NOT NULL,
        rejected_at INTEGER NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (source, element)
    ) STRICT""",
    "CREATE INDEX rejected_items_by_source ON rejected_items (source, number)",
)

_PROCESSES = (
    """CREATE TABLE processes (
        owner TEXT PRIMARY KEY,
        home TEXT NOT NULL,
        pid INTEGER NOT NULL,
        started INTEGER NOT NULL,
        beat INTEGER NOT NULL
    ) STRICT""",
    "CREATE TABLE duties (duty TEXT PRIMARY KEY, owner TEXT NOT NULL) STRICT",
    """CREATE TABLE requests (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        args TEXT NOT NULL,
        state TEXT NOT NULL,
        asked_at INTEGER NOT NULL,
        progress TEXT NOT NULL,
        result TEXT
    ) STRICT""",
    "CREATE INDEX requests_asked ON requests (asked_at, number) WHERE state = 'asked'",
)

# pages of deliveries came by id, and come by time now
_PAGES_BY_TIME = (
    "DROP INDEX deliveries_by_state",
    "CREATE INDEX deliveries_by_state ON deliveries (state, planned_at, id)",
    "DROP INDEX deliveries_by_error",
    "CREATE INDEX deliveries_by_error ON deliveries (error_class, planned_at, id) WHERE error_class IS NOT NULL",
)

_MAILS = (
    # reasons: a JSON list
    """CREATE TABLE mails (
        id TEXT PRIMARY KEY,
        verdict TEXT NOT NULL,
        digest TEXT,
        notice_id TEXT,
        reasons TEXT NOT NULL,
        decided_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX mails_by_digest ON mails (digest, decided_at, id) WHERE digest IS NOT NULL",
    "CREATE INDEX mails_by_verdict ON mails (verdict)",
    """CREATE TABLE cursors (
        source TEXT NOT NULL,
        folder TEXT NOT NULL,
        uidvalidity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        PRIMARY KEY (source, folder)
    ) STRICT""",
    """CREATE TABLE reviews (
        id TEXT PRIMARY KEY,
        asked_at INTEGER NOT NULL,
        told INTEGER NOT NULL,
        answered_at INTEGER,
        done INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX reviews_open ON reviews (asked_at, id) WHERE answered_at IS NULL",
    "CREATE INDEX reviews_untold ON reviews (asked_at, id) WHERE answered_at IS NULL AND told = 0",
    "CREATE INDEX reviews_answered ON reviews (answered_at, id) WHERE answered_at IS NOT NULL AND done = 0",
)

_OFFERS = (
    """CREATE TABLE offers (
        id TEXT PRIMARY KEY,
        year TEXT NOT NULL,
        company_key TEXT NOT NULL,
        version INTEGER NOT NULL,
        pending INTEGER NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (year, company_key)
    ) STRICT""",
    "CREATE INDEX offers_pending ON offers (id) WHERE pending = 1",
    "CREATE TABLE company_aliases (alias TEXT PRIMARY KEY, kept TEXT NOT NULL) STRICT",
)

_PAGES = (
    """CREATE TABLE policies (
        year INTEGER NOT NULL,
        version INTEGER NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (year, version)
    ) STRICT""",
    """CREATE TABLE official_snapshots (
        number INTEGER PRIMARY KEY,
        content_hash TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    "CREATE TABLE official_batches (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
    "CREATE TABLE official_validators (number INTEGER PRIMARY KEY CHECK (number = 1), document TEXT NOT NULL) STRICT",
)

_PERSONAL = (
    "ALTER TABLE deliveries ADD COLUMN personal INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE students ADD COLUMN enrollment_key TEXT",
    "ALTER TABLE students ADD COLUMN enrollment_hint TEXT",
    "CREATE UNIQUE INDEX students_by_enrollment ON students (enrollment_key) WHERE enrollment_key IS NOT NULL",
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT",
)

# what lists and searches of notices, jobs, students and deliveries look at
# (notice_value and job_value: store/sqlite/listing.py); ends_at of jobs is 0 where none is stated, for pages by it
_LISTS: tuple[str, ...] = (
    "ALTER TABLE notices ADD COLUMN source TEXT",
    "ALTER TABLE notices ADD COLUMN company_key TEXT",
    "ALTER TABLE notices ADD COLUMN deadline_at INTEGER",
    "ALTER TABLE notices ADD COLUMN event_at INTEGER",
    "ALTER TABLE notices ADD COLUMN public INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE notices ADD COLUMN search TEXT NOT NULL DEFAULT ''",
    """UPDATE notices SET
        source = notice_value('source', document), company_key = notice_value('company_key', document),
        deadline_at = notice_value('deadline_at', document), event_at = notice_value('event_at', document),
        public = notice_value('public', document), search = notice_value('search', document)
    FROM notice_revisions
    WHERE notice_revisions.notice_id = notices.id AND notice_revisions.revision = notices.revision""",
    "CREATE INDEX notices_by_company ON notices (company_key, published_at, id) WHERE company_key IS NOT NULL",
    "CREATE INDEX notices_by_deadline ON notices (deadline_at, year, id) WHERE deadline_at IS NOT NULL",
    "CREATE INDEX notices_by_event ON notices (event_at, year, id) WHERE event_at IS NOT NULL",
    "ALTER TABLE jobs ADD COLUMN ends_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE jobs ADD COLUMN search TEXT NOT NULL DEFAULT ''",
    "UPDATE jobs SET ends_at = job_value('ends_at', document), search = job_value('search', document)",
    "CREATE INDEX jobs_by_year ON jobs (year, ends_at, id)",
    "CREATE INDEX jobs_by_deadline ON jobs (ends_at, id)",
    "ALTER TABLE students ADD COLUMN branch TEXT",
    "ALTER TABLE students ADD COLUMN cgpa REAL",
    "ALTER TABLE students ADD COLUMN calendar_hash TEXT",
    "CREATE UNIQUE INDEX students_by_calendar ON students (calendar_hash) WHERE calendar_hash IS NOT NULL",
    "ALTER TABLE deliveries ADD COLUMN shown_at INTEGER",
)

# browsers that nobody linked; the literal text matters here too
NAMELESS_SQL = "first_name IS NULL AND enrollment_key IS NULL AND calendar_hash IS NULL"
_NAMELESS = (f"CREATE INDEX students_nameless ON students (joined_at) WHERE {NAMELESS_SQL}",)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (*_NOTICES, *_STUDENTS, *_DELIVERIES, *_SOURCES, *_PROCESSES),
    _PAGES_BY_TIME,
    (*_MAILS, *_OFFERS, *_PAGES, *_PERSONAL),
    (*ACCESS, *_LISTS),
    _NAMELESS,
)
