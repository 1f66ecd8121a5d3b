"""Whether a mail is something that a student should not be sent: mail of machines, promotion, letters to the office.

Portal notices are written by the office and are never asked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from placement_alerts.core.document import Text

_OPENING = 1_500  # characters in which a mail says what it is

_MACHINE = (
    (
        "it is about an account",
        re.compile(
            r"\bsecurity alert|\bpassword (?:was |has been |will )?(?:changed|reset|expired?|expires?)|\bnew sign-?in\b"
            r"|\brecover your account|\bsuspicious (?:activity|sign-?in|login)|\blogin attempt"
            r"|\bunusual (?:activity|sign)"
            r"|\bverification code|\bone[- ]time password|\b(?:is|your) (?:the )?otp\b|\botp for\b"
            r"|\btwo-?(?:step|factor)"
            r"|\bstorage (?:is )?(?:almost |nearly )?full|\bverify your (?:e-?mail|account)"
            r"|\bconfirm your (?:e-?mail|account)",
            re.IGNORECASE,
        ),
    ),
    (
        "it acknowledges a form or a booking",
        re.compile(
            r"\bthanks for filling (?:out|in)\b|\bhere.s what was received|\byour response has been recorded|\byour"
            r" (?:booking|ticket|reservation|seat)\b.{0,40}\b(?:confirmed|booked|number|details)|\bpnr\b",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
    (
        "a mail program wrote it",
        re.compile(
            r"\bdelivery status notification|\bundeliver(?:able|ed)\b|\baddress not found"
            r"|\bmail delivery (?:failed|subsystem)"
            r"|\bwasn.t delivered|\breturned to sender|^(?:out of office|automatic reply|auto(?:matic)?[- ]?reply)\b"
            r"|\bi am (?:currently )?(?:out of (?:the )?office|on leave) (?:from|till|until"
            r"|and)\b.{0,120}\b(?:return|respond"
            r"|access|contact)",
            re.IGNORECASE | re.MULTILINE | re.DOTALL,
        ),
    ),
    (
        "it answers an invitation or tells of a shared file",
        re.compile(
            r"^(?:accepted|declined|tentative(?:ly accepted)?): |\bhas (?:accepted|declined) (?:this|your"
            r"|the) invitation"
            r"|\b(?:has )?shared (?:a|an|the) (?:document|folder|file|item|spreadsheet|sheet|presentation) with you"
            r"|\brequests? access to\b|\bshared [\"“\'].{1,80} with you|\binvited you to (?:view|edit"
            r"|comment|collaborate)|\bmentioned you in\b|\bcommented on\b|\bassigned you\b",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "it is about a payment or an order",
        re.compile(
            r"\b(?:debited|credited) (?:from|to|with|by)\b|\btransaction of\b|\byour (?:order|parcel"
            r"|shipment|subscription"
            r"|invoice|receipt|statement|bill)\b|\bpayment (?:of .{1,30} )?(?:was |is )?(?:received"
            r"|successful|failed|due)",
            re.IGNORECASE,
        ),
    ),
)
_SELLS = re.compile(
    r"\b(?:newsletter|weekly digest|job digest|job alerts?|jobs? for you|new jobs|recommended jobs"
    r"|see all jobs|view all jobs"
    r"|manage preferences|you signed up|signed up|coupon|promo code|discount|\d{1,3} ?% off|flat \d+ ?%|sale ends"
    r"|offer ends|limited (?:period|time) offer|limited seats|(?:seats|spots|slots) (?:left|remaining"
    r"|filling)|enrol now"
    r"|enroll now|buy now|upgrade to|money[- ]back|placement (?:guarantee|assistance)|job guarantee|guaranteed"
    r" (?:job|placement)|hiring partners|our learners|free (?:trial|masterclass|demo)|emi (?:starts"
    r"|options?)|early bird"
    r"|become an? [\w ]{3,40} in \d+ (?:weeks|months|days)|average (?:ctc|package|salary)|reserve (?:my"
    r"|your) (?:seat|spot)"
    r"|book (?:my|your) (?:seat|slot)|promotional mail|subscribe|unsubscribe"
    r"|pre-?approved|(?:personal |home |instant |car |gold )?loans?|credit (?:cards?|score|limit)|debit card|insurance"
    r" (?:plan|cover|policy)|interest rates?|instant (?:approval|disbursal|cash)|no[- ]cost emi|cashback|reward points"
    r"|claim (?:your|now)|lucky (?:draw|winner)|free gift|shop now|(?:dear|valued) (?:customer|member|user|subscriber"
    r"|shopper))\b",
    re.IGNORECASE,
)
# what an officer asks somebody of the house to see to
_ERRAND = re.compile(
    r"\b(?:lunch|dinner|breakfast|tea|snacks|refreshments?|catering|cabs?|taxi|vehicle|driver|bills?"
    r"|vouchers?|invoices?"
    r"|reimburse\w*|advance|guest[- ]?house|gate pass(?:es)?|parking|pick-?up|airport|railway station|bouquets?"
    r"|mementos?|banners?|standee|projector|stationery|purchase|quotation|water bottles|room keys?|housekeeping"
    r"|electrician)\b",
    re.IGNORECASE,
)
_ARRANGE = re.compile(
    r"\b(?:arrange|book|send me|raised?|process|put up|prepare|order|reserve|sanction|provide|make arrangements?"
    r"|keep ready|forward me|clear)\b",
    re.IGNORECASE,
)
_TO_STUDENTS = re.compile(r"\bstudents? (?:are|must|should|will|can|may)\b|\b(?:dear|all) students?\b", re.IGNORECASE)
_TO_THE_OFFICE = re.compile(
    r"^\W{0,3}(?:(?:dear|respected|hello|hi|good \w+),? )?(?:sir|ma.?am|madam|mam|sir ?/ ?ma.?am|sir or madam|team|tpo"
    r"|prof\w*\.? \w+|dr\.? \w+|mr\.? \w+|ms\.? \w+|mrs\.? \w+)\b",
    re.IGNORECASE | re.MULTILINE,
)
_I = re.compile(
    r"\bI (?:am|was|have|had|would|will|shall|could|can|cannot|request|wish|want|got|did|missed|applied"
    r"|forgot|cleared|gave|attended|appeared|submitted|filled|completed)\b|\bI.m\b"
    r"|\bmy (?:name|roll|enrol\w*|resume|cv|application|interview|offer|result|branch|registration|profile"
    r"|health|family"
    r"|attendance|number|college|cgpa)\b"
    r"|\b(?:allow|consider|excuse|permit|grant|add|help|guide|inform|let) (?:me|my)\b|\byours (?:sincerely|faithfully"
    r"|obediently)\b",
    re.IGNORECASE,
)
_WE = re.compile(
    r"\bwe (?:are|have|would|wish|will|want|invite|plan|at)\b|\bour (?:company|team|organi[sz]ation|office|client)\b"
    r"|\bdear (?:all|students?|candidates?|everyone)\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(?:t&p|tpo|tnp|t and p|cdc|training (?:and|&) placement|placement (?:cell|office|department|drive|portal|season"
    r"|team|committee|registration|coordinators?)|career development|coordinators?|compan(?:y|ies)|drives?|interviews?"
    r"|internships?|resumes?|cvs?|regist(?:er|ration)|appl(?:y|ication)|forms?|students?|b\.?tech|m\.?tech|mca|batch|notice"
    r"|circular|hod|department|college|campus|webinar|workshop|session|seminar|hackathon|holiday|attendance|venue|policy"
    r"|noc|offers?|shortlist\w*|candidates?|recruit\w*|hiring|stipend|ctc|lpa|eligib\w+|auditorium|faculty|semester|talks?|lectures?|ppts?|applicants?|placements?|tests?|rounds?|slots?|reporting|oa|assessments?|ppos?|selected|training)\b",
    re.IGNORECASE,
)
_TO_MANY = re.compile(
    r"^\W{0,3}(?:dear|hi|hello|hey|greetings)\b[^\n]{0,40}\b(?:all|students?|everyone|candidates?|batch|folks|guys|girls"
    r"|coders|friends|juniors|seniors|sir|team|engineers)\b",
    re.IGNORECASE | re.MULTILINE,
)
_OFFICE_SENDER = re.compile(
    r"\b(?:placecom|alumni|t ?& ?p|tnp|tpo|tpc|tpr|spo|cdc|cdpc|ccpd|placements?|training|cell|office|dean"
    r"|hod|head|prof"
    r"|dr|co-?ordinators?"
    r"|registrar|director|principal|officer|desk|campus|hr|recruit\w*|careers?|talent|hiring|corporate|relations|department"
    r"|dept|centre|center|club|cell|association|committee|institute|college|university|team)\b",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"no-?reply|do-?not-?reply|mailer|notification|receipts|digest|newsletter|alerts?@"
    r"|offers?@",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\bthank(?:s|ing| you)\b|\bthnx\b|\bthx\b|\bnoted\b|\bok(?:ay)?\b|\bsure\b|\bgot it\b|\bgrateful\b|\bmeans a lot\b"
    r"|\bcongrat\w*|\bwell done\b|\bi (?:will|shall|have|am|was|can|could|did)\b|\bi.(?:m|ll|ve)\b|\bmy\b|\bme\b"
    r"|\bdhanyawad\b|\bshukriya\b|\backnowledged?\b|\bplease (?:confirm|clarify|check)\b",
    re.IGNORECASE,
)
_SAYS_MORE = re.compile(
    r"https?://|www\.|\d{5}|\d[:./-]\d|\d\s?[ap]\.?m\b|\d(?:st|nd|rd|th)?\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|\b(?:tomorrow|today)\b|\b(?:dear|hi|hello) (?:all|students?|everyone|candidates?)\b|\ball (?:the )?students\b"
    r"|\bstudents (?:are|should|must|who)\b|\bvenue\b|\b(?:changed|extended|postponed|rescheduled|cancelled|revised)\b",
    re.IGNORECASE,
)
_LONGEST_ANSWER = 700  # characters
_MANY_OFFICE_WORDS = 7  # different ones; a machine's mail can hold some of them
_FEW_OFFICE_WORDS = 3  # different ones; a mail with fewer that is addressed to nobody in particular is private
_PROMISES = 3  # different phrases of promotion
_ERRANDS = 3  # different things to see to


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a mail beside its text. bulk: sent in bulk by no known list. footer: its small print.

    has_list: a mailing list brought it. own_words: its writer says something beside what is quoted or forwarded.
    is_answer: it answers another mail. senders: (name, name in the domain of the address) of those who wrote it.
    address: of the outermost sender. to: whom it was written to, as the header block of a forwarded mail says.
    """

    bulk: bool = False
    footer: str = ""
    has_list: bool = False
    own_words: bool = True
    is_answer: bool = False
    senders: tuple[tuple[str | None, str | None], ...] = ()
    address: str = ""
    to: str = ""


