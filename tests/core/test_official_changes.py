from placement_alerts.core.notice import Change
from placement_alerts.core.official_changes import changes_between
from tests.core.official_builders import CARDS, a_batch, an_old_batch

BANDS = (
    ("Rs. 13.00 to Rs. 52.74 Lacs", "Package (41 Companies - 178 Offers)"),
    ("Upto Rs. 5.99 Lacs", "Package (67 Companies - 1 Offer)"),
)


def changed(field: str, before: str | None, after: str | None) -> Change:
    return Change(field=field, before=before, after=after)


def test_equal_batches_have_no_changes() -> None:
    assert changes_between([a_batch()], [a_batch(active=True)]) == ()


def test_changed_card_names_old_and_new_value() -> None:
    other = a_batch(cards=[*CARDS[:2], ("Rs. 9.95 Lacs", "Average Package")])

    assert changes_between([a_batch()], [other]) == (
        changed("2032: Average package", "Rs. 9.80 Lacs", "Rs. 9.95 Lacs"),
    )


def test_another_company_with_the_highest_package_is_one_change() -> None:
    other = a_batch(cards=[CARDS[0], ("Rs. 52 Lacs", "Highest Package by Northlake (1 Offer)"), CARDS[2]])

    assert changes_between([a_batch()], [other]) == (
        changed(
            "2032: Highest package", "Rs. 41.20 Lacs by Brightwave (2 offers)", "Rs. 52 Lacs by Northlake (1 offer)"
        ),
    )


def test_new_and_vanished_cards_are_named() -> None:
    second = ("Rs. 30.00 Lacs", "2nd Highest Package")
    fourth = ("Rs. 20.00 Lacs", "4th Highest Package")
    found = changes_between([a_batch()], [a_batch(cards=[*CARDS[:2], second, fourth])])

    assert found == (
        changed("2032: 2nd highest package", None, "Rs. 30.00 Lacs"),
        changed("2032: 4th highest package", None, "Rs. 20.00 Lacs"),
        changed("2032: Average package", "Rs. 9.80 Lacs", None),
    )


def test_band_that_stayed_is_not_taken_for_the_one_that_moved() -> None:
    moved = ("Rs. 13.00 to Rs. 60.00 Lacs", "Package (42 Companies - 180 Offers)")
    found = changes_between([a_batch(cards=BANDS)], [a_batch(cards=[BANDS[1], moved])])

    assert found == (
        changed(
            "2032: Package band",
            "Rs. 13.00 to Rs. 52.74 Lacs (41 companies, 178 offers)",
            "Rs. 13.00 to Rs. 60.00 Lacs (42 companies, 180 offers)",
        ),
    )


def test_card_of_unknown_wording_is_compared_by_its_description() -> None:
    before, after = [("90 %", "Placed by March 2032")], [("95 %", "Placed by April 2032")]

    assert changes_between(
        [a_batch(cards=[("90 %", "Placed by 3/2032")])], [a_batch(cards=[("95 %", "Placed by 4/2032")])]
    ) == (changed("2032: Placed by 4/2032", "90 %", "95 %"),)
    assert len(changes_between([a_batch(cards=before)], [a_batch(cards=after)])) == 2


def test_new_batch_is_all_new_and_a_vanished_one_is_no_change() -> None:
    found = changes_between([a_batch("2031")], [a_batch("2032")])

    assert [change.before for change in found] == [None, None, None]
    assert found[0] == changed("2032: Companies visited", None, "64")


def test_pointers_are_told_apart_by_their_words_and_rows_by_their_category() -> None:
    before = an_old_batch(pointers=["64 companies visited", "Good food"], rows=[["More than 20 LPA", "27.40", "26.00"]])
    after = an_old_batch(pointers=["70 companies visited"], rows=[["More than 20 LPA", "27.50", "26.00"]])

    assert changes_between([before], [after]) == (
        changed("2024: Pointer", "64 companies visited", "70 companies visited"),
        changed("2024: More than 20 LPA", "average 27.40, median 26.00", "average 27.50, median 26.00"),
        changed("2024: Pointer", "Good food", None),
    )
