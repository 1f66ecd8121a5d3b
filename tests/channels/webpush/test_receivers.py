import pytest

from placement_alerts.channels.webpush.receivers import Receivers
from placement_alerts.sandbox.push_service import Browser, SimulatedPushServices
from tests.channels.webpush.conftest import subscription_of


@pytest.fixture
def browsers(services: SimulatedPushServices) -> list[Browser]:
    return [services.subscribe("key") for _ in range(4)]


def test_subscription_is_parsed_once(browsers: list[Browser]) -> None:
    receivers = Receivers(allow_private=True)
    row = subscription_of(browsers[0])

    assert receivers.of(row) is receivers.of(row.model_copy())


def test_changed_keys_are_parsed_anew(browsers: list[Browser]) -> None:
    receivers = Receivers(allow_private=True)
    row = subscription_of(browsers[0])
    first = receivers.of(row)

    again = receivers.of(row.model_copy(update={"p256dh": browsers[1].p256dh}))

    assert again.keys.info != first.keys.info
    assert len(receivers) == 1


def test_longest_unused_one_is_forgotten(browsers: list[Browser]) -> None:
    receivers = Receivers(most=3, allow_private=True)
    rows = [subscription_of(browser) for browser in browsers]
    kept = [receivers.of(row) for row in rows[:3]]
    receivers.of(rows[0])
    receivers.of(rows[3])

    assert receivers.of(rows[0]) is kept[0]
    assert receivers.of(rows[1]) is not kept[1]
    assert len(receivers) == 3


def test_subscription_that_would_not_be_accepted_is_refused_in_words(browsers: list[Browser]) -> None:
    with pytest.raises(ValueError, match="endpoint: should use the default port"):
        Receivers().of(subscription_of(browsers[0]))
