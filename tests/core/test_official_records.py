from placement_alerts.core.official_records import import_records, live_again, merge, sum_of_offers
from tests.builders import NOW, after
from tests.core.official_builders import a_batch, a_record, a_snapshot, an_old_batch

LATER = after(days=1)


def test_batch_on_the_page_is_written_live() -> None:
    merged = merge(a_snapshot(a_batch("2032"), a_batch("2031")), [], None, NOW)

    assert [(record.batch.name, record.live, record.updated_at) for record in merged.records] == [
        ("2032", True, NOW),
        ("2031", True, NOW),
    ]
    assert (merged.kept, merged.returned) == ((), ())


def test_vanished_batch_is_frozen_with_its_values_and_inactive() -> None:
    known = [a_record(a_batch("2031", active=True)), a_record(a_batch("2020"), live=False)]
    merged = merge(a_snapshot(a_batch("2032")), known, None, LATER)

    frozen = merged.records[1]
    assert [record.batch.name for record in merged.records] == ["2032", "2031"]
    assert (frozen.live, frozen.updated_at, frozen.batch) == (False, LATER, a_batch("2031"))


def test_frozen_batch_that_is_back_stays_frozen_and_is_reported() -> None:
    known = [a_record(a_batch("2032", cards=[]), live=False)]
    merged = merge(a_snapshot(a_batch("2032"), a_batch("2031")), known, None, LATER)

    assert merged.returned == ("2032",)
    assert [record.batch.name for record in merged.records] == ["2031"]
    assert [batch.name for batch in merged.told] == ["2031"]
    assert [batch.name for batch in merged.snapshot.batches] == ["2032", "2031"]


def test_batch_that_an_admin_set_live_is_written_again() -> None:
    known = [live_again(a_record(a_batch("2032", cards=[]), live=False), LATER)]
    merged = merge(a_snapshot(a_batch("2032")), known, None, LATER)

    assert merged.returned == ()
    assert merged.records == (a_record(a_batch("2032")).model_copy(update={"updated_at": LATER}),)


def test_batch_that_lost_all_its_cards_keeps_its_last_values() -> None:
    known = [a_record(a_batch("2032"))]
    newest = a_snapshot(a_batch("2032", active=True), a_batch("2031"))
    merged = merge(a_snapshot(a_batch("2032", cards=[], active=True), a_batch("2031")), known, newest, LATER)

    assert merged.kept == ("2032",)
    assert [record.batch.name for record in merged.records] == ["2031"]
    assert merged.snapshot.batches == newest.batches
    assert merged.snapshot.content_hash == newest.content_hash


def test_empty_batch_that_never_had_values_is_left_out() -> None:
    merged = merge(a_snapshot(a_batch("2032", cards=[]), a_batch("2031")), [], None, NOW)

    assert [batch.name for batch in merged.snapshot.batches] == ["2031"]
    assert merged.kept == ("2032",)


def test_empty_batch_of_the_old_layout_stays() -> None:
    merged = merge(a_snapshot(an_old_batch("2024"), an_old_batch("2023", ["64"]), layout="old"), [], None, NOW)

    assert [batch.name for batch in merged.snapshot.batches] == ["2024", "2023"]
    assert [record.batch.name for record in merged.records] == ["2023"]


def test_same_content_keeps_the_time_at_which_it_was_seen_first() -> None:
    again = merge(a_snapshot(a_batch(), taken_at=LATER), [], a_snapshot(a_batch()), LATER).snapshot
    other = merge(a_snapshot(a_batch("2031"), taken_at=LATER), [], a_snapshot(a_batch()), LATER).snapshot

    assert (again.taken_at, again.seen_at) == (NOW, LATER)
    assert (other.taken_at, other.seen_at) == (LATER, LATER)


def test_import_never_replaces_a_live_record_and_a_frozen_one_only_if_asked() -> None:
    known = [a_record(a_batch("2032")), a_record(a_batch("2024"), live=False), a_record(a_batch("2023"), live=False)]
    imported = [
        a_record(a_batch(name, cards=cards), live=False)
        for name, cards in (("2032", []), ("2024", []), ("2023", [("64", "x")]), ("2022", []))
    ]
    imported[2] = known[2]

    stored, left = import_records(imported, known, overwrite=False)
    replaced, still_left = import_records(imported, known, overwrite=True)

    assert [record.batch.name for record in stored] == ["2022"]
    assert left == {
        "2032": "is live: the page's own figures stay",
        "2024": "has other figures; --overwrite replaces them",
        "2023": "is stored already",
    }
    assert [record.batch.name for record in replaced] == ["2024", "2022"]
    assert set(still_left) == {"2032", "2023"}


def test_sum_of_offers_is_none_where_no_card_counts_any() -> None:
    assert sum_of_offers(a_batch()) == 2
    assert sum_of_offers(an_old_batch()) is None