def not_for_students(text: Text, around: Surroundings, students: int, *, is_concrete: bool = False) -> str | None:
    """Return why a mail is nothing for students, None if it may be.

    students: how many it lists. is_concrete: it names a company, a pay or a page to go to.
    """
    opening = f"{text.title}\n{text.body[:_OPENING]}"
    words = _different(_OFFICE, opening)
    if around.is_answer and not around.own_words:
        return "it answers a mail without saying anything"
    if around.is_answer and not students and _is_only_answer(text.body):
        return "somebody answers a mail personally"
    is_robot = _ROBOT.search(around.address) is not None
    if not around.has_list and students < 2 and len(words) < (_MANY_OFFICE_WORDS if is_robot else _PROMISES):
        for reason, pattern in _MACHINE:
            if match := pattern.search(opening):
                return f"{reason} ({' '.join(match[0].split())[:40]!r})"
    if not students and not around.has_list and _sells(text, around):
        return f"it is promotion ({', '.join(sorted(_promises(text, around))[:4])})"
    if students <= 1 and _is_letter(opening):
        return "somebody writes to the office in an own matter"
    if not students and not around.has_list and _is_errand(opening):
        return "it asks somebody of the house to arrange something"
    is_office = any(_OFFICE_SENDER.search(name) for name, _ in around.senders if name)
    if not (
        around.has_list
        or students
        or is_office
        or is_concrete
        or len(words) >= _FEW_OFFICE_WORDS
        or _TO_MANY.search(opening)
    ):
        return "it is addressed to nobody in particular and says nothing of the office's matters"
    return None


