import pytest

from tests.bench import push


def test_push_prints_seals_sends_and_lag(capsys: pytest.CaptureFixture[str]) -> None:
    push.main(["--rounds", "1", "--n", "20", "--seals", "25", "--lag-n", "20"])

    shown = capsys.readouterr().out
    assert "x the sum of its primitives" in shown
    assert "webpush_async" in shown
    assert "P5 without live connections: 20 pushes" in shown
