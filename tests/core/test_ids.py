from placement_alerts.core.ids import derived_id


def test_an_id_is_the_same_today_and_next_year() -> None:
    assert derived_id("n", "superset", "notice:1") == "n231a298a197b9d58"


def test_an_id_tells_kinds_and_what_they_are_about_apart() -> None:
    ids = {derived_id("n", "a", "b"), derived_id("o", "a", "b"), derived_id("n", "a", "c"), derived_id("n", "ab")}

    assert len(ids) == 4


def test_half_a_surrogate_pair_has_an_id_too() -> None:
    assert len(derived_id("h", "\ud83d")) == 17
