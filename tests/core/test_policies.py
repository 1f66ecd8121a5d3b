import re

import pytest

from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.policies import MAX_LINES, next_version, notice_of, title_of, what_changed
from placement_alerts.core.policy import Policy
from tests.builders import NOW, YEAR, a_mail, a_policy, after, understood_mail

TEXT = (
    "1. REGISTRATION\n1.1 It is voluntary.\n2. OFFERS\n2.1 One offer each.\n2.2 A PPO is an offer.\nMore rules follow."
)


def version_of(
    text: str, current: Policy | None = None, title: str = "Placement policy 2027", days: int = 1
) -> Policy | None:
    understood = understood_mail(text=text, title=title, graduating_year=2027, sent_at=after(days=days))
    return next_version(a_mail("<p@example.org>", subject="Fwd: Policy"), understood, current, NOW)


def test_the_first_mail_of_a_year_makes_version_1_with_a_table_of_contents() -> None:
    policy = version_of(TEXT)

    assert policy is not None
    assert (policy.year, policy.version, policy.title, policy.subject) == (
        2027, 1, "Placement policy 2027", "Fwd: Policy",
    )  # fmt: skip
    assert [entry.id for entry in policy.toc] == ["1-registration", "2-offers"]
    assert policy.updated_on == (after(days=1),)


def test_a_later_mail_replaces_the_content_and_adds_its_date() -> None:
    policy = version_of(TEXT, a_policy(3, year=2027))

    assert policy is not None
    assert (policy.version, policy.updated_on) == (4, (NOW, after(days=1)))
    assert "One offer each." in policy.content
    assert "## Rules" not in policy.content


def test_a_mail_that_says_what_the_policy_says_makes_no_version() -> None:
    first = version_of(TEXT)

    assert version_of(TEXT.replace("REGISTRATION", "Registration :"), first) is None


def test_a_mail_that_is_older_than_the_policy_in_force_makes_no_version() -> None:
    first = version_of(TEXT, days=2)

    assert version_of("1. Everything was different.", first, days=1) is None


def test_a_mail_that_only_amends_stands_below_what_it_amends() -> None:
    first = version_of(TEXT)
    assert first is not None

    second = version_of("Clause 2.1 – offers\nTwo offers each.", first, title="Amendments in the placement policy")

    assert second is not None
    assert second.title == "Placement policy 2027"
    assert second.content.startswith(first.content)
    assert [(entry.text, entry.level) for entry in second.toc[2:]] == [
        ("Amendments of November 11, 2025", 2),
        ("Clause 2.1 – offers", 3),
    ]


def test_an_amended_policy_that_is_whole_replaces_the_content() -> None:
    first = version_of(TEXT)
    assert first is not None

    second = version_of(TEXT.replace("One", "Two"), first, title="Amended placement policy 2027")

    assert second is not None
    assert "One offer" not in second.content


def test_without_a_graduating_year_there_is_no_version() -> None:
    with pytest.raises(ValueError, match="graduating year"):
        next_version(a_mail(), understood_mail(), None, NOW)


@pytest.mark.parametrize(
    ("before", "after_", "line"),
    [
        ("- 2.1 One offer.", "- 2.1 Two offers.", "2. Offers: “2.1 One offer.” → “2.1 Two offers.”"),
        ("a", "a\n\nb\n\nc", "2. Offers: added “b” and 1 more"),
        ("a\n\nb", "a", "2. Offers: removed “b”"),
        ("a", "see https://x.example/a or tnp@x.example", "2. Offers: “a” → “see … or …"),
        ("a", "x" * 200, f"2. Offers: “a” → “{'x' * 159}…”"),
    ],
)
def test_a_change_in_a_section_is_said_in_one_line(before: str, after_: str, line: str) -> None:
    old, new = a_policy(1, content=f"## 1. Offers\n\n{before}"), a_policy(2, content=f"## 2. Offers\n\n{after_}")

    assert what_changed(old, new) == (line,)


def test_new_and_removed_sections_are_named_and_moved_ones_are_not() -> None:
    old = a_policy(1, content="Hello\n\n## 1. A\n\nx\n\n## 2. B\n\ny\n\n## Same\n\nz\n\n## Same\n\nq")
    new = a_policy(2, content="Hello\n\n## 1. C\n\nDear all,\n\nw\n\n## 2. A\n\nx\n\n## Same\n\nz\n\n## Same\n\nq")

    assert what_changed(old, new) == ("New: 1. C: “w”", "Removed: 2. B")


def test_many_changes_are_counted() -> None:
    new = a_policy(2, content="\n\n".join(f"## Part {chr(97 + number)}" for number in range(20)))

    lines = what_changed(a_policy(1, content=""), new)

    assert len(lines) == MAX_LINES + 1
    assert lines[-1] == "and 5 more"


def test_the_notice_of_a_first_version_names_its_parts() -> None:
    policy = version_of("PLACEMENT POLICY 2027\nThese are the rules.\n" + TEXT)
    assert policy is not None

    notice = notice_of(policy, None, understood_mail(title="The policy", graduating_year=2027), YEAR, NOW)

    assert notice.text.splitlines() == [
        "The placement policy for the batch of 2027 was published.",
        "• 1. REGISTRATION",
        "• 2. OFFERS",
    ]
    assert (notice.title, notice.facts.kind, notice.year, notice.revision) == (
        "The policy", NoticeKind.POLICY, YEAR, 1,
    )  # fmt: skip


def test_the_notice_of_a_version_says_what_changed_without_links() -> None:
    old = a_policy(1, content="## A\n\nx")
    new = a_policy(2, content="## A\n\n<b>tnp@x.example</b> www.x.example")

    notice = notice_of(new, old, understood_mail(title="Policy <2>", graduating_year=2026), YEAR, NOW)

    assert notice.text.splitlines()[0] == "The placement policy for the batch of 2026 changed; this is version 2."
    assert not re.search("@|www|<", notice.text)
    assert notice.html.count("<li>") == 1
    assert notice.facts.links == ()


def test_the_notices_id_follows_from_the_mail() -> None:
    one, other = a_policy(1), a_policy(1, mail_id="<other@example.org>")
    understood = understood_mail(graduating_year=2026)

    assert notice_of(one, None, understood, YEAR, NOW).id == notice_of(one, one, understood, YEAR, after(days=1)).id
    assert notice_of(one, None, understood, YEAR, NOW).id != notice_of(other, None, understood, YEAR, NOW).id


def test_a_mail_without_title_gets_one() -> None:
    assert title_of(understood_mail(title=" ", graduating_year=2027)) == "Placement policy 2027"
