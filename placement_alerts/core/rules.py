"""The words that speak for each kind of message: the rule set of core/classify.py.

Further down in a body a rule gives half of its points.
"""

import re
from dataclasses import dataclass

from placement_alerts.core.notice import NoticeKind

_K = NoticeKind


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that speak for a kind, with the points they give in the title and at the start of the body."""

    kind: NoticeKind
    in_title: float
    in_body: float
    pattern: re.Pattern[str]


def _rule(kind: NoticeKind, in_title: float, in_body: float, pattern: str) -> Rule:
    return Rule(kind, in_title, in_body, re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE))


RULES = (
    _rule(_K.INTERNSHIP_NOC, 6, 3, r"nocs?|no[ -]objection certificates?"),
    _rule(
        _K.POLICY,
        6,
        2,
        r"(?:training (?:&|and) )?placement policy|amendments? (?:in|to) the (?:\w+ ){0,4}policy|policy for"
        r" placements?|placement (?:rules|norms|regulations)|(?:rules|norms|guidelines|regulations) (?:for|of|on)"
        r" (?:campus )?placements?|(?:rules|norms|regulations)\b[^.;\n]{0,40}\bcom(?:e|es|ing) into (?:force|effect)",
    ),
    _rule(
        _K.POLICY,
        2,
        1.5,
        r"(?:shall|will) be (?:debarred|barred|deregistered|fined|blacklisted)|attracts? (?:a )?(?:fine|penalty)"
        r"|with immediate effect|one student,? one (?:job|offer)",
    ),
    _rule(
        _K.HACKATHON,
        5,
        2.5,
        r"\w*hackathons?|hack(?!er(?:s?\b|rank|earth))(?!ing\b)\w{3,}|ideathons?|datathons?|codeathons?"
        r"|code[ -]?sprint|coding (?:contest|competition|challenge)"
        r"|design challenge|case (?:study )?competition|hack (?:the|for)"
        r" \w+|\w+hacks|buildathon|makeathon|innovation challenge|code (?:fest|wars)|ctf",
    ),
    _rule(
        _K.HACKATHON,
        2,
        1,
        r"prize pool|prizes?|team size|teams? of|themes?|problem statements?|teams? up to|\d+[ -]?hours? hackathon",
    ),
    _rule(_K.HACKATHON, 1.5, 1, r"hiring challenge|hiring contest"),
    _rule(
        _K.WEBINAR,
        5,
        2.5,
        r"webinars?|tech(?:nical)? talks?|expert (?:talk|session|lecture)s?|guest (?:lecture|talk|session"
        r"|webinar)s?|master-?class(?:es)?|info(?:rmation)?[ -]sessions?|pre[ -]placement talks?|workshops?"
        r"|seminars?(?! (?:hall|room|block))|(?:live|online)(?: online)? sessions?|tech sessions?"
        r"|virtual sessions?|campus"
        r" connect|alumni (?:talk|speak|session|interaction)s?|panel discussions?|fireside"
        r" chat|ama session|knowledge session"
        r"|awareness (?:session|programme|program)|boot ?camp|industry (?:talk|session)"
        r"|interactive session|career talk|know your company",
    ),
    _rule(_K.WEBINAR, 4, 1, r"sessions? on"),
    _rule(_K.WEBINAR, 2.5, 0.7, r"ppts?|talk|lecture|speakers?"),
    _rule(
        _K.UPDATE,
        6,
        3.5,
        r"extended(?! (?:\w+ ){0,2}offers?\b)|extension|postponed|preponed|re-?scheduled|corrigend\w+"
        r"|addendum|erratum|changes? (?:of|in)(?:"
        r" the)? (?:\w+ ){0,2}(?:venue|date|time|schedule|timings?|package|location|room|mode|ctc|role|process)"
        r"|(?:venue|time|date|schedule|room|timing) changed?"
        r"|new (?:venue|date|time|schedule)|revised (?:schedule|date|time|venue|deadline|ctc"
        r"|package|stipend)|cancell?ed|cancellation|postponement|called off|correction|deferred|re-?opened|deadline"
        r" moved|moved to|shifted to|rectification|put on hold",
    ),
    _rule(
        _K.UPDATE,
        5,
        1.5,
        r"updates?(?: (?:in|on|regarding|about|to))?|revised|revision|modified|amended|clarification|changed|added"
        r"|removed|discontinued",
    ),
    _rule(
        _K.UPDATE,
        2,
        2.5,
        r"(?:be|please) read as|and not [^.;]{1,25} as (?:mentioned|stated|told|informed|announced|circulated|written)"
        r"|as (?:earlier|previously|wrongly|incorrectly) (?:mentioned|stated|informed|announced)|by mistake|misprint"
        r"|typo(?:graphical)?|in place of|instead of|stands? (?:cancelled|postponed|rescheduled|revised|changed)"
        r"|(?:is|are|has been|have been|stands) (?:revised|changed|shifted|moved|extended|corrected|increased"
        r"|reduced|advanced|withdrawn)"
        r"|has been added|also allowed|in continuation (?:to|of)|now be (?:held|conducted)"
        r"|regretted|(?:earlier|previous) (?:deadline|date|venue|time|schedule)|(?:will|shall) now|not"
        r" be held|will not visit|remains? (?:the )?(?:same|unchanged)",
    ),
    _rule(
        _K.REMINDER,
        6,
        3,
        r"(?:gentle |final |kind |last |second |friendly )*reminders?|last chance|final call|last call|last few"
        r" (?:hours|days)|hours left|closing (?:today|tonight|soon|tomorrow|in \d+ (?:hours?|hrs))|clos(?:es|ing)"
        r" in|ends (?:today|tonight)"
        r"|last day today|last day to \w+|last (?:date|day)(?: is)? (?:today|tonight|tomorrow)|(?:today"
        r"|tomorrow) is (?:the )?last (?:date|day)|due today|hurry up|don.?t (?:miss|forget)|yaad"
        r"|bhool(?:na|o|iye)? mat|mat bhool\w*|pe?hle wal[aei] (?:mail|message|msg|notice)|aakhri",
    ),
    _rule(  # a first notice asks so as well
        _K.REMINDER,
        3,
        1.5,
        r"bhar(?:o|na|ne|do| do| lo| dena)|jaldi (?:karo|kar lo|se)|fill (?:kar do|karo|kar lo)",
    ),
    _rule(
        _K.REMINDER,
        2,
        2.5,
        r"(?:is|are) (?:hereby )?(?:once again )?reminded|to remind|this is to remind|(?:yet|still) to (?:fill"
        r"|submit|apply|register|upload|complete)|(?:have|has) (?:still )?not (?:yet )?(?:filled|applied|registered"
        r"|submitted|uploaded|completed|done|attempted|taken|given|paid|signed|confirmed|responded)|nudge"
        r"|not yet (?:filled|applied|registered|submitted|uploaded)|(?:hours?|hrs) left"
        r"|neither applied|ignore if already|already (?:filled|registered|applied"
        r"|submitted)[^.]{0,20}ignore|closes? (?:today|tonight|tomorrow)|last day to"
        r"|as (?:already )?(?:informed|announced|notified|intimated) (?:earlier|before)",
    ),
    _rule(_K.REMINDER, 2.5, 0, r"tomorrow|today"),
    _rule(
        _K.SHORTLIST,
        5,
        3,
        r"short-?list\w*|short listed|interview (?:list|slots?|schedule|call)|gd list|(?:list|names) (?:of|for"
        r"|from) [\w ]{0,40}(?:test|interviews?|round|assessment|gd|discussion)|slot (?:list|allocation|wise)|next"
        r" round|round[ -]?(?:\d|i+)"
        r"|approved list|qualified|(?:test|round|assessment|screening) (?:cleared"
        r"|results?)|(?:second|2nd|third|3rd|hr|technical|final|managerial) round"
        r"|candidates for",
    ),
    _rule(
        _K.SHORTLIST,
        3,
        2,
        r"cleared|made it to|moving (?:ahead|forward)|proceed to|appear (?:for|in)|to be interviewed|will be"
        r" interviewed|called for|next (?:stage|level|step)|qualified|slots?|panel [a-z\d]|report(?:ing)?|list for",
    ),
    _rule(
        _K.SHORTLIST, 2.5, 0.7, r"interviews?|written test|online test|group discussion|gd|oa|assessment|rounds?|test"
    ),
    _rule(
        _K.OFFER,
        6,
        4,
        r"final (?:results?|select(?:ion|ed)?(?: list)?|list|offers?)|finally selected|(?:students?|candidates?)"
        r" (?:finally )?selected|selected (?:students?|candidates?)|(?:been|are|is|stand|got|getting) (?:finally"
        r" )?selected|select list|ppos?|pre[ -]placement offers?|selects"
        r"|(?:bagged|received|secured|got|given|extended|released|rolled out|issued|made) (?:the "
        r"|an |their |final |\d{1,3} |two |three |four |five )*(?:job |full[ -]time )?(?:offers?|ppos?)"
        r"|been offered|offers?"
        r" (?:to|released|rolled)|(?:been|got|are) placed (?:in|at|with)|extend an offer|hired"
        r" by|placement results?"
        r"|cracked|(?:bagged|secured|received|got) (?:an? |the |their )?(?:job|placement|role|position)"
        r"|finali[sz]ed the following|selected (?:in|by|as|for the (?:role|post|position|profile))"
        r"|final outcome|(?:internship|job|placement|full[ -]time) offers",
    ),
    _rule(_K.OFFER, 4, 1.5, r"results?|selections?|selected|placed|offers?|offer letters?|joining"),
    _rule(_K.OFFER, 2.5, 1, r"congratulations?|congrats|heartiest|proud|delighted|badhai"),
    _rule(
        _K.JOB_POSTING,
        6,
        2.5,
        r"open for applications?|applications? (?:are |is )?(?:being )?(?:invited|open)"
        r"|hiring(?: alert)?(?! (?:challenge|contest|hackathon|sprint))|campus"
        r" (?:drive|hiring|recruitment)|recruitment drive|(?:job|internship|career) opportunit(?:y|ies)|vacanc(?:y"
        r"|ies)|openings?|placement cycle|invitation to apply"
        r"|requirement|joiners|now accepting applications|call for applications?|pool(?:ed)?"
        r" (?:campus|drive)|walk-?in(?: interviews?)?|apply now|off[ -]campus|recruiting"
        r"|opportunity",
    ),
    _rule(
        _K.JOB_POSTING,
        2,
        2,
        r"(?:is|are|will be) (?:hiring|recruiting|looking for|inviting applications|taking|seeking)|wish(?:es)? to"
        r" hire|invites applications|apply (?:by|before|on|at|latest|through|till|against|with|if)|interested"
        r" (?:students?|candidates?|ones?)|(?:may|can|should|to|kindly) apply|last date (?:to|for|of) (?:apply\w*"
        r"|registration|application)|job (?:profile|description|role|location)"
        r"|selection process|hiring process|how to apply|eligibility(?: criteria)?"
        r"|applicable courses|who can apply",
    ),
    _rule(
        _K.ANNOUNCEMENT,
        3,
        1,
        r"holidays?|office (?:closed|timings?|hours)|working hours|beware|fake|notice board|dress code|guidelines"
        r"|coordinators?|portal is live|feedback|orientation|interaction|schedule for|training (?:classes|schedule"
        r"|programme)|mock|closed on|verification|no dues|survey"
        r"|volunteers?|id cards?|meeting|documents? (?:submission|verification)"
        r"|felicitation|convocation|new placement|helpdesk|advisory",
    ),
    _rule(
        _K.IRRELEVANT,
        4,
        3,
        r"address not found|delivery status notification|wasn.t delivered|mail delivery (?:failed|subsystem)|weekly"
        r" (?:job )?digest|job digest|newsletter because|manage preferences|you signed up|security alert|suspicious"
        r" activity|new sign-?in|login attempt|one[ -]time password|is the otp|otp for|verify your (?:account"
        r"|email)|password (?:reset|expired?)|refundable (?:security )?deposit|enrol now|flat"
        r" \d+% off|\d+% (?:off|discount)|money back|lottery"
        r"|work from home,? no interview|auto[ -]generated mail|promotional mail|limited"
        r" (?:period|time) offer|buy now|sale ends|transaction of",
    ),
    _rule(
        _K.IRRELEVANT,
        1.5,
        0.8,
        r"unsubscribe|newsletter|advertisement|discounts?|subscribe|coupon|cashback|security deposit|upi",
    ),
)
