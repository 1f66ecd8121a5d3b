import pytest

from tests.bench import claims, engine, mails, start, telegram
from tests.bench.telegram_peers import PEERS
from tests.mail_server import mail_server

__all__ = ["mail_server"]

WITHOUT_EXTRA = ("ours", "naive loop")  # the others need python-telegram-bot, the extra `bench`


def test_telegram_prints_a_row_for_every_peer(capsys: pytest.CaptureFixture[str]) -> None:
    telegram.main(["--n", "3", "--latency-ms", "1", "--penalty-s", "1", "--only", *WITHOUT_EXTRA])

    shown = capsys.readouterr().out
    assert set(WITHOUT_EXTRA) <= set(PEERS)
    assert shown.count("3 of 3") == len(WITHOUT_EXTRA)


def test_engine_prints_planning_and_carrying_and_says_that_mongodb_was_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine.main(["--students", "20", "--slots", "4"])

    shown = capsys.readouterr().out
    assert shown.count("SQLite: ") == 3
    assert "Bot alone" in shown
    assert "MongoDB: not measured: no --url given" in shown


def test_claims_prints_a_row_for_every_backlog_and_a_restart(capsys: pytest.CaptureFixture[str]) -> None:
    claims.main(
        ["--backlogs", "100", "200", "--claims", "5", "--plan", "50", "--restart", "100", "--idle-s", "0.1", "--no-bot"]
    )

    shown = capsys.readouterr().out
    assert "\n100 " in f"\n{shown}"
    assert "\n200 " in shown
    assert "backlog of 100 " in shown


def test_start_prints_the_time_to_ready_and_the_memory(capsys: pytest.CaptureFixture[str]) -> None:
    start.main(["--rounds", "1", "--idle-s", "0.1", "--no-bot"])

    shown = capsys.readouterr().out
    assert "start to ready, s" in shown
    assert "idle, MiB" in shown


@pytest.mark.usefixtures("mail_server")  # for what happens without a Dovecot: the benchmark starts one of its own
def test_mails_prints_how_fast_they_are_taken_in(capsys: pytest.CaptureFixture[str]) -> None:
    mails.main(["--mails", "6"])

    shown = capsys.readouterr().out
    assert "SQLite" in shown
    assert "became something" not in shown  # said when some of them did not
