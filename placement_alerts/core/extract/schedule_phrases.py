"""What the words around a date say about it: due then, taking place then, out of date, or neither."""

import re

NEAR = 240  # characters before a date that can say what it is

SENTENCE_END = re.compile(
    r"(?<=[.!?;])(?<!Mr\.)(?<!Dr\.)(?<!Ms\.)(?<!No\.)(?<!Rs\.)\s+(?=[A-Z(]|\W?[A-Z])|\s+\|\s+(?=[A-Za-z])"
)
_DO = (
    r"(?:appl(?:y|ying|ications?|ied)|regist(?:er|ration)\w*|submi\w+|fill\w*|send|rsvp|complet\w+|upload\w*"
    r"|confirm\w*|acknowledge|respon[ds]\w*|reply|accept\w*|collect\w*"
    r"|enrol\w*|nominat\w+|opt|pay|sign\w*|update|deposit\w*|form|willingness|link|window|portal|request\w*"
    r"|interested|withdraw)"
)
DEADLINE = re.compile(
    rf"\b(?:dead-?line|last date(?: ?& ?time)?|last day|closing date|closes?|closed|closing|clos(?:e|es) (?:on"
    rf"|at|by)|on or before|latest by|latest|(?:no|not) later than|due(?! to\b)(?: date| by| on)?|cut-?off date"
    rf"|extended (?:till|to|until|up ?to|by)|{_DO}\b[^.;]{{0,140}}?\b(?:by|before|till|until|up ?to|tak|within)"
    rf"|(?:stay|keep|remain)s? (?:open|live|active|accessible)\b[^.;]{{0,30}} (?:till|until|up ?to)"
    rf"|(?:open|live|active|accepted|available|valid)(?: only)? (?:till|until|up ?to)"
    rf"|expires?(?: on)?|shuts?(?: down)?(?: on| at| by)?|(?:last|final) (?:call|chance)"
    rf"|reopened (?:till|until|up ?to)|timeline|freez\w+|frozen|lock(?:ed|s)?"
    rf"|ends? (?:on|at)?)\b"
    rf"|\b(?:extended|moved|shifted|pushed)\b(?=[^.;]{{0,60}}\b(?:application|registration|apply\w*|regist\w+|submi\w+|deadline"
    rf"|last date)\b)[^.;]{{0,90}}\bto\W{{0,3}}$",
    re.IGNORECASE,
)
DEADLINE_AT_END = re.compile(r"\b(by|before|till|until|up ?to)\W{0,3}(?:the |eod |\w+day\W{0,2})?$", re.IGNORECASE)
DEADLINE_AFTER = re.compile(
    r"\s*\W?\s*(?:(?:is|was|being|shall be|will be)?\s*(?:the )?(?:last (?:date|day)|deadline)"
    r"|(?:(?:raat|shaam|sham|subah|dop[ae]har|night|evening|morning) )?(?:ko |se )?"
    r"(?:tak\b(?! (?:soch|dekh|decide|discuss|bata|puch|pooch|socho))|pehle\b|band (?:ho|kar|hai)|close (?:ho|kar))"
    r"|(?:the |this )?(?:\w+ )?(?:form|link|portal|window) (?:will (?:be )?)?close[sd]?\b)"
    r"|\W{0,3}(?:\w+ ){0,3}?(?:will|shall|would) be (?:auto\w* )?(?:locked|frozen|closed|disabled|blocked|removed)\b",
    re.IGNORECASE,
)
# "no form is taken after 5 PM": after it is too late, if the sentence says so
TOO_LATE = re.compile(r"\bafter\W{0,3}(?:the )?(?:\w+day\W{0,2})?$", re.IGNORECASE)
AT_SOME_TIME = re.compile(r"\b(?:after|within)\W{0,3}(?:the )?(?:next )?$", re.IGNORECASE)  # nothing is due then
REFUSES = re.compile(r"\b(?:no|not|never|nor|won.?t|cannot|rejected|ignored|late|nahi|nahin)\b", re.IGNORECASE)
BY_AT_END = re.compile(
    r"\b(?:on|by|this|coming|next|till|until|before)\s(?:the\s)?(?:this\s|coming\s)?$", re.IGNORECASE
)
BEFORE_AT_END = re.compile(r"(?<!on or )\bbefore\W{0,2}$", re.IGNORECASE)
APPLY = re.compile(r"\b(?:appl\w+|regist\w+|deadline|last date|interested|rsvp|enrol)\b", re.IGNORECASE)
ASKED_TO_COME = re.compile(
    r"\b(?:report\w*|reach|assemble|seated|be present|gather|join\b(?! ?ing)|appear|interview|arrive|attend|come)\b",
    re.IGNORECASE,
)
EVENT = re.compile(
    r"\b(?:held|schedul\w*|interviews?|tests?|assessment|rounds?|drive|ppt|talk|session|webinar|report\w*"
    r"|conduct\w*|starts?|begins?|beginning|dates?|day|when|gd|discussion|visit\w*|contest"
    r"|hackathon|ideathon|challenge|rescheduled|postponed|preponed|shifted|meet\w*|lecture|orientation|final"
    r"|exam\w*|presentation|time|slots?|campus|appear|pi|finals|finale|screening|viva|attend|seminar|workshop"
    r"|interact\w*|process|called|invited|mailed|live|class|masterclass|address\w*|planned|event|walk-in"
    r"|induction|on-?site|qualifiers?|prelim\w*|semi-?finals?|heats?|pool|come|deliver|speak|host\w*|organi\w+|kick-?off)\b",
    re.IGNORECASE,
)
CALLED = re.compile(
    r"\b(?:tests?|pi|finale|interviews?|assessment|drive|ppt|talk|gd|rounds?|contest|challenge|exam\w*|presentation"
    r"|visit\w*|report\w*|session|pool|hackathon|discussion|come|campus|walk-in)\b",
    re.IGNORECASE,
)
OLD = re.compile(
    r"\b(?:instead of|in place of|in lieu of|rather than|earlier(?: \w+){0,3}|previous(?:ly)?(?: \w+){0,3}"
    r"|original(?:ly)?(?: \w+){0,3}|was (?:to be |scheduled |planned |due )?(?:on|for|held|till)?|were \w+"
    r" (?:on|for)"
    r"|not|dated|as on|old(?: \w+)?|notice of|mail of|approved on|based on \w+|was held on|was conducted on"
    r"|against)(?: (?:at|on|by|from|in))?\W{0,3}$",
    re.IGNORECASE,
)
OLD_FROM = re.compile(
    r"\b(?:extended|changed|moved|shifted|pushed|revised|rescheduled|postponed|preponed|advanced"
    r"|deferred)\b[^.]{0,60}?\bfrom\W*(?:\w+day\W*)?$",
    re.IGNORECASE,
)
# "has called off its visit on 9 November"
CALLED_OFF = re.compile(
    r"\b(?:called off|cancell?ed|cancels)\b(?![^.;]*\b(?:to|till|until|now|new|instead)\b)[^.;]{0,40}$", re.IGNORECASE
)
GONE_AFTER = re.compile(
    r"[^.;\w]{0,4}(?:at \w+ )?(?:(?:now )?(?:stands?|is|are|has been|have been|had been|was|were|shall be"
    r"|gets?)\s+(?:now |being |hereby )?)?"
    r"(?:re-?scheduled|postponed|cancelled|canceled|preponed|advanced|deferred|called off|put on hold"
    r"|(?:shifted|moved|changed|extended) (?:to|till|by)|(?:will|shall|to) now be (?:\w+ )?on\b)",
    re.IGNORECASE,
)
FIRST_DAY = re.compile(r"\b(?:date of joining|joining(?: date)?|doj)\W{1,4}(?:(?:is|on) )?$", re.IGNORECASE)
PERIOD = re.compile(
    r"\b(?:joining|date of joining|internship(?: \w+){0,2} (?:begins|starts?|from)|duration|effective"
    r"|w\.?e\.?f\.?|weeks|months?|since|established|founded|expected|likely|tentative\w*|probabl[ey]"
    r"|results?(?: \w+){0,5} (?:by|on|expected)|(?:declared|announced|informed|communicated|shared|intimated"
    r"|released|published|notified|conveyed)(?: \w+){0,2} (?:by|on)?|break|holiday\w*|vacation|closed on"
    r"|remain closed[^.]*|(?:re-?)?opens?(?: on| from)?|resumes?(?: on| from)?|birth|ends?"
    r"|ending|valid|approval|in continuation|offer"
    r" letters?[^.]*|onboarding)\W{0,4}$",
    re.IGNORECASE,
)
# "interviews w.e.f. 9 November": what others only join later, the reader must come to
CALLED_FROM = re.compile(
    r"\b(?:tests?|interviews?|rounds?|gd|pi|drives?|discussions?|assessments?|sessions?|slots?)\b[^.;]{0,30}"
    r"\b(?:w\.?e\.?f\.?|with effect from|effective(?: from)?|starting(?: from)?|commencing|beginning)\W{0,4}$",
    re.IGNORECASE,
)
NOT_DUE = re.compile(
    r"\b(?:internship (?:is|from|ends|till|until|begins|will|period|duration)|break|holiday|vacation|leave"
    r"|remain(?!s? (?:open|live|active|available|accessible))|results?|expected|likely)\b[^.]{0,40}$"
    r"|\b(?:office|centre|center|department|institute|library|college|cell)\b[^.]{0,60}"
    r"\b(?:closed|(?:remain|stay)s? open)\b[^.]{0,60}$"
    r"|\b(?:letters?|results?|(?:short)?lists?|links?|details|offers?|schedules?|jds?|certificates?|slots?|tickets?"
    r"|credentials|invites?|mails?|reports?|scores?)\b[^.;]{0,80}\b(?:will|shall|would|to|may) be (?:\w+ly )?(?:e-?)?"
    r"(?:mailed|released|announced|declared|published|sent|shared|issued|dispatched|communicated|intimated"
    r"|rolled out|uploaded|provided|given|out|available|displayed|generated|handed over)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
# the reader comes for papers alone: neither a step of a selection nor something that others attend
PAPERS_AFTER = re.compile(
    r"[^.;]{0,60}\b(?:for|to (?:collect|sign|receive))\b[^.;]{0,40}\b(?:offer|appointment|joining)"
    r" (?:letters?|formalities)\b",
    re.IGNORECASE,
)
NOW_AT = re.compile(
    r"\W{0,3}(?:(?:in|at) (?:the )?[A-Z\d][\w &,-]{1,50}?[ ,]{1,2})?(?:(?:will|shall|to) )?(?:now "
    r"|instead )(?:be )?(?:start|begin|held|conducted|commence|take"
    r" place)\w* (?:at|from)\W*",
    re.IGNORECASE,
)
RESTATED = re.compile(r"\W{0,4}(?:(?:i\.?e|that is)\b\W{0,3})?")
RANGE_START = re.compile(r"\b(?:between|from)\W{0,3}(?:the )?$", re.IGNORECASE)
RANGE = re.compile(r"\s*(?:-|–|—|to|till|until|and|&)\s*(?:\w+day\W*)?", re.IGNORECASE)
OFFICE_HOURS = re.compile(r"\b(?:between|from)\W+$", re.IGNORECASE)
TIME_LABEL = re.compile(
    r"\b(?:time|timings?|slot|reporting|login|starts?|starting|begins?|commence\w*|when)\b\W{0,12}(?:\w+ ){0,3}$",
    re.IGNORECASE,
)
ASKED_TO_DO = re.compile(rf"\b{_DO}\b", re.IGNORECASE)
