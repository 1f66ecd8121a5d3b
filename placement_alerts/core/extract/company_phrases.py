"""How a message speaks of a company: the sentences that name one, and the words that are no part of a name."""

import re

from placement_alerts.core.extract.role_phrases import ROLE_NOUN

_WORD = r"[A-Z0-9](?:[\w&'’/-]|\.(?=\w))*+"
# names that begin with a small letter or a figure: nVent, eClerx, 3i Infotech, 6Dimension, 7-Eleven, 99acres, 3M
ODD_START = (
    r"(?:[a-z]{1,2}[A-Z][a-z]+|3M(?!\w)|\d{1,3}-?[A-Z][a-z]{2,}|\d{1,2}[a-hj-z]?i?(?<=[a-z])(?= [A-Z][a-z])"
    r"|\d{1,3}(?!(?:hours|years|months|weeks|days|lakhs?|lacs|crores?|marks|minutes|members|students|seats)\b)[a-z]{4,})"
)
_INITIALS_OF = r"(?:[A-Z]\. ?){1,3}(?=[A-Z][a-z])"  # D. E. Shaw
_MORE = (
    rf"(?: (?:&|{_WORD}|and(?= (?:Development|Sons|Company|Co|Brothers|Partners)\b)"
    r"|(?:(?<=Bank )|(?<=Institute )|(?<=Corporation )|(?<=Board ))of(?= [A-Z])))"
)
_NAME = rf"(?<![\w.])(?P<name>(?:(?:{_INITIALS_OF})?(?=[A-Z]){_WORD}|{ODD_START}(?![\w])){_MORE}{{0,5}})"
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
            r"|presents|brings|hosts|launches|organi[sz]es|conducts|sells|makes|builds|seeks|hires|offers|plans|intends)\b)",
            2.0,
        ),
        (r"NAME (?:ne|ka|ki|ke|mein) ", 3.0),
        (r"NAME(?:\s*\([^()]{1,60}\))?(?: [a-z][\w-]*){0,6} (?:aa?|ho|le|kar) ?(?:rah[aie]|gay[aie])\b", 3.0),
        (r"(?i:\b(?:offered|selected|hired|placed)\b[^.]{1,70}? by) NAME", 2.5),
        (
            r"(?:^|[.!:]\s+|(?i:\b(?:that|and|as|the|of|company|m/s\.?)\s+))NAMEASIDE (?i:(?:is|are|will be|shall"
            r" be|has been|would be)(?: now| back| also| currently)?(?: again)? "
            r"(?:hiring|recruiting|looking|inviting|visiting|conducting|organi[sz]ing|offering|accepting|taking"
            r"|open|coming|back|addressing|seeking)"
            r"|has (?:short-?listed|shared|declared|released|issued|opened|finali[sz]ed|selected|conveyed|rolled"
            r"|announced|confirmed|extended|offered|gone|revised|postponed|rescheduled|withdrawn|cancelled|consented"
            r"|invited|scheduled|increased|reduced|agreed|expressed)"
            r"|(?:wants?|wishes|plans|intends|looks|would like|proposes|has agreed|is keen|is willing) to (?:hire"
            r"|recruit|engage|visit|conduct|take|offer)"
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
            r"|results|selects|selections?|schedule|slots?|jd|window|process|opening|openings|recruitment|shortlist|list|offers?|ctc"
            r"|internship|stipend|applicants|application|panel|code|ppos?|link|deadline|package|form|posting"
            r"|hackathon|candidates|interns|venue) (?:of|by|from|for|with|at|in)(?: the| m/s\.?)?) NAME",
            2.5,
        ),
        (
            r"(?i:\b(?:shortlisted|selected|hired|organi[sz]ed|conducted|hosted|offered|presented|webinar|hackathon"
            r"|talk|session|challenge|contest|visit|position\w*|shared|received|drive"
            r"|given|delivered|made|announced|roll(?:ed)?[- ]?out|issued"
            r"|extended|cleared|offers?|list|role[^.]{1,40}|for the post[^.]{1,50}) (?:by"
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
            r"|assessment|form|test|opening|hiring|shortlist|OA|GD|PI|PPT|GD/PI)\b",
            2.0,
        ),
        (
            r"(?i:\b(?!python)(?:\w+thon|\w*hack\w*|contest|challenge|quiz|code ?sprint|\w+fest|competition)\b"
            r"[^.,:;|()]{0,40}? (?:powered )?by) NAME",
            2.5,
        ),
        (
            r"(?i:\bby\b[^;:]{0,80}\b(?:president|engineer|manager|scientist|director|lead|head|officer|founder|ceo|cto"
            r"|architect|consultant|developer|analyst)), NAME,? (?i:has|have|had|is|are|will|shall|on|at)\b",
            2.5,
        ),
        (r"^NAME (?i:hiring|recruiting|recruits|visiting|conducting|inviting)\b", 2.5),
        (r"NAME(?<=['’]s) (?:team|panel|HR|recruiters|officials|campus|drive|process|interviews?)\b", 3.0),
        (
            r"(?i:\b(?:webinar|workshop|talk|session|seminar|lecture|masterclass|boot ?camp|training)\b[^.|]{0,60}? by)"
            r" NAME(?!\w)(?:(?<= Labs)|(?<=tware)|(?<=utions)|(?<=stems)|(?<=ogies)|(?<=ervices)|(?<=alytics))",
            2.5,
        ),
        (r"(?i:\bupdate (?:in|on|regarding|from|about)) NAME", 2.5),
        (r"^(?:\*)?NAME(?:\*)?\s+[–-]\s+" + rf"(?:[A-Z][\w+]* ){{0,4}}(?i:{ROLE_NOUN})", 2.5),
    )
)
LABEL = re.compile(r"(?:name of (?:the )?)?(?:company|organi[sz]ation|recruiter|employer)(?: name)?")
SPLIT_TITLE = re.compile(r"\s*(?:\|+|_+|//|\s/\s|→|:|–|—|;|,|\s-+\s|\s-+|-+\s|[()\[\]])\s*")
# how a hurried message names a company in small letters: "acme foods (Analyst) ka form"
SMALL = re.compile(
    rf"(?<!\w)(?P<words>(?:[a-z][\w&'’.-]*+ ){{1,5}})(?:\((?=[^()]{{0,60}}(?i:{ROLE_NOUN}))"
    r"|(?:ka|ki|ke) (?:form|test|interview|result|drive|oa|ppt|link|round|list|offer)\b)"
)
SMALL_BEHIND = re.compile(
    r"\b(?:cracked|bagged|got into|(?:got |been )?placed (?:in|at|with))"
    r" (?P<words>[a-z][\w&'’.-]*+(?: (?!(?:and|as|at|for|with|in|on|yesterday|today)\b)[a-z][\w&'’.-]*+){0,2})"
)
IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,80})[)\]]")
QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
CAPITALISED = re.compile(rf"(?<![\w@./-]){_NAME}")
ROLE = re.compile(rf"\b{ROLE_NOUN}s?\b", re.IGNORECASE)
INITIALS = re.compile(r"[A-Z]{2,4}")
# initials that name something else than a company
_OTHER_INITIALS = """
    aicte acm ai am api apm asap bba bca be bsc btp cad cbse cdc cgpa cpi crc csi ctc cv dbms det dob dsa dst
    edc eod faq fte fyi gate gd gdsc get gre hod hr id ieee iic iim iit iiit ise iso ist iste jam jd kt lab lh
    lpa lpm lt mba mca mcq met ml ms mts naac ncc nirf nit noc nptel nss oa om oops os otp pa pan pdf pfa pg pgt
    phd pi pm po ppi ppo ppt pr prn pwd qa qr rsvp sde sdet sem sih sop spo spoc sql sre swe tbd tnp tpc tpo tpr
    ug ugc ui uid url usn ux vc wfh wfo
"""
NOT_A_COMPANY = frozenset(_OTHER_INITIALS.split())
# what the office's own names hold beside the name of its college
OFFICE = re.compile(
    r"\b(?:placements?|placecom|t ?& ?p|tnp|tpo|tpc|t and p|training (?:&|and|dep)\w*|crc|cdc|ocd"
    r"|career (?:services|development)|alumni|chapter|club|students?|dean|registrar)\b",
    re.IGNORECASE,
)
# tools of others that bear a company's name
TOOL = re.compile(
    r"(?:Google|Microsoft|MS|LinkedIn|HackerRank|HackerEarth) (?:Meet|Forms?|Docs?|Drive|Sheets?|Calendar|Classroom"
    r"|Chat|Teams?|Office|Excel|Word|Links?|Test|Platform|Id|Account|Profile|Page|Login)\b",
    re.IGNORECASE,
)
# a title that has such a word speaks of a company, which may stand in brackets
PROCESS = re.compile(
    r"\b(?:short-?list\w*|select\w*|joining|results?|rounds?|tests?|interviews?|offers?|drive|registration|form|ppt|jd|gd"
    r"|pi|oa|hiring|recruit\w*|opportunit(?:y|ies)|ppos?|cleared|openings?|schedule|slots?)\b",
    re.IGNORECASE,
)
TOOL_MAKERS = frozenset({"google", "microsoft", "linkedin", "hackerrank", "hackerearth"})  # named for their tools too
OF_ALUMNI = re.compile(
    r"\b(?:prizes?\b[^.;]{0,60}\b(?:interviews?|internships?) (?:at|with)|alumn\w+|batch of (?:19|20)[01]\d|ex-)",
    re.IGNORECASE,
)  # their employer is not meant
ROLE_START = re.compile(
    r"(?<=\w )(?:Summer|Winter|Graduate|Software|Data|Business|Product|Junior|Senior|Full[ -]?Stack|Back-?end"
    r"|Front-?end"
    r"|Hardware|Embedded|Machine|Web|Mobile|Android|Java|Python|SDE|SWE|GET|Technical|Associate|Assistant|Digital)\b"
)
BY_MEANS_OF = re.compile(r"\b(?:on|via|over|through|using)\W{1,2}$", re.IGNORECASE)
# matters of the office that end like the names of Tredence or Boeing do
_MATTERS = """
    absence admission agreement allocation allotment announcement application appointment assessment attachment
    attendance automation awareness briefing business cancellation celebration certification commencement
    competition conference confirmation consulting conversion correction counselling decision declaration
    designation development discussion division document documentation duration education employment engineering
    evaluation examination excellence exclusion experience extension finance hearing inauguration inclusion
    induction information innovation insurance intelligence interaction intimation invitation involvement
    learning listing location management manufacturing marketing mentoring networking nomination notification
    onboarding option orientation participation payment performance permission placement position postponement
    preference presentation processing programming provision qualification question readiness recognition
    recruitment registration reimbursement relocation remuneration reporting requirement requisition reservation
    revision screening section selection session sharing shortlisting specialization submission supervision
    suspension testing undertaking upskilling verification version wellness
"""
ABSTRACT = frozenset(_MATTERS.split())

