import pytest

from placement_alerts.core.extract.labels import fields_of
from placement_alerts.core.extract.places import find_locations
from placement_alerts.core.html import from_html


@pytest.mark.parametrize(
    ("html", "places"),
    [
        ("<p>Location: Pune (WFO)</p>", ("Pune",)),
        ("<p>Job Location - Chennai, Coimbatore & Kochi</p>", ("Chennai", "Coimbatore", "Kochi")),
        ("<p>Posting – Hosur plant</p>", ("Hosur",)),
        ("<table><tr><td>Work Location</td><td>Noida / Remote</td></tr></table>", ("Noida", "Remote")),
        ("<p>📍 Bengaluru 💰 5 LPA</p>", ("Bengaluru",)),
        ("<p>Package 5 LPA and job location shall be Hyderabad.</p>", ("Hyderabad",)),
        ("<p>Posting may be at Noida or Hyderabad as per need.</p>", ("Noida", "Hyderabad")),
        ("<p>needs people at its Baddi facility.</p>", ("Baddi",)),
        ("<p>rotation through Karnal, Noida and Vadodara plants</p>", ("Karnal", "Noida", "Vadodara")),
        ("<p>The office is in Sector 62, Noida.</p>", ("Noida",)),
        ("<p>Kochi has been added to the list of locations.</p>", ("Kochi",)),
        ("<p>Engineer | 6 LPA | Bengaluru</p>", ("Bengaluru",)),
        ("<p>Immediate need in Acme, Chandigarh. 3 LPA.</p>", ("Chandigarh",)),
        ("<p>Internship begins 5 January 2027 at Gurgaon.</p>", ("Gurgaon",)),
        ("<p>Location: Work from home</p>", ("Work from home",)),
        ("<p>Location: to be decided</p>", ()),
        ("<p>Test Engineer, 14.6 LPA, Gurugram. Come to our campus.</p>", ("Gurugram",)),
        ("<p>Test Engineer at Acme (6 LPA, Chakan).</p>", ("Chakan",)),
        ("<p>Test Engineer (6 LPA, Full Time).</p>", ()),
        ("<ul><li>Plant: Chakan</li></ul>", ("Chakan",)),
        ("<h4>Locations</h4><p>Gurugram, Mumbai, Anantapur</p>", ("Gurugram", "Mumbai", "Anantapur")),
        ("<p>Place: CR-204, Academic Block, Sector 71 campus</p>", ()),
        ("<p>Acme Analytics works on forecasts.</p>", ()),
        ("<p>Interview at Grand Hall, Pune.</p>", ()),
    ],
)
def test_places_of_work(html: str, places: tuple[str, ...]) -> None:
    text = from_html("t", html)

    assert find_locations(text, fields_of(text)) == places


def test_city_beside_other_words_counts_only_where_it_is_likely() -> None:
    text = from_html("t", "<p>Engineer | 6 LPA | Bengaluru</p>")

    assert find_locations(text, fields_of(text), said_only=True) == ()


@pytest.mark.parametrize(
    ("html", "places"),
    [
        ("<p>Place of posting will be Indore.</p>", ("Indore",)),
        ("<p>Frontend Engineer, 10 LPA, remote)</p>", ("remote",)),
        ("<p>Where: Bengaluru</p>", ("Bengaluru",)),
        ("<p>Collect the copy from IIC office.</p>", ()),
    ],
)
def test_place_of_work_is_found_in_sentences(html: str, places: tuple[str, ...]) -> None:
    text = from_html("t", html)

    assert find_locations(text, fields_of(text)) == places
