"""What kind of message it is: weighted evidence in whole words, the title counting more, then the tie-breaks.

The words follow reference/mailbox.md, section 6.2. The words are in core/rules.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from placement_alerts.core.document import Text
from placement_alerts.core.extract.role_phrases import ROLE_NOUN
from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.rules import RULES

_K = NoticeKind
_ENOUGH = 2.5  # points below which no kind is likely, so that it is office news


@dataclass(frozen=True, slots=True)
class Findings:
    """What the extractors found, as far as it speaks for a kind.

    pay: a package or stipend is stated. apply_by: a deadline is stated. comes: an event is ahead.
    """

    students: int = 0
    roles: int = 0
    pay: bool = False
    apply_by: bool = False
    comes: bool = False
    eligibility: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for (or, with negative points, against) a kind. says: in words, with what the message says."""

    kind: NoticeKind
    points: float
    says: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The likeliest kind, the reasons, and why a person should look first (None: no need)."""

    kind: NoticeKind
    reasons: tuple[str, ...]
    held: str | None = None


_NEGATED = re.compile(r"\b(?:no|not|without|won.?t|cannot|never|any|further)\b(?: \w+){0,3} ?$", re.IGNORECASE)
_NEXT_STEP = re.compile(
    r"\b(?:shortlisted|short-listed|next round|next stage|round (?:\d|i+)|interviews? (?:on|at|today|tomorrow"
    r"|is|are|will|scheduled|starts?)|(?:online|written|coding) test (?:on|is)|appear (?:for|in)|qualified for"
    r"|cleared the|report(?:ing)?(?![^.;]{0,60}\b(?:for|to (?:collect|sign|receive))\b[^.;]{0,40}\b(?:offer|appointment"
    r"|joining) (?:letters?|formalities))|moving ahead|made it to"
    r"|to be interviewed|will be interviewed|slots?|selected for (?:the )?(?:gd|pi|oa|hr|technical|next|final"
    r"|coding|written|online"
    r"|group|personal|managerial)\b[^.]{0,30}(?:round|interviews?|test|discussion|assessment|gd|pi)?)\b",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"\b(?<!pre-)(?<!semi-)(?<!semi )(?:final(?:ly)? (?:results?|select\w*|list|offers?)|selected students"
    r"|selected candidates|stand"
    r" selected|been selected|getting selected|got selected|select list|ppos?|pre-placement offers?|declared"
    r" the results?|extend(?:ed)? (?:an|\d+|two|three|four|five) offers?|been offered|offers as below"
    r"|received (?:\w+ )?offers?|issued offers?|been given|have been placed|bagged"
    r"|finali[sz]ed the following|confirm\w*[^.]{0,20} selections? of)\b",
    re.IGNORECASE,
)
# what nobody says before the last round is over
_DECIDED = re.compile(
    r"\b(?:picked|chosen|hired|recruited|absorbed|taken|selected)\b(?! for\b)[^.;\n]{0,300}?[\s)]as"
    rf" (?:an? |its |their )?(?:\w{{1,20}}[ -]){{0,4}}{ROLE_NOUN}s?\b"
    r"|\b(?:picked|chosen|hired|recruited)\b[^.;\n]{0,200}?\bfor the (?:role|post|position|profile|designation) of\b"
    r"|\b(?:would like|wants?|wish(?:es)?|is happy|are happy|is pleased) to (?:have|take|hire|onboard|welcome|offer)\b"
    r"[^.;\n]{0,40}\b(?:following|below|these|both|two|three|four|five)\b(?![^.;\n]{0,60}\b(?:rounds?|interviews?|tests?)\b)"
    r"|\bfinal outcome\b|\boutcome of (?:the |your |our )?(?:\w+ ){0,3}(?:drive|process|visit|recruitment)\b"
    r"|\b(?:making|made|extending|releasing) (?:\w+ ){0,2}offers? to\b|\bfound suitable for\b"
    r"|\b(?:cracked|bagged|(?:got|get|been|gets) placed (?:in|at|with))\b(?! the (?:test|round|oa|gd))",
    re.IGNORECASE,
)
_OFFER_HEAD = re.compile(
    r"(?:offered|final|joining) (?:role|post|position|profile|designation|ctc|package|salary)\b.*"
    r"|(?:role|post|position|profile|designation|ctc|package|salary) offered\b.*",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(r"\b(?:last (?:year|season)|alumn\w+|seniors|in 20\d\d|candidates? for)\b", re.IGNORECASE)
_ROUND_AHEAD = re.compile(
    r"\b(?:(?:next|further|second|2nd|third|3rd|hr|technical|final|upcoming) (?:round|stage|step|level|interview)"
    r"|(?:interviews?|tests?|gd|discussion|assessment|pi|rounds?) (?:on|at|is|are|will|scheduled|today|tomorrow)"
    r"|slots?|interviews? slots?|interview schedule"
    r"|(?:appear|report) (?:for|in|at) (?:the |an? )?(?:\w+ ){0,2}(?:interviews?|test|gd|pi|round|discussion))\b",
    re.IGNORECASE,
)
_CALLED_ON = re.compile(
    r"\b(?:selected|picked|chosen) (?:students? |candidates? )?(?:for|to) (?:the |appear (?:for|in) )?(?:upcoming "
    r"|further )?(?:next|gd|pi|hr|technical"
    r"|tech|final|coding|written|online|group|personal|managerial|second|third|\d(?:nd|rd|th)"
    r"|(?:(?!(?:role|post|position|profile|internship|as|after|by|from|through|in|at|with|of|on|via)\b)[\w-]+ ){0,4}"
    r"(?:interviews?|rounds?|assessments?|tests?|discussions?|oa))\b"
    r"(?! (?:role|position|post|profile|engineer|developer|analyst))",
    re.IGNORECASE,
)
_ASKS_MONEY = re.compile(
    r"\bpay (?:a |the )?(?:refundable|security|registration|processing)\b[^.]{0,40}\b(?:deposit|fee|amount)"
    r"|\brefundable (?:security )?deposit",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    r"\b(?:unsubscribe|newsletter|manage preferences|discount|sale ends|signed up|upgrade to|\d+% off"
    r"|promotional|money back|enrol now|limited seats|weekly digest|job digest|buy now|coupon|subscribe)\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    r"\b(?:revised|revision|relaxed|changed|increased|decreased|reduced|lowered|raised|enhanced|corrected|brought down"
    r"|updated)\b[^.;\n]{0,40}?\bfrom\s[^.;\n]{0,8}\d[^;\n]{0,40}?\bto\b\W{0,3}(?:rs\.?|inr|₹)?\s?\d"
    r"(?![^\n]{0,80}\b(?:after|upon|on completion|on confirmation|post)\b)",
    re.IGNORECASE,
)
_IS_REVISED = re.compile(r"^\W*(?:revised|revision|corrigendum|amendment|correction|relaxation)\b", re.IGNORECASE)
_LIST_ELSEWHERE = re.compile(
    r"\b(?:attached|attachment|enclosed|pfa|(?:excel|google|this|the) sheet|xlsx?|csv|list)\b", re.IGNORECASE
)
_NUMBERED = re.compile(r"^\s*(?:clause\s*)?\d{1,2}(?:\.\d{1,2})?[.)]?\s", re.IGNORECASE)


def classify(text: Text, findings: Findings) -> Decision:
    """Return the likeliest kind of a message with the reasons, strongest first."""
    evidence = [*_from_words(text), *_from_findings(text, findings)]
    points: dict[NoticeKind, float] = defaultdict(float)
    for one in evidence:
        points[one.kind] += one.points
    for one in _tie_breaks(text, findings, points):
        points[one.kind] += one.points
        evidence.append(one)
    best = max(NoticeKind, key=lambda kind: points[kind])
    if points[best] < _ENOUGH:
        return Decision(_K.ANNOUNCEMENT, ("kind: announcement, because nothing speaks clearly for another kind",))
    return Decision(best, (_reason(best, evidence),), _why_held(best, findings))


def _from_words(text: Text) -> Iterable[Evidence]:
    start, rest = _parts(text)
    for rule in RULES:
        found = _affirmed(rule.pattern, text.title)
        if found and rule.in_title:
            yield Evidence(rule.kind, rule.in_title, f"the title says {found!r}")
        found = _affirmed(rule.pattern, start)
        if found and rule.in_body:
            yield Evidence(rule.kind, rule.in_body, f"the text says {found!r}")
        elif rule.in_body and (found := _affirmed(rule.pattern, rest)):
            yield Evidence(rule.kind, rule.in_body / 2, f"further down it says {found!r}")


def _parts(text: Text) -> tuple[str, str]:
    """Return the opening of the body, where a message says what it is for, and the rest."""
    body = text.body
    cut = min(len(body), max(500, len(body) // 4))
    return body[:cut], body[cut:]


def _affirmed(pattern: re.Pattern[str], text: str) -> str | None:
    for match in pattern.finditer(text):
        if not _NEGATED.search(text, max(0, match.start() - 25), match.start()):
            return match[0]
    return None


def _from_findings(text: Text, findings: Findings) -> Iterable[Evidence]:
    if findings.students:
        says = (
            f"{findings.students} enrollment numbers are listed"
            if findings.students > 1
            else "a student is named by number"
        )
        yield from (Evidence(kind, 3, says) for kind in (_K.SHORTLIST, _K.OFFER))
        yield Evidence(_K.INTERNSHIP_NOC, 1.5, says)
        yield from (Evidence(kind, -4, says) for kind in (_K.JOB_POSTING, _K.WEBINAR, _K.REMINDER))
        yield Evidence(_K.UPDATE, -3, says)
    else:
        yield from (Evidence(kind, -3, "no student is named") for kind in (_K.SHORTLIST, _K.OFFER))
        yield Evidence(_K.INTERNSHIP_NOC, -1, "no student is named")
        if findings.pay and (findings.apply_by or findings.eligibility):
            yield Evidence(_K.JOB_POSTING, 3, "a pay and a deadline or eligibility are stated")
        if findings.roles and findings.eligibility:
            yield Evidence(_K.JOB_POSTING, 2, "a post and who may apply are stated")
    if findings.comes and not findings.pay:
        yield Evidence(_K.WEBINAR, 0.5, "an event is ahead")
    if sum(1 for line in text.lines if _NUMBERED.match(line.text)) >= 3:
        yield Evidence(_K.POLICY, 1.5, "rules are numbered")


def _tie_breaks(text: Text, findings: Findings, points: dict[NoticeKind, float]) -> Iterable[Evidence]:
    """Yield what settles a contest of kinds (reference/mailbox.md, section 6.2)."""
    whole = f"{text.title}\n{text.body}"
    yield from _of_selections(text, whole, findings, points)
    if _ASKS_MONEY.search(whole) and not re.search(r"\b(?:beware|fake|fraud\w*)\b", whole, re.IGNORECASE):
        yield Evidence(_K.IRRELEVANT, max(points.values()) + 1, "it asks for money")
    if not findings.students and not _LIST_ELSEWHERE.search(whole):
        yield Evidence(_K.OFFER, -20, "nobody is named")
    promises = {match[0].lower() for match in _PROMOTION.finditer(whole)}
    if len(promises) >= 3 and not findings.students:
        yield Evidence(_K.IRRELEVANT, max(points.values()) + 1, f"it is promotion ({', '.join(sorted(promises)[:4])})")
    if (
        points[_K.HACKATHON] > _ENOUGH
        and points[_K.WEBINAR] > points[_K.HACKATHON]
        and re.search(r"\bprize|\bteams?\b", whole, re.IGNORECASE)
    ):
        yield Evidence(_K.HACKATHON, points[_K.WEBINAR] - points[_K.HACKATHON] + 1, "a prize or a team is spoken of")
    if (
        re.search(r"\bhiring (?:challenge|contest)\b", whole, re.IGNORECASE)
        and findings.pay
        and findings.roles
        and not findings.students
    ):
        yield Evidence(_K.JOB_POSTING, 3, "the challenge is for a post with a stated pay")
    if points[_K.UPDATE] > _ENOUGH and points[_K.UPDATE] >= points[_K.JOB_POSTING] - 3 and _announces_change(text):
        yield Evidence(_K.UPDATE, 3, "something announced before changes")
    if not findings.students and (changed := _FROM_TO.search(whole) or _IS_REVISED.search(text.title)):
        missing = max(0.0, points[_K.JOB_POSTING] - points[_K.UPDATE])
        yield Evidence(_K.UPDATE, missing + 3, f"a value that was announced changes ({changed[0]!r})")
    if (
        points[_K.REMINDER] > 5
        and not findings.students
        and points[_K.JOB_POSTING] - points[_K.REMINDER] < 4
        and not findings.eligibility
    ):
        yield Evidence(_K.REMINDER, 3, "it repeats what is known")


def _of_selections(text: Text, whole: str, findings: Findings, points: dict[NoticeKind, float]) -> Iterable[Evidence]:
    """Yield whether those who are named have an offer or are called to a round."""
    final, step = _FINAL.search(whole), _NEXT_STEP.search(whole) or _ROUND_AHEAD.search(whole)
    decided = _decided(text, whole) if findings.students else None
    if decided is not None:
        yield Evidence(_K.OFFER, _to_win(_K.OFFER, points), f"the choice is made ({decided[:60]!r})")
    elif findings.students and step and findings.comes and not _FINAL.search(text.title):
        yield Evidence(_K.SHORTLIST, 3, f"a next step is ahead ({step[0]!r})")
        yield Evidence(_K.OFFER, -3, "a next step is ahead")
    elif findings.students and final:
        yield Evidence(_K.OFFER, 3, f"the selection is final ({final[0]!r})")
        yield Evidence(_K.UPDATE, -3, "the selection is final")
    if findings.students and decided is None and _CALLED_ON.search(f"{text.title}\n{text.body[:600]}"):
        lead = points[_K.OFFER] - points[_K.SHORTLIST]
        yield Evidence(_K.SHORTLIST, max(6, lead - 5), "the selection is for a next round")  # it settles the contest
        yield Evidence(_K.OFFER, -6, "the selection is for a next round")


def _decided(text: Text, whole: str) -> str | None:
    """Return the words that only a final result has; None without them, or if a round is ahead."""
    if _ROUND_AHEAD.search(whole):
        return None
    columns = (cell for line in text.lines if len(line.cells) > 2 for cell in line.cells)
    found = _DECIDED.search(whole) or next(filter(None, map(_OFFER_HEAD.fullmatch, columns)), None)
    return found[0] if found and not _LONG_AGO.search(found[0]) else None


def _to_win(kind: NoticeKind, points: dict[NoticeKind, float]) -> float:
    """Return the points that put `kind` ahead of the others that name students, at least three."""
    rivals = (_K.SHORTLIST, _K.JOB_POSTING, _K.ANNOUNCEMENT)
    return max(3.0, max(points[rival] for rival in rivals) - points[kind] + 3)


def _announces_change(text: Text) -> bool:
    change = next(rule.pattern for rule in RULES if rule.kind is _K.UPDATE)
    return _affirmed(change, f"{text.title}. {text.body[:300]}") is not None


def _reason(kind: NoticeKind, evidence: Iterable[Evidence]) -> str:
    mine = sorted((one for one in evidence if one.kind is kind and one.points > 0), key=lambda one: -one.points)
    return f"kind: {kind}, because " + " and ".join(dict.fromkeys(one.says for one in mine[:3]))


def _why_held(kind: NoticeKind, findings: Findings) -> str | None:
    """Return why the evidence is contradictory or incomplete (reference/mailbox.md, sections 5 to 7)."""
    if kind is _K.OFFER and not findings.students:
        return "it claims final selections, but names no student"
    if kind is _K.OFFER and not findings.pay:
        return "it claims final selections, but states no package"
    if kind is _K.SHORTLIST and not findings.students:
        return "it speaks of a list, but names no student"
    if kind is _K.INTERNSHIP_NOC and not findings.students:
        return "it speaks of certificates, but names no student"
    return None
