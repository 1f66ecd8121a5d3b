import pytest

from placement_alerts.core.extract.labels import fields_of
from placement_alerts.core.extract.venues import find_venue
from placement_alerts.core.html import from_html


@pytest.mark.parametrize(
    ("html", "venue"),
    [
        ("<p>Venue: LT-3, Academic Block-I</p>", "LT-3, Academic Block-I"),
        ("<p>Venue - the Board Room, Admin Block.</p>", "Board Room, Admin Block"),
        ("<p>on 5 March 2026, 3 PM in Computer Lab 5.</p>", "Computer Lab 5"),
        ("<p>Reporting: 20.09.2026 at 9.15 am, LT-4 (ABB-II). Bring it.</p>", "LT-4 (ABB-II)"),
        ("<p>5 March 2026 9 AM, Acme campus, Chennai</p>", "Acme campus, Chennai"),
        (
            "<p>Venue is changed from Seminar Hall A to <u>Mini Auditorium, Library Block</u>.</p>",
            "Mini Auditorium, Library Block",
        ),
        ("<p>will now be held in Lab 5, Annexe instead of Lab 2.</p>", "Lab 5, Annexe"),
        (
            "<p>on 5 March 2026, 9 AM at Training & Placement Block, 2nd floor for two rounds</p>",
            "Training & Placement Block, 2nd floor",
        ),
        ("<p>Platform: Google Meet https://meet.google.com/x</p>", "Google Meet"),
        ("<p>interview via Zoom</p>", "Zoom"),
        ("<p>Mode: MS Teams (invites later)</p>", "Microsoft Teams"),
        ("<p>Where: Webex, meeting 12</p>", "Webex"),
        ("<p>Mode: Online (HackerEarth)</p>", "Online"),
        ("<p>a virtual session</p>", "Online"),
        ("<p>When and where: soon</p>", None),
        ("<p>Where: Pune</p>", "Pune"),
        ("<p>Where: 20/03/2026 6:30 pm</p>", None),
        ("<p>Collect it from Room 214, Block B.</p>", None),
        ("<p>The test is on the same day.</p>", None),
    ],
)
def test_venue_is_a_room_or_a_platform(html: str, venue: str | None) -> None:
    text = from_html("t", html)

    assert find_venue(text, fields_of(text), ()) == venue


def test_platform_is_known_by_its_link() -> None:
    assert find_venue(from_html("t", "<p>Join here</p>"), (), ("https://meet.google.com/abc",)) == "Google Meet"


def test_location_of_an_event_is_its_venue() -> None:
    text = from_html("t", "<p>📍 Student Activity Centre</p>")

    assert find_venue(text, fields_of(text), (), is_located=True) == "Student Activity Centre"


def test_longer_form_of_the_same_room_is_preferred() -> None:
    text = from_html("Talk in LT-2", "<p>screened in LT-2, Block A for all</p>")

    assert find_venue(text, fields_of(text), ()) == "LT-2, Block A"


@pytest.mark.parametrize(
    ("html", "venue"),
    [
        ("<p>On-site final at Karnal on 11 April 2026.</p>", "Karnal"),
        ("<p>Final at Somewhere on 11 April. Rounds are online.</p>", "Online"),
        ("<p>Report in Room No. 305, Management Block.</p>", "Room No. 305, Management Block"),
        ("<p>09:00 AM - Pre Placement Talk (Auditorium)</p>", "Auditorium"),
        ("<p>TPO office ke bagal wale room (Room 216, ABB-II)</p>", "Room 216, ABB-II"),
        ("<p>Venue: Dr. Kalam Auditorium</p>", "Dr. Kalam Auditorium"),
        ("<p>📍 Venue: Innovation Hub, Block C</p>", "Innovation Hub, Block C"),
        ("<p>It will be held tomorrow at 11 AM, T&amp;P seminar room.</p>", "T&P seminar room"),
    ],
)
def test_venue_of_an_event_is_room_city_or_platform(html: str, venue: str) -> None:
    text = from_html("t", html)

    assert find_venue(text, fields_of(text), (), is_located=True) == venue


@pytest.mark.parametrize(
    ("html", "venue"),
    [
        ("<p>Interviews tomorrow from 10 am, LHC-104. Be there.</p>", "LHC-104"),
        ("<p>GD on 20 November at 11:30 am sharp in Room No. B-307.</p>", "Room No. B-307"),
        ("<p>Venue: Room No. 12, Block A</p>", "Room No. 12, Block A"),
        ("<p>Lab: CE Lab 5, C Block</p>", "CE Lab 5, C Block"),
        ("<p>Exam centre: Main Building, Gate 2</p>", "Main Building, Gate 2"),
        ("<p>Platform: HackerEarth (link will be sent by mail)</p>", "HackerEarth"),
        ("<p>You may take part in our Campus Recruitment Programme 2026.</p>", None),
        ("<p>Place of work: Pune</p>", None),
        (
            "<p>Due to the exam in Main Block, the interview will be held in CCF Lab (IT Block).</p>",
            "CCF Lab (IT Block)",
        ),
        ("<p>Breakfast in Mess Hall. The test will be conducted in Seminar Hall.</p>", "Seminar Hall"),
        ("<p>mock interviews in Seminar Room 3 (A Block), 10 AM to 1 PM daily</p>", "Seminar Room 3 (A Block)"),
        ("<p>Those who cleared the online assessment may apply online.</p>", None),
    ],
)
def test_venue_is_where_the_coming_event_is_held(html: str, venue: str | None) -> None:
    text = from_html("t", html)

    assert find_venue(text, fields_of(text), ()) == venue


@pytest.mark.parametrize("when", ["14 March 2026, 10 AM", "on Saturday, 14/03/2026", "10:30 am onwards", "at 10 am"])
def test_day_and_time_behind_a_labelled_venue_are_no_part_of_it(when: str) -> None:
    text = from_html("t", f"<p>Venue: LT-3, {when}</p>")

    assert find_venue(text, fields_of(text), ()) == "LT-3"