# Words that stand beside a company's name in titles and sentences and are no part of it.
_GENERIC_WORDS = """
    1st 2nd 3rd 4th collection cvs erp lms mis ums updation
    a about academic accepted additional adv adv. alert all also alumni an and and/or
    announcement annual another any applicants application applications apply approved apr april aptitude are as
    assessment assignment at attention aug august awareness b.e b.sc b.tech batch below best beware block both
    branch bt btech by call campus campus-drive cancelled candidate candidates career case cdc cell center
    centre certain check collect complete confirm ensure fill bring upload submit attend shifted moved gd
    revised certificate certificates cgpa challenge change changed christmas clarification class cleared close
    closes closing code coding college commencement communication company compensation computer congrats
    congratulations connect contest correction corrigendum course courses cse ctc cv cycle date day day-1
    deadline dear dec december deepawali demo department details director diwali document documents dr dr. dress
    drive drives due dussehra each ece eid eligibility eligible ends engg engineering-students engineers er.
    event every exam expert extended extension faculty feb february fee feedback female final finale finally
    first five folks following for form foundation four fresh fresher freshers friday from fte full gentle girls
    good graduate graduates grand greetings group guest guys guidelines hackathon hall has head heartiest hello
    hey hi hiring hod hods holi hon'ble hostel hostellers hr hurry i if ii iii immediate important in in-person
    independence information institute instruction instructions interaction intern internal international
    interns internship internships interview interviewed interviews invitation invites is it itself jan january
    jd job join joining joining-letter jul july jun june kind kindly lab labs-only last late lecture link list
    live location lpa lt m.e m.tech machine madam mandatory mar march masterclass may mba mca meet meeting mode
    monday month mr mr. mrs mrs. ms ms. mtech multiple name names national need needed new next no noc
    nomination nominations not note notice notification nov november oa oct october of off offer offers office
    offline on on-campus once one online only open opening openings opens opportunity oral our package panel
    parents part participants personal pg phase pi placement placements platform please po policy pool pooled
    portal position post postponed ppo ppos ppt ppt/test pre pre-placement preponed process prof prof. profile
    profiles program programme qualified recruitment ref regarding regards registration registrations reminder
    reminders reopened reporting republic requirement rescheduled rescheduling result results resume resumé role
    roles room round rounds résumé saturday schedule school science screening season second section selected
    selection selections seminar sep sept september series session shortlist shortlisted shortlisting shri sir
    six slot slots software-test special stack stage started starts status stipend stream student students study
    submission summer sunday t&p team teams technical test thanks the their there these they third this those
    three thursday time title tnp to today tomorrow tonight top tpo training tuesday two ug undergraduate
    university unstop update updated updates urgent various venue venues virtual walk-in wanted warm we webex
    webinar wednesday week what when where who window winter with women workshop written year you your youtube
    zoom se ase sse amts timing timings visit visits mock classes companies weekly daily monthly
    recruiters practice verbal reasoning mass bulk diversity formalities
"""
GENERIC = frozenset(_GENERIC_WORDS.split())
BUSINESS = frozenset(
    {"india", "technologies", "technology", "solutions", "systems", "labs", "software", "services", "consulting"}
)
EVENT_NAME = re.compile(
    r"hacks?\b|\bhack\b|hackathon|\d\.\d|sprint\b|(?:tech|inno|cod)\w*fest\b|code(?:storm|quest|wars|jam|cup)\b|\bfairs?\b|\w{3,}thon\b|\bmela\b"
    r"|\bsummit\b|\bconclave\b|\bboot ?camp\b|\bsoft skills?\b",
    re.IGNORECASE,
)
PERSON_BEFORE = re.compile(r"\b(?:mr|ms|mrs|dr|prof|adv|shri|smt|er|capt|col|hack the)\b\.? $", re.IGNORECASE)
EVENT = re.compile(
    r"hack|ideathon|contest|webinar|series|workshop|masterclass|talk|lecture|session|challenge 20", re.IGNORECASE
)
OWN_HOUSE = re.compile(
    r"\b(?:college|university|placement (?:cell|office)|training and placement|training & placement|t&p"
    r"|(?:innovation|incubation|convention|conference|seminar|computer|training|student|activity|sports|resource"
    r"|exam(?:ination)?|media|convocation|lecture|exhibition|multi-?purpose)"
    r" (?:cent(?:re|er)|hall|block|hub|lab|room|theatre)"
    r"|department|career|auditorium|library|committee)\b",
    re.IGNORECASE,
)
SEVERAL = re.compile(rf"\b(?i:companies|recruiters|firms)\b[^.]{{0,60}}?{_WORD}[^.]{{0,40}}?(?:,| and )")
OF_MANY = re.compile(
    r"\b(?:various|multiple|several|different|many|two|three|four|five|six) (?:\w+ )?(?:companies|recruiters|firms"
    r"|organi[sz]ations)\b",
    re.IGNORECASE,
)
# how an office sorts the offers of a season, not names: Super Dream, Core, Day 1, Tier II
CATEGORY = re.compile(
    r"(?:(?:super|dream|non|core|mass|marquee|elite|regular|normal|open|day|tier|slot|category|it|and|or|offers?"
    r"|zero|one|two|i{1,3}|\d)\b[\s/&+,-]*)+",
    re.IGNORECASE,
)
NAMES_IN_A_ROW = re.compile(
    rf"(?<![\w.]){_WORD}(?: {_WORD}){{0,3}}(?:, {_WORD}(?: {_WORD}){{0,3}}){{0,8}}"
    rf",? (?:and|&) {_WORD}(?: {_WORD}){{0,3}}"
)
# a contest's own name, written in one word: CodeSprint, HackFest'25
CONTEST_BEHIND = re.compile(
    r"(?P<host>[A-Z][\w&.-]*(?: [A-Z][\w&.-]*)?) (?=\w*[a-z][A-Z]|[A-Z]{2,}[a-z]|(?!(?i:(?:hack|ide|dat"
    r"|code|cod)a?(?:a)?thon))\w+thon\b)\w*(?i:hack|sprint|code"
    r"|fest|quest|storm|wars"
    r"|thon|cup|jam|athon)\w*(?:['’ ]?\d{2,4})?(?: \d\.\d)?"
    r"|(?P<host3>[A-Z][\w&.-]*(?: [A-Z][\w&.-]*)?) [A-Z]\w+-[aA]-[tT]hon"
    r"|(?P<host2>[A-Z][\w&.-]*(?: [A-Z][\w&.-]*)?) [A-Z]\w+ \d{1,2}\.\d"  # an edition: Acme GRiD 7.0
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
CLOSES_A_NAME = frozenset({"center", "centre", "foundation", "group", "institute"})
BRANCHES = re.compile(r"(?:(?:CSE?|ECE?|EEE?|IT|BT|ME|CE|MCA|MBA|ISE|AIML|AI|ML|DS|M\.?Tech|B\.?Tech)\b[/&, +]*)+")
