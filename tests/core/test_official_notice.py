from placement_alerts.core.notice import Change, NoticeKind
from placement_alerts.core.official_changes import changes_between
from placement_alerts.core.official_notice import LINES_SHOWN, change_notice
from tests.builders import NOW, YEAR, after
from tests.core.official_builders import CARDS, a_batch, a_snapshot

BEFORE = a_snapshot(a_batch())
AFTER = a_snapshot(a_batch(cards=[*CARDS[:2], ("Rs. 9.95 Lacs", "Average Package")]))
CHANGES = changes_between(BEFORE.batches, AFTER.batches)


def test_notice_is_an_announcement_naming_old_and_new_value() -> None:
    notice = change_notice(BEFORE, AFTER, CHANGES, YEAR, NOW)

    assert notice.title == "Official placement figures changed: batch 2032"
    assert notice.text == "2032: Average package: Rs. 9.80 Lacs → Rs. 9.95 Lacs"
    assert (notice.facts.kind, notice.year, notice.public) == (NoticeKind.ANNOUNCEMENT, YEAR, True)
    assert notice.changes == CHANGES


def test_new_and_vanished_values_say_so_and_html_is_escaped() -> None:
    changes = [
        Change(field="2032: <b>", before=None, after="1"),
        Change(field="2031: Median", before="2", after=None),
    ]
    notice = change_notice(BEFORE, AFTER, changes, YEAR, NOW)

    assert notice.title == "Official placement figures changed: batches 2032, 2031"
    assert notice.text == "2032: <b>: 1 (new)\n2031: Median: 2 (no longer shown)"
    assert notice.html == "<ul><li>2032: &lt;b&gt;: 1 (new)</li><li>2031: Median: 2 (no longer shown)</li></ul>"


def test_id_follows_from_the_contents_and_never_from_the_clock() -> None:
    first = change_notice(BEFORE, AFTER, CHANGES, YEAR, NOW)

    assert change_notice(BEFORE, AFTER, CHANGES, YEAR, after(days=1)).id == first.id
    assert change_notice(AFTER, BEFORE, CHANGES, YEAR, NOW).id != first.id


def test_page_that_goes_back_and_forth_gives_another_notice_each_time() -> None:
    again = BEFORE.model_copy(update={"taken_at": after(days=2)})

    assert change_notice(again, AFTER, CHANGES, YEAR, NOW).id != change_notice(BEFORE, AFTER, CHANGES, YEAR, NOW).id


def test_rewritten_page_gives_a_notice_of_bounded_length() -> None:
    changes = [Change(field=f"{2000 + at}: x", before=None, after="1") for at in range(100)]
    notice = change_notice(BEFORE, AFTER, changes, YEAR, NOW)

    assert len(notice.text.split("\n")) == LINES_SHOWN + 1
    assert notice.text.endswith("and 60 more")
    assert notice.title == "Official placement figures changed: batches 2000, 2001, 2002 and 97 more"
