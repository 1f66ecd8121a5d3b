"""An address as a QR code: an SVG that stands in the page, so that no picture is loaded."""

import io

import segno
from markupsafe import Markup

_QUIET = 2  # modules around it; the page adds its own white


def qr_svg(text: str) -> Markup:
    """Return the SVG, black on white in dark pages too, without size: the style sheet gives it one."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        border=_QUIET,
        dark="#000",
        light="#fff",
        omitsize=True,
        svgclass="qr",
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - segno's own figures; the text is in none of them as text
