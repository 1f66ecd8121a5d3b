"""How a message speaks of a company: the sentences that name one, and the words that are no part of a name."""

import re

from placement_alerts.core.extract.roles import ROLE_NOUN

_WORD = r"[A-Z0-9](?:[\w&'’/-]|\.(?=\w))*+"
_NAME = rf"(?<![\w.])(?P<name>(?=[A-Z]){_WORD}(?: (?:&|{_WORD})){{0,5}})"
LEGAL = re.compile(
    r"(?<![\s,])[\s,]*+\b(?:pvt|private|ltd|limited|llp|inc|incorporated|plc|gmbh|corp|llc)\b\.?(?:\s*\(?india\)?)?",
    re.IGNORECASE,
)
_ASIDE = (
    r"(?:\s*\([^()]{1,60}\))?(?:, ?(?:(?:an?|one|the|which|who|leading|with|based|makers?|part|India's)"
    r" [^,.;:]{1,80}|[A-Z]\w+),?)?"
)

# What a sentence says beside the name of a company, with the points it gives. "NAME" stands for the name.
SENTENCES = tuple(
    (re.compile(pattern.replace("NAME", _NAME).replace("ASIDE", _ASIDE)), points)
    for pattern, points in (
        (r"(?i:applications? (?:are|is) (?:being )?invited (?:for|from|by)(?: the)?(?: company)?) NAME", 4.0),
        (
            r"(?i:\b(?:appl(?:y|ying|ied|ications?)|register(?:ed|ing)?|registrations?|interested|placed|selected)"
            r" (?:in|with|at|to|for)(?: the| m/s\.?)?) NAME",
            3.0,
        ),
        (
            r"(?:^|[.!:]\s+|(?i:\b(?:that|and|as|the|of|company|m/s\.?)\s+))NAMEASIDE (?:(?:is|are|has|have|will"
            r"|shall|would|wishes|wants|needs?|requires?|invites?|announces"
            r"|presents|sells|makes|builds|seeks|hires|offers|plans|intends)\b)",
            2.0,
        ),
        (r"NAME (?:ne|ka|ki|ke|mein) ", 3.0),
        (r"(?i:\b(?:offered|selected|hired|placed)\b[^.]{1,70}? by) NAME", 2.5),
        (
            r"(?:^|[.!:]\s+|(?i:\b(?:that|and|as|the|of|company|m/s\.?)\s+))NAMEASIDE (?i:(?:is|are|will be|shall"
            r" be|has been|would be)(?: now| back| also| currently)?(?: again)? "
            r"(?:hiring|recruiting|looking|inviting|visiting|conducting|organi[sz]ing|offering|accepting|taking"
            r"|open|coming|back|addressing|seeking)"
            r"|has (?:short-?listed|shared|declared|released|issued|opened|finali[sz]ed|selected|conveyed|rolled"
            r"|announced|confirmed|extended|offered|gone)"
            r"|have (?:shortlisted|selected)|invites?|requires?|wishes to|(?:will|shall) (?:be|visit|come|conduct"
            r"|hold|deliver|address|interview|hire)|announces|needs?)\b",
            2.5,
        ),
        (
            r"(?i:\b(?:visit|trip) to(?: the| m/s\.?)?) NAME",
            2.5,
        ),
        (
            r"(?i:\b(?:from|of) (?:your|our) (?:campus|college|institute|university) (?:for|by|in|at)) NAME",
            2.5,
        ),
        (
            r"(?i:\b(?:students|interviews?|test|assessment|round|drive|ppt|gd|discussion|talk|session|result"
            r"|results|process|opening|openings|recruitment|shortlist|list|offers?|ctc"
            r"|internship|stipend|applicants|application|panel|code|ppos?|link|deadline|package|form|posting"
            r"|hackathon|candidates|interns|venue) (?:of|by|from|for|with|at|in)(?: the| m/s\.?)?) NAME",
            2.5,
        ),
        (
            r"(?i:\b(?:shortlisted|selected|hired|organi[sz]ed|conducted|hosted|offered|presented|webinar|hackathon"
            r"|talk|session|challenge|contest|visit|position\w*|shared|received|drive"
            r"|given|delivered|made|announced|cleared|offers?|list|role[^.]{1,40}|for the post[^.]{1,50}) (?:by"
            r"|from|with|at|in)(?: the| m/s\.?)?) NAME",
            2.5,
        ),
        (
            r"(?i:\b(?:in|at|with|by|from|for|to) (?:m/s\.? )?)NAME,? (?:as|for the (?:role|post|position"
            r"|profile))\b",
            2.5,
        ),
        (
            r"(?i:\b(?:president|engineer|manager|scientist|director|lead|head|officer|founder|ceo|cto)\b),? (?:at"
            r"|of|,) NAME",
            1.5,
        ),
        (
            r"(?i:\b(?:opportunity|internship|job|role|post|position|openings?|trainees?|interns?|engineers?"
            r"|developers?|analysts?|executives?|associates?) (?:at|in|with)) NAME",
            2.5,
        ),
        (
            r"(?i:\bthe) NAME (?:panel|team|drive|interviews?|process|recruiters|officials|representatives"
            r"|assessment|form|test|opening|hiring|shortlist)\b",
            2.0,
        ),
        (
            r"(?i:\b(?!python)(?:\w+thon|\w*hack\w*|contest|challenge|quiz|code ?sprint|\w+fest|competition)\b"
            r"[^.,:;|()]{0,40}? (?:powered )?by) NAME",
            2.5,
        ),
        (r"(?i:\bupdate (?:in|on|regarding|from|about)) NAME", 2.5),
        (r"^(?:\*)?NAME(?:\*)?\s+[–-]\s+" + rf"(?:[A-Z][\w+]* ){{0,4}}(?i:{ROLE_NOUN})", 2.5),
    )
)
LABEL = re.compile(r"(?:name of (?:the )?)?(?:company|organi[sz]ation|recruiter|employer)(?: name)?")
SPLIT_TITLE = re.compile(r"\s*(?:\|+|_+|//|→|:|–|—|;|,|\s-+\s|\s-+|-+\s|[()\[\]])\s*")
# how a hurried message names a company in small letters: "acme foods (Analyst) ka form"
SMALL = re.compile(
    rf"(?<!\w)(?P<words>(?:[a-z][\w&'’.-]*+ ){{1,5}})(?:\((?=[^()]{{0,60}}(?i:{ROLE_NOUN}))"
    r"|(?:ka|ki|ke) (?:form|test|interview|result|drive|oa|ppt|link|round|list|offer)\b)"
)
IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,80})[)\]]")
QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
CAPITALISED = re.compile(rf"(?<![\w@./-]){_NAME}")
ROLE = re.compile(rf"\b{ROLE_NOUN}s?\b", re.IGNORECASE)
INITIALS = re.compile(r"[A-Z]{2,4}")

