"""The tables of store/access.py, a part of the migration in schema.py. A published migration is never edited."""

ACCESS = (
    """CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        student_id TEXT,
        signed_in INTEGER NOT NULL,
        label TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        visited_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX sessions_by_student ON sessions (student_id, visited_at, id) WHERE student_id IS NOT NULL",
    "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
    # a sign-in that was taken stays until it expires, so that nothing stores it again
    """CREATE TABLE sign_ins (
        id TEXT PRIMARY KEY,
        session_id TEXT,
        student_id TEXT,
        label TEXT NOT NULL,
        digits TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        taken INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE INDEX sign_ins_by_expiry ON sign_ins (expires_at)",
    # scopes: a JSON list
    """CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        label TEXT NOT NULL,
        scopes TEXT NOT NULL,
        created_by TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        used_at INTEGER,
        revoked_at INTEGER
    ) STRICT""",
    "CREATE INDEX tokens_by_time ON tokens (created_at, id)",
    """CREATE TABLE subscriptions (
        id TEXT PRIMARY KEY,
        endpoint TEXT NOT NULL,
        p256dh TEXT NOT NULL,
        auth TEXT NOT NULL,
        key_hash TEXT NOT NULL,
        label TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        visited_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX subscriptions_by_visit ON subscriptions (id, visited_at)",
    # status NULL: the first request is under way. headers: a JSON object
    """CREATE TABLE answers (
        key TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        lease_until INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        status INTEGER,
        headers TEXT,
        body TEXT
    ) STRICT""",
    "CREATE INDEX answers_by_expiry ON answers (expires_at)",
    """CREATE TABLE webhook_endpoints (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX webhook_endpoints_by_time ON webhook_endpoints (created_at, id)",
    """CREATE TABLE webhook_calls (
        id TEXT PRIMARY KEY,
        endpoint_id TEXT NOT NULL,
        state TEXT NOT NULL,
        due_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX webhook_calls_due ON webhook_calls (due_at, id) WHERE state = 'waiting'",
    "CREATE INDEX webhook_calls_ended ON webhook_calls (created_at) WHERE state <> 'waiting'",
    "CREATE INDEX webhook_calls_by_endpoint ON webhook_calls (endpoint_id, created_at, id)",
    """CREATE TABLE drafts (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        publish_at INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX drafts_by_hour ON drafts (publish_at, id)",
    """CREATE TABLE audit_entries (
        id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        act TEXT NOT NULL,
        subject TEXT NOT NULL,
        details TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX audit_entries_by_actor ON audit_entries (actor, id)",
)
