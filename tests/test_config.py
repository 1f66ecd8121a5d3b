import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.app_sources import open_sources
from placement_alerts.config.layers import settings_of, toml_layer
from placement_alerts.config.loading import Loaded, effective, load, secrets_of, what_is_on
from placement_alerts.config.models import Config
from placement_alerts.config.values import check_cron, check_year
from placement_alerts.errors import ConfigError
from placement_alerts.http_client import HttpClient

SHIPPED = Path(__file__).parent.parent / "config.toml"
OWN = "PLACEMENT_ALERTS__"
TOKEN = "123456:AAF-marker-secret"


def loaded(tmp_path: Path, **variables: str) -> Loaded:
    return load(environ=variables, folder=tmp_path)


def problems(tmp_path: Path, **variables: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, **variables)
    return caught.value.problems


def shown(loaded: Loaded) -> dict[str, tuple[str, str]]:
    return {line.key: (line.value, line.origin) for line in effective(loaded)}


def test_shipped_file_has_every_key_with_its_default(tmp_path: Path) -> None:
    layer = toml_layer(SHIPPED, required=True)

    assert set(layer.origins) == {key for key, _ in settings_of(Config)}
    assert load(SHIPPED, environ={}, folder=tmp_path).config.model_dump() == Config().model_dump()


def test_nothing_set_gives_the_defaults(tmp_path: Path) -> None:
    config = loaded(tmp_path).config

    assert config.database.url.get_secret_value() == "sqlite:///data/placement_alerts.db"
    assert config.scheduler.update == "0 0,8-23 * * *"
    assert config.web.host == "127.0.0.1"


def test_later_sources_win_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[telegram]\nslots = 2\nburst = 2\nrate_per_second = 2.0\n")
    (tmp_path / ".env").write_text(f"{OWN}TELEGRAM__BURST=3\n{OWN}TELEGRAM__RATE_PER_SECOND=3\n")
    lines = shown(loaded(tmp_path, **{OWN + "TELEGRAM__RATE_PER_SECOND": "4"}))

    assert lines["telegram.per_chat_seconds"] == ("1.0", "default")
    assert lines["telegram.slots"] == ("2", str(tmp_path / "config.toml"))
    assert lines["telegram.burst"] == ("3", f".env {OWN}TELEGRAM__BURST")
    assert lines["telegram.rate_per_second"] == ("4.0", f"environment {OWN}TELEGRAM__RATE_PER_SECOND")


