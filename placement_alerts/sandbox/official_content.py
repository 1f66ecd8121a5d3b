"""What the simulated official page says, as the college's site would send it in each of its layouts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

Cards = Sequence[tuple[str, str]]

INTRO = "Training and Placement activities are run from one office for all campuses."
PUBLISHED_2025: Cards = (
    ("260+", "Quality Companies Visited So Far"),
    ("Rs. 62.00 Lacs", "Highest Package by Atlassian (1 Offer)"),
    ("Rs. 55.38 Lacs", "2nd Highest Package by Microsoft India (1 Offer)"),
    ("Rs. 52.75 Lacs", "3rd Highest Package by Google India (6 Offers)"),
    ("Rs. 13.00 to Rs. 52.74 Lacs", "Package (41 Companies - 178 Offers)"),
    ("Rs. 6.00 to Rs. 12.99 Lacs", "Package (94 Companies - 350 Offers)"),
    ("Upto Rs. 5.99 Lacs", "Package (67 Companies - 406 Offers)"),
    ("Rs. 11.13 Lacs", "Average Package"),
    ("Rs. 7.93 Lacs", "Median Package"),
)
PUBLISHED_2024: Cards = (
    ("252+", "Quality Companies Visited So Far"),
    ("Rs. 60.71 Lacs", "Highest Package by LinkedIn (2 Offers)"),
    ("Rs. 52.00 Lacs", "2nd Highest Package by Microsoft India (2 Offers)"),
    ("Rs. 37.37 Lacs", "3rd Highest Package by CISCO (1 Offer)"),
    ("Rs. 13.00 to Rs. 37.36 Lacs", "Package (24 Companies - 101 Offers)"),
    ("Rs. 6.00 to Rs. 12.99 Lacs", "Package (106 Companies - 399 Offers)"),
    ("Upto Rs. 5.99 Lacs", "Package (69 Companies - 305 Offers)"),
    ("Rs. 8.62 Lacs", "Average Package"),
    ("Rs. 6.50 Lacs", "Median Package"),
)
SEASON_2032: Cards = (
    ("64", "Quality Companies Visited So Far"),
    ("Rs. 41.20 Lacs", "Highest Package by Brightwave (2 Offers)"),
    ("Rs. 9.80 Lacs", "Average Package"),
)
SEASON_2031: Cards = (
    ("118+", "Quality Companies Visited So Far"),
    ("Rs. 38.50 Lacs", "Highest Package by Northlake Systems (1 Offer)"),
    ("Rs. 12.00 to Rs. 38.49 Lacs", "Package (21 Companies - 84 Offers)"),
    ("Rs. 8.90 Lacs", "Average Package"),
)
LOGOS = (("/uploads/brightwave.webp", "Brightwave"), ("/uploads/northlake.webp", "Northlake Systems"))


@dataclass(frozen=True, slots=True)
class Content:
    """What the page says. batches: (name, cards), the active one first. logos: (address, company)."""

    batches: Sequence[tuple[str, Cards]] = (("2032", SEASON_2032), ("2031", SEASON_2031))
    logos: Sequence[tuple[str, str]] = LOGOS
    intro: str = INTRO

    def with_card(self, batch: str, description: str, title: str) -> "Content":
        """Return the content with another title on the card of that description, or with a new card."""
        return self.with_cards(
            batch, [*(one for one in self.cards(batch) if one[1] != description), (title, description)]
        )

    def with_cards(self, batch: str, cards: Cards) -> "Content":
        """Return the content with other cards in a batch."""
        return replace(self, batches=[(name, cards if name == batch else old) for name, old in self.batches])

    def without(self, batch: str) -> "Content":
        """Return the content without a batch."""
        return replace(self, batches=[one for one in self.batches if one[0] != batch])

    def cards(self, batch: str) -> Cards:
        """Return a batch's cards."""
        return dict(self.batches)[batch]


def current_page(
    content: Content,
    *,
    wrapper: str = "palcement-sec student-placement-pg",
    sections: bool = True,
    flight: bool = True,
    split: bool = False,
    menus: int = 0,
    filler: int = 0,
) -> str:
    """Return the page in the site's current layout.

    wrapper: classes of a section; "": its heading is the only clue. sections: whether the batches are in the HTML.
    flight: whether scripts carry the same again. split: whether their objects go over two scripts.
    menus, filler: how many entries menus and scripts have beside what matters.
    """
    shown = "".join(_section(wrapper, name, cards, at) for at, (name, cards) in enumerate(content.batches, start=1))
    images = "".join(_logo(src, responsive=bool(menus)) for src, _ in content.logos)
    return f"""<!DOCTYPE html><html lang="en"><head><title>Students Placement</title>
<style>.item {{ color: red }}</style></head><body>{_menus(menus)}
<div class="inner-banner"><div class="mainheading__large">Training &amp; Placement</div>
<h1>Students Placement</h1></div>
<div class="vector-bg-sec desc-sec"><div class="left"><p>{escape(content.intro)}</p></div></div>
{shown if sections else ""}
<section class="student-training-page"><div class="mainheading__large">Key Recruiters ... : 2025-31</div>
<div class="placements-items grid">{images}</div></section>
{_scripts(content, split=split, filler=filler) if flight else ""}
</body></html>"""