# Words that stand beside a company's name in titles and sentences and are no part of it.
_GENERIC_WORDS = """
    1st 2nd 3rd 4th a about academic
    accepted additional adv adv. alert all also alumni an and and/or announcement annual
    another any applicants application applications apply approved apr april aptitude are as assessment
    assignment at attention aug august awareness b.e b.sc b.tech batch below best beware block both branch bt
    btech by call campus campus-drive cancelled candidate candidates career case cdc cell center centre certain
    certificate certificates cgpa challenge change changed christmas clarification class cleared close closes
    closing code coding college commencement communication company compensation computer congrats
    congratulations connect contest correction corrigendum course courses cse ctc cv cycle date day day-1
    deadline dear dec december deepawali delivery demo department details director diwali document documents dr
    dr. dress drive drives due dussehra each ece
    eid eligibility eligible ends engg engineering-students engineers er. event
    every exam expert extended extension faculty feb february fee feedback female final finale finally first
    five folks following for form foundation four fresh fresher freshers friday from fte full gd gentle girls good
    google graduate graduates grand greetings group guest guys guidelines hackathon hackerearth hackerrank hall has
    head heartiest hello hey hi hiring hod hods holi hon'ble hostel hostellers hr hurry i if ii iii immediate
    important in in-person independence information institute instruction instructions interaction intern
    internal international interns internship internships interview interviewed interviews invitation invites is
    it itself jan january jd job join joining joining-letter jul july jun june kind kindly lab labs-only last
    late lecture link linkedin list live location lpa lt m.e m.tech machine madam mandatory mar march
    masterclass may mba mca meet meeting microsoft mode monday month mr mr. mrs mrs. ms ms. mtech multiple name
    names national need needed new next no noc nomination nominations not note notice notification nov november
    oa oct october of off offer offers office offline on on-campus once one online only open opening openings opens
    opportunity oral our package panel parents part participants personal pg phase pi placement placements platform
    please po policy pool pooled portal position post postponed ppo ppos ppt ppt/test pre pre-placement preponed
    process prof prof. profile profiles program programme qualified recruitment ref regarding regards
    registration registrations reminder reminders reopened reporting republic requirement rescheduled
    rescheduling result results resume resumé revised role roles room round rounds résumé saturday schedule
    school science screening season second section selected selection selections seminar sep sept september
    series session shortlist shortlisted shortlisting shri sir six slot slots software-test special stack stage
    started starts status stipend stream student students study submission summer sunday t&p team teams
    technical test thanks the their there these they third this those three thursday time title tnp to today
    tomorrow tonight top tpo training tuesday two ug undergraduate university unstop update updated updates
    urgent various venue venues virtual walk-in wanted warm we webex webinar wednesday week what when where who
    window winter with women workshop written year you your youtube zoom
"""
GENERIC = frozenset(_GENERIC_WORDS.split())
BUSINESS = frozenset(
    {"technologies", "technology", "solutions", "systems", "labs", "software", "services", "consulting"}
)
EVENT_NAME = re.compile(
    r"hacks?\b|\bhack\b|hackathon|\d\.\d|sprint\b|(?:tech|inno|cod)\w*fest\b|code(?:storm|quest|wars|jam|cup)\b|\bfairs?\b|\w{3,}thon\b|\bmela\b"
    r"|\bsummit\b|\bconclave\b",
    re.IGNORECASE,
)
PERSON_BEFORE = re.compile(r"\b(?:mr|ms|mrs|dr|prof|adv|shri|smt|er|capt|col|hack the)\b\.? $", re.IGNORECASE)
EVENT = re.compile(
    r"hack|ideathon|contest|webinar|series|workshop|masterclass|talk|lecture|session|challenge 20", re.IGNORECASE
)
OWN_HOUSE = re.compile(
    r"\b(?:college|university|placement (?:cell|office)|training and placement|training & placement|t&p"
    r"|department|career|auditorium|library|committee)\b",
    re.IGNORECASE,
)
SEVERAL = re.compile(rf"\b(?i:companies|recruiters|firms)\b[^.]{{0,60}}?{_WORD}[^.]{{0,40}}?(?:,| and )")
# a contest's own name, written in one word: CodeSprint, HackFest'25
CONTEST_BEHIND = re.compile(
    r"(?P<host>[A-Z][\w&.-]*(?: [A-Z][\w&.-]*)?) (?=\w*[a-z][A-Z]|[A-Z]{2,}[a-z]|(?!(?i:(?:hack|ide|dat"
    r"|code|cod)a?(?:a)?thon))\w+thon\b)\w*(?i:hack|sprint|code"
    r"|fest|quest|storm|wars"
    r"|thon|cup|jam|athon)\w*(?:['’ ]?\d{2,4})?(?: \d\.\d)?"
)
NOT_A_HOST = re.compile(
    r"\b(?:national|international|smart|india|indian|inter|annual|state|global|world|all|open|grand|great|super|mega|the)\b",
    re.IGNORECASE,
)
DESK = re.compile(
    r"\b(?:campus|hr|team|hiring|talent|acquisition|careers?|recruit\w*|innovation|events?|university|relations|people"
    r"|desk|human resources?|programs?|early|outreach|india|office|no-?reply)\b",
    re.IGNORECASE,
)
CLOSES_A_NAME = frozenset({"foundation", "group", "institute"})
BRANCHES = re.compile(r"(?:(?:CSE?|ECE?|EEE?|IT|BT|ME|CE|MCA|MBA|ISE|AIML|AI|ML|DS|M\.?Tech|B\.?Tech)\b[/&, +]*)+")