def test_own_name_wins_over_the_alias_from_any_source(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{OWN}WEB__PORT=9001\n")

    assert loaded(tmp_path, WEBHOOK_PORT="9002").config.web.port == 9001


def test_lists_and_tables_are_json(tmp_path: Path) -> None:
    accounts = [{"email": "a@example.test", "password": "p"}]
    variables = {
        OWN + "TELEGRAM__ADMINS": "[7, 8]",
        OWN + "SOURCES__SUPERSET__ACCOUNTS": json.dumps(accounts),
        OWN + "WEB": '{"host": "0.0.0.0", "port": 1}',
        OWN + "WEB__PORT": "2",
    }
    config = loaded(tmp_path, **variables).config

    assert config.telegram.admins == (7, 8)
    assert config.sources.superset.accounts[0].email == "a@example.test"
    assert (config.web.host, config.web.port) == ("0.0.0.0", 2)


def test_aliases_of_the_existing_bot_are_understood(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        MONGO_CONNECTION_STR="mongodb://db.example.test/?w=majority",
        MONGO_DATABASE_NAME="alerts",
        ACTIVE_PLACEMENT_YEAR="202627",
        DEFAULT_PLACEMENT_YEAR="202627",
        PLACEMENT_YEARS='["202526", "202627"]',
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_CHAT_ID="-100200",
        ADMIN_TELEGRAM_USER_IDS="[5]",
        SUPERSET_CREDENTIALS='[{"email": "a@example.test", "password": "p"}]',
        SUPERSET_CREDENTIALS_BY_YEAR='{"202627": [{"email": "b@example.test", "password": "q"}]}',
        WEBHOOK_HOST="0.0.0.0",
        WEBHOOK_PORT="8080",
        LOG_LEVEL="WARNING",
        LOG_FILE="logs/superset_bot.log",
    ).config

    assert config.database.url.get_secret_value() == "mongodb://db.example.test/alerts?w=majority"
    assert (config.years.active, config.years.default) == ("202627", "202627")
    assert config.telegram.token.get_secret_value() == TOKEN
    assert (config.telegram.default_chat, config.telegram.admins) == ("-100200", (5,))
    assert {(a.email, a.year) for a in config.sources.superset.accounts} == {
        ("a@example.test", ""),
        ("b@example.test", "202627"),
    }
    assert (config.web.host, config.web.port) == ("0.0.0.0", 8080)
    assert (config.logging.level, config.logging.file) == ("warning", "logs/superset_bot.log")


def test_outdated_names_are_warned_about_and_unknown_foreign_ones_ignored(tmp_path: Path) -> None:
    warnings = loaded(tmp_path, CSE_EMAIL="a@example.test", GOOGLE_API_KEY="k", DAEMON_MODE="false").warnings

    assert len(warnings) == 1
    assert warnings[0].startswith("CSE_EMAIL: is outdated")


def test_secret_comes_from_a_file_without_its_last_newline(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(TOKEN + "\n")
    secret.chmod(0o600)
    got = loaded(tmp_path, **{OWN + "TELEGRAM__TOKEN_FILE": str(secret)})

    assert got.config.telegram.token.get_secret_value() == TOKEN
    assert shown(got)["telegram.token"] == ('"***"', f"file {OWN}TELEGRAM__TOKEN_FILE")
    assert got.warnings == ()


def test_secret_file_readable_by_others_is_warned_about(tmp_path: Path) -> None:
    secret = tmp_path / "accounts"
    secret.write_text("[]")
    secret.chmod(0o644)

    assert (
        "readable by others" in loaded(tmp_path, **{OWN + "SOURCES__SUPERSET__ACCOUNTS_FILE": str(secret)}).warnings[0]
    )


def test_every_problem_is_named_in_one_run_and_no_value_is(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[web]\nport = "marker"\npot = 1\n[telegran]\ntoken = "marker"\n')
    account = {"email": "marker", "password": "", "note": "marker"}
    found = problems(
        tmp_path,
        ACTIVE_PLACEMENT_YEAR="202528",
        MONGO_CONNECTION_STR="marker",
        SUPERSET_CREDENTIALS="{marker",
        **{
            OWN + "TELEGRAM__TOKEN": "marker",
            OWN + "TELEGRAM__TOKEN_FILE": "/marker",
            OWN + "DATABASE__URL_FILE": "/nowhere/at/all",
            OWN + "TELEGRAM__SLOTS": "marker",
            OWN + "TELEGRAM__MODE": "webhook",
            OWN + "TELEGRAM__ADMINS": "[0]",
            OWN + "WEB__PUBLIC_URL": "ftp://marker",
            OWN + "SCHEDULER__TIMEZONE": "Marker/marker",
            OWN + "SCHEDULER__UPDATE": "0 25 * * *",
            OWN + "SOURCES__SUPERSET__ACCOUNTS": json.dumps([account]),
            OWN + "LOGGING__FORMAT": "marker",
            OWN + "BOT__LINKS": '[{"title": "t", "url": "javascript:marker"}]',
            OWN + "NOBODY__KNOWS": "marker",
        },
    )

    assert {line.split(": ")[0] for line in found} == {
        "web.port",
        "web.pot",
        "telegran",
        "years.active",
        "database.url",
        "SUPERSET_CREDENTIALS",
        "telegram.token",
        f"{OWN}TELEGRAM__TOKEN_FILE",
        f"{OWN}DATABASE__URL_FILE",
        "telegram.slots",
        "telegram.mode",
        "telegram.admins[0]",
        "web.public_url",
        "scheduler.timezone",
        "scheduler.update",
        "sources.superset.accounts[0].email",
        "sources.superset.accounts[0].password",
        "sources.superset.accounts[0].note",
        "logging.format",
        "bot.links[0].url",
        f"{OWN}NOBODY__KNOWS",
    }
    assert not [line for line in found if "marker" in line.lower()]
    assert not [line for line in found if "\n" in line]


@pytest.mark.parametrize("content", [b"[web\nmarker", b"\xff\xfe", b'x = "marker'])
def test_broken_file_is_named_with_its_place_and_without_its_content(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.toml").write_bytes(content)

    found = problems(tmp_path)

    assert len(found) == 1
    assert "is not TOML" in found[0]
    assert "marker" not in found[0]


def test_missing_file_matters_only_when_it_was_named(tmp_path: Path) -> None:
    loaded(tmp_path)

    assert "there is no such file" in problems(tmp_path, PLACEMENT_ALERTS_CONFIG=str(tmp_path / "no.toml"))[0]


@pytest.mark.parametrize("text", ["True", "1", "yes", "on", "TRUE"])
def test_only_true_and_false_are_booleans(text: str) -> None:
    from placement_alerts.config.layers import decode

    with pytest.raises(ValueError, match="true or false"):
        decode(text, bool)


def test_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    config = loaded(tmp_path, TELEGRAM_BOT_TOKEN="", ADMIN_TELEGRAM_USER_IDS="", **{OWN + "WEB__PORT": ""}).config

    assert config.web.port == 8000
    assert config.telegram.admins == ()


async def test_what_config_accepts_the_source_accepts_too(tmp_path: Path) -> None:
    portal = {"READ_TIMEOUT_S": "900", "DEADLINE_S": "1800", "LEVELS": '["Dream"]', "PAGE_SIZE": "5"}
    variables = {f"{OWN}SOURCES__SUPERSET__{name}": value for name, value in portal.items()}
    account = '[{"email": "a@example.test", "password": "p"}]'
    config = loaded(tmp_path, SUPERSET_CREDENTIALS=account, **variables).config

    async with HttpClient() as http:
        assert set(open_sources(config, http).all()) == {"superset"}


def test_reading_the_settings_loads_no_source_and_no_channel() -> None:
    code = "import sys, placement_alerts.config; print(sorted({'aiogram', 'aiohttp'} & set(sys.modules)))"

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stdout

    assert printed == b"[]\n"


def test_account_is_named_once(tmp_path: Path) -> None:
    account = '{"email": "a@example.test", "password": "p"}'

    found = problems(tmp_path, SUPERSET_CREDENTIALS=f"[{account}, {account.replace('a@', 'A@')}]")

    assert found == (
        "sources.superset.accounts: should name each e-mail address once (environment SUPERSET_CREDENTIALS)",
    )


def test_active_year_must_be_offered(tmp_path: Path) -> None:
    assert problems(tmp_path, ACTIVE_PLACEMENT_YEAR="202728") == ("years: active should be among years.offered",)


@pytest.mark.parametrize("text", ["202526", "209900", "200001"])
def test_year_is_six_digits_whose_halves_follow(text: str) -> None:
    assert check_year(text) == text


@pytest.mark.parametrize("text", ["202527", "2025-26", "199900", "20252", "२०२५२६", "202526\n"])
def test_other_years_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="placement year"):
        check_year(text)


BAD_CRON = [
    *("* * * *", "60 * * * *", "* * 0 * *", "9-8 * * * *", "* * * * 1", "*/0 * * * *", "5/10 * * * *", "x * * * *"),
    *("1,, * * * *", "1-2/2 * * * *", "* * * jan-x *", "* * * * * *"),
]


@pytest.mark.parametrize("text", BAD_CRON)
def test_bad_cron_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="should"):
        check_cron(text)


HOURS = st.lists(st.from_regex(r"\A(\*|\d{1,2}|1?\d-2?\d)(/\d{1,2})?\Z"), min_size=1, max_size=2)
DAYS = st.sampled_from(["*", "mon", "tue-fri", "mon,sun", "mon-sun/2"])
MONTHS = st.sampled_from(["*", "jan-mar", "12", "*/11", "2-7/5"])


@given(HOURS, MONTHS, DAYS)
def test_what_is_accepted_the_scheduler_accepts_too(hours: list[str], months: str, days: str) -> None:
    text = f"0 {','.join(hours)} * {months} {days}"
    with contextlib.suppress(ValueError):
        CronTrigger.from_crontab(check_cron(text), timezone="Asia/Kolkata")
        return

    with pytest.raises(ValueError, match="hour"):
        check_cron(text)


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    got = loaded(
        tmp_path,
        TELEGRAM_BOT_TOKEN=TOKEN,
        MONGO_CONNECTION_STR="mongodb://operator:marker-pw@db.example.test/alerts?tls=true",
        SUPERSET_CREDENTIALS='[{"email": "a@example.test", "password": "marker-pass"}]',
    )
    lines = shown(got)

    assert "marker" not in str(lines)
    assert lines["database.url"][0] == '"mongodb://***@db.example.test/alerts"'
    assert "marker" not in repr(got)
    assert {TOKEN, "marker-pw", "marker-pass"} <= set(secrets_of(got.config))


def test_components_say_which_key_turns_them_on(tmp_path: Path) -> None:
    off = {part.name: (part.on, part.key) for part in what_is_on(loaded(tmp_path).config)}
    on = {part.name: part.on for part in what_is_on(loaded(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN).config)}

    assert off["telegram"] == (False, "telegram.token")
    assert off["superset"] == (False, "sources.superset.accounts")
    assert on["telegram"]
    assert on["bot"]


def test_every_switch_that_is_named_exists() -> None:
    parts = {part.name: part for part in what_is_on(Config())}
    keys = {".".join(key) for key, _ in settings_of(Config)}

    assert not parts["official"].on
    assert {part.key for part in parts.values()} <= keys


@pytest.mark.parametrize(
    ("ranges", "problem"),
    [
        ((("CSE", 22103000, 22104000), ("ECE", 22103999, 22105000)), "CSE and ECE do at 22103999"),
        ((("CSE", 22103000, 22109000), ("CSE", 22104000, 22105000)), "CSE and CSE do at 22104000"),
        ((("CSE", 22103000, 22103000),), "the range of CSE begins at 22103000"),
    ],
)
def test_branches_that_contradict_stop_the_start(
    tmp_path: Path, ranges: tuple[tuple[str, int, int], ...], problem: str
) -> None:
    given = [{"branch": name, "first": str(low), "before": str(high), "strength": 1} for name, low, high in ranges]
    years = json.dumps([{"year": "202526", "ranges": given}])

    with pytest.raises(ConfigError, match=problem):
        loaded(tmp_path, PLACEMENT_ALERTS__STATISTICS__YEARS=years)


def test_rule_of_a_branch_in_unknown_words_stops_the_start(tmp_path: Path) -> None:
    years = json.dumps([{"year": "202526", "rules": [{"branch": "JUIT", "when": "looks odd"}]}])

    with pytest.raises(ConfigError, match=r"statistics.years\[0\].rules\[0\].when"):
        loaded(tmp_path, PLACEMENT_ALERTS__STATISTICS__YEARS=years)
