import pytest

from placement_alerts.core.classify import Findings, classify
from placement_alerts.core.html import from_html
from placement_alerts.core.notice import NoticeKind

JOB = Findings(roles=1, pay=True, apply_by=True, eligibility=True)
ROWS = Findings(students=3)


@pytest.mark.parametrize(
    ("title", "html", "findings", "kind"),
    [
        ("Open for applications - Acme", "<p>Apply by Friday.</p>", JOB, "job_posting"),
        ("Acme is hiring", "<p>Dates will not be extended.</p>", JOB, "job_posting"),
        ("Hiring challenge - Acme", "<p>Take the hiring challenge.</p>", JOB, "job_posting"),
        ("Acme: last date extended", "<p>It is extended till Monday.</p>", Findings(apply_by=True), "update"),
        ("Corrigendum", "<p>CTC be read as 5 in place of 6.</p>", Findings(pay=True), "update"),
        ("Reminder: Acme form", "<p>This is to remind you to apply.</p>", Findings(apply_by=True), "reminder"),
        ("Acme CTC", "<p>CTC is 7 LPA and not 6 LPA as mentioned.</p>", Findings(pay=True), "update"),
        ("Session on resumes", "<p>CDC holds it on Friday.</p>", Findings(comes=True), "webinar"),
        ("Acme", "<p>Both have cracked Acme.</p>", Findings(students=2, pay=True), "offer"),
        ("acme bharo!!", "<p>pehle wale mail mein details hain</p>", Findings(apply_by=True), "reminder"),
        ("Acme closing today", "<p>Last chance to apply.</p>", Findings(apply_by=True), "reminder"),
        ("Acme - Round 2", "<p>Shortlisted for the interview.</p>", Findings(students=3, comes=True), "shortlist"),
        (
            "Congratulations! Acme",
            "<p>Shortlisted; the next round is on.</p>",
            Findings(students=2, comes=True),
            "shortlist",
        ),
        (
            "Acme",
            "<p>Selected for the Video Interview Round:</p>",
            Findings(students=3, pay=True, comes=True),
            "shortlist",
        ),
        (
            "Acme internship",
            "<p>Acme has confirmed the selection of A and B. Report tomorrow for the offer letter.</p>",
            Findings(students=2, pay=True),
            "offer",
        ),
        ("Acme - Final Result", "<p>Finally selected:</p>", Findings(students=3, pay=True), "offer"),
        ("Acme revised final list", "<p>selected students</p>", Findings(students=3, pay=True), "offer"),
        ("Results of the season", "<p>Students have been placed in many companies.</p>", Findings(), "announcement"),
        ("NOC issued", "<p>No Objection Certificate for internship</p>", ROWS, "internship_noc"),
        ("Webinar on AI", "<p>Join the session. Speaker: A. Rao</p>", Findings(comes=True), "webinar"),
        ("Acme Hackathon", "<p>Team size 3, prize pool Rs 1 lakh.</p>", Findings(comes=True), "hackathon"),
        (
            "Workshop and contest",
            "<p>Webinar, workshop, guest lecture. Hackathon with prizes for teams.</p>",
            Findings(),
            "hackathon",
        ),
        ("Placement policy 2027", "<p>1. One</p><p>2. Two</p><p>3. Three</p>", Findings(), "policy"),
        ("Office hours", "<p>The office is closed on Friday.</p>", Findings(), "announcement"),
        ("Hello", "", Findings(), "announcement"),
        ("Beware of fake calls", "<p>Nobody may ask you to pay a registration fee.</p>", Findings(), "announcement"),
        ("You are SELECTED", "<p>Pay a refundable security deposit.</p>", Findings(), "irrelevant"),
        ("15 companies hiring", "<p>newsletter, unsubscribe, sale ends soon, 60% off</p>", JOB, "irrelevant"),
        ("Security alert", "<p>A new sign-in.</p>", Findings(), "irrelevant"),
    ],
)
def test_kind_is_what_the_message_is_for(title: str, html: str, findings: Findings, kind: str) -> None:
    assert classify(from_html(title, html), findings).kind == NoticeKind(kind)