def _is_only_answer(body: str) -> bool:
    """Whether the own words of an answer are thanks or a personal matter; its subject is the other mail's."""
    if len(body) > _LONGEST_ANSWER or _SAYS_MORE.search(body):
        return False
    return _ANSWERS.search(body) is not None or _TO_THE_OFFICE.match(body.lstrip()) is not None


def _sells(text: Text, around: Surroundings) -> bool:
    promises = _promises(text, around)
    to_many = _TO_MANY.search(text.body[:200]) is not None
    return len(promises) + 2 * around.bulk >= _PROMISES + to_many and bool(promises)


def _promises(text: Text, around: Surroundings) -> set[str]:
    return _different(_SELLS, f"{text.title}\n{text.body[:6_000]}\n{around.footer}")


def _is_letter(opening: str) -> bool:
    if not _TO_THE_OFFICE.search(opening[:400]) or _WE.search(opening):
        return False
    return len(_different(_I, opening)) >= 2


def _is_errand(opening: str) -> bool:
    if not _ARRANGE.search(opening) or any(to.search(opening) for to in (_TO_MANY, _TO_STUDENTS, _WE)):
        return False
    return len(_different(_ERRAND, opening)) >= _ERRANDS


def _different(pattern: re.Pattern[str], text: str) -> set[str]:
    return set(_lowered(match[0] for match in pattern.finditer(text)))


def _lowered(words: Iterable[str]) -> list[str]:
    return [" ".join(word.lower().split()) for word in words]