def old_page(content: Content) -> str:
    """Return the page in the layout of older releases, with a distribution made of the batches' other cards."""
    names = "".join(f"<li>{escape(name)}</li>" for name, _ in content.batches)
    tabs = "".join(_tab(cards, shown=at == 0) for at, (_, cards) in enumerate(content.batches))
    logos = "".join(
        f'<div class="training-placement-logo"><img src="{escape(src)}" alt="{escape(name)}"></div>'
        for src, name in content.logos
    )
    return f"""<!DOCTYPE html><html><body><div class="annouc-heading line-three">Training &amp; Placement</div>
<div class="text">{escape(content.intro)}</div>{logos}<ul class="tab-ul">{names}</ul>
<div class="tab-containerr">{tabs}</div></body></html>"""


UNKNOWN_PAGE = "<!DOCTYPE html><html><body><div class='brand-new'><h2>Placements, redesigned</h2></div></body></html>"


def _section(wrapper: str, name: str, cards: Cards, number: int) -> str:
    items = "".join(
        f'<div class="item"><div class="title ">{escape(title)}</div><div class="desc">{escape(text)}</div></div>'
        for title, text in cards
    )
    classes = f'class="{wrapper} colum-{number} section-padding"' if wrapper else f'data-section="{number}"'
    return f"""<div {classes}>
  <div class="mainheading__large">Placement Highlights – Graduating Batch {escape(name)}</div>
  <div class="highlights inner-page items grid">{items}</div></div>"""


def _tab(cards: Cards, *, shown: bool) -> str:
    pointers = "".join(f"<li>{escape(text)}: {escape(title)}</li>" for title, text in cards)
    return f"""<div class="content" style="display: {"block" if shown else "none"};">
<div class="scroll_sec mCustomScrollbar"><ul>{pointers}<li> </li></ul>
<table><tr><th colspan="3">Distribution of Packages</th></tr><tr><th>Category</th><th>Average</th><th>Median</th></tr>
<tr><td>More than 20 LPA</td><td>27.40</td><td>26.00</td></tr><tr><td>only two</td><td>cells</td></tr></table>
</div></div>"""


def _scripts(content: Content, *, split: bool, filler: int) -> str:
    highlights = [
        {
            "__component": "x.placement-highlights",
            "title": f"Placement Highlights – Graduating Batch {name}",
            "list": [{"title": title, "description": text} for title, text in cards],
        }
        for name, cards in content.batches
    ]
    images = [{"image": src, "name": name} for src, name in content.logos]
    rows = ["".join(_filler_row(at) for at in range(start, start + 40)) for start in range(0, filler, 40)]
    rows += ['1:I["static/chunks/main.js",["main"],"default"]\n', f"4:T2b,<p>{content.intro}</p>"]
    rows += [f"{5 + at:x}:" + json.dumps(["$", {"data": one}]) for at, one in enumerate(highlights)]
    rows.append("23:" + json.dumps(["$", {"slidecount": 1, "Images": images}]))
    if split:
        rows = [piece for row in rows for piece in (row[: len(row) // 2], row[len(row) // 2 :])]
    scripts = ["self.__next_f.push([0])", *(f"self.__next_f.push({json.dumps([1, row])})" for row in rows)]
    # a script must not end early because of its content: the site escapes it as well
    return "".join("<script>" + script.replace("<", "\\u003c") + "</script>" for script in scripts)


def _logo(src: str, *, responsive: bool) -> str:
    """Return an image; responsive: with a list of addresses for every width, as the site's framework writes it."""
    widths = ", ".join(f"/_next/image?url={src}&amp;w={width}&amp;q=75 {width}w" for width in (96, 128, 256, 384))
    more = f' loading="lazy" width="160" height="80" decoding="async" srcset="{widths}"' if responsive else ""
    return f'<div class="item"><img alt=""{more} src="{escape(src)}"></div>'


def _filler_row(at: int) -> str:
    return f'{at + 4096:x}:["$","li",null,{{"className":"menu-item","children":"Entry {at} of the site"}}]\n'


def _menus(entries: int) -> str:
    """Return menus with the long lists of classes that such sites have."""
    lines = "".join(
        f"""<li class="menu-item menu-item-type-post_type menu-item-object-page nav-{at}">
        <a href="/existing-student/section-{at % 7}/page-about-entry-{at}" class="nav-link dropdown-item text-nowrap">
        <span class="nav-text">Entry {at} of the site</span></a></li>"""
        for at in range(entries)
    )
    return (
        f'<header><nav class="navbar navbar-expand-lg"><ul class="menu">{lines}</ul></nav></header>' if entries else ""
    )
