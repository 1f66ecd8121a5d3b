"""The settings of the portal source."""

from typing import Any

import pytest
from pydantic import ValidationError

from placement_alerts.sources.superset.settings import SupersetSettings
from placement_alerts.sources.superset.source import account_label

ACCOUNT = {"email": "first@students.example", "password": "a-secret", "year": "202526"}


def test_defaults_are_those_of_the_portal() -> None:
    settings = SupersetSettings()

    assert settings.base_url == "https://app.joinsuperset.com/tnpsuite-core"
    assert (settings.tenant_id, settings.tenant_type) == ("jaypee_in_in_it_16", "STUDENT")


@pytest.mark.parametrize(
    "given",
    [
        {"accounts": [{**ACCOUNT, "year": "a-secret"}]},
        {"accounts": [ACCOUNT, {**ACCOUNT, "email": "FIRST@students.example"}]},
        {"accounts": [{**ACCOUNT, "password": ""}]},
        {"base_url": "a-secret"},
        {"public_key": ""},
        {"public_key": "a-secret!"},
        {"public_key": "AAAA"},
        {"levels": [""]},
        {"base_url": "https://user:a-secret@portal.example"},
        {"tenant_id": "a-secret\r\nx: y"},
        {"unknown": "a-secret"},
        {"page_size": 0},
        {"read_timeout_s": 0},
    ],
)
def test_wrong_value_is_refused_and_not_repeated(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        SupersetSettings.model_validate(given)

    assert "a-secret" not in str(raised.value)


def test_settings_show_no_secret_and_no_address() -> None:
    settings = SupersetSettings.model_validate({"accounts": [ACCOUNT]})

    assert "a-secret" not in repr(settings)
    assert "first@" not in repr(settings)


def test_label_is_short_stable_and_no_address() -> None:
    label = account_label("First@Students.example ", "tenant")

    assert label == account_label("first@students.example", "tenant")
    assert label != account_label("first@students.example", "other tenant")
    assert len(label) == 10