@pytest.mark.parametrize(
    ("title", "findings", "held"),
    [
        ("Acme - Final Result, list attached", Findings(), "it claims final selections, but names no student"),
        ("Acme - Final Result", Findings(students=2), "it claims final selections, but states no package"),
        ("Acme - Final Result", Findings(students=2, pay=True), None),
        ("Acme - Shortlisted candidates for round 2", Findings(), "it speaks of a list, but names no student"),
        ("NOC issued for internship", Findings(), "it speaks of certificates, but names no student"),
    ],
)
def test_incomplete_evidence_is_held(title: str, findings: Findings, held: str | None) -> None:
    assert classify(from_html(title, ""), findings).held == held


def test_reasons_quote_the_evidence() -> None:
    decision = classify(from_html("Acme - Shortlist", "<p>Round 2</p>"), Findings(students=1, comes=True))

    assert decision.reasons[0].startswith("kind: shortlist, because the title says 'Shortlist'")


def test_word_far_down_counts_less() -> None:
    padding = "<p>" + "word " * 400 + "</p>"

    decision = classify(from_html("Hello", f"{padding}<p>webinar</p>"), Findings())

    assert decision.kind is NoticeKind.ANNOUNCEMENT


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("Acme campus drive", "<p>Apply now. CGPA criteria relaxed from 7 to 6.5.</p>"),
        ("Acme hiring", "<p>Apply now. The stipend is revised from Rs 15,000 to Rs 20,000.</p>"),
        ("REVISED || Acme || Eligibility", "<p>Registrations are open, apply by Friday.</p>"),
    ],
)
def test_changed_value_outweighs_a_posting(title: str, html: str) -> None:
    assert classify(from_html(title, html), JOB).kind is NoticeKind.UPDATE


def test_raise_after_a_year_is_part_of_a_posting() -> None:
    html = "<p>Apply now. CTC is revised from 4 LPA to 6 LPA after one year.</p>"

    assert classify(from_html("Acme hiring", html), JOB).kind is NoticeKind.JOB_POSTING


def test_request_to_fill_a_form_does_not_make_a_posting_a_reminder() -> None:
    html = "<p>Acme aa rahi hai. Any branch, off-campus. Form jaldi karo, bhar dena.</p>"

    assert classify(from_html("Acme aa rahi hai - form bhar do", html), JOB).kind is NoticeKind.JOB_POSTING


@pytest.mark.parametrize(
    "html",
    [
        "<p>Acme has picked Asha Rao (23102047) and Ben Dey (23102048) as Intern.</p><p>Report on 1 June 2026.</p>",
        "<p>Acme would like to have the following two as interns from 5 January.</p>",
        "<p>Acme has chosen Asha Rao (23102047) for the role of Analyst.</p><p>Report on 1 June 2026.</p>",
        "<p>Final outcome of the Acme drive. Cy Roy was not selected for the next list.</p>",
        "<table><tr><td>Name</td><td>Enrollment</td><td>Offered role</td></tr></table>",
        "<p>Asha Rao (23102047) and Ben Dey (23102048) got placed in Acme</p>",
    ],
)
def test_words_of_a_choice_that_is_made_are_an_offer(html: str) -> None:
    assert classify(from_html("Acme", html), Findings(students=2, comes=True, pay=True)).kind is NoticeKind.OFFER


@pytest.mark.parametrize(
    "html",
    [
        "<p>Acme has picked Asha Rao (23102047) and Ben Dey (23102048) as Design Intern. HR round on 3 June.</p>",
        "<p>Acme has chosen these as Data Analyst candidates, with slots: Asha Rao (23102047) 14 March</p>",
        "<p>Picked for the HR round of Acme as Intern: Asha Rao (23102047)</p><p>HR round: 3 June, 10 AM</p>",
    ],
)
def test_choice_for_a_round_ahead_is_a_shortlist(html: str) -> None:
    assert classify(from_html("Acme", html), Findings(students=2, comes=True)).kind is NoticeKind.SHORTLIST


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<p>The following norms come into force.</p><p>1. A</p><p>2. B shall be debarred</p><p>3. C</p>", "policy"),
        ("<p>Second nudge: 40 of us have not attempted the test. It is open.</p>", "reminder"),
    ],
)
def test_norms_and_nudges_are_known_by_their_words(html: str, kind: str) -> None:
    assert classify(from_html("Placement matters", html), Findings()).kind == kind
