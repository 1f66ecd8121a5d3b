"""Where a page may lead back to: only to ourselves. Pure."""

import re
from urllib.parse import unquote

LENGTH_MAX = 2_000  # characters
_PLAIN = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)  # printable ASCII; browsers take a backslash for a slash


def local_path(text: str, default: str = "/") -> str:
    """Return a path of ours with its query, as it came; the default for whatever could lead anywhere else."""
    if len(text) > LENGTH_MAX or not _PLAIN.fullmatch(text):
        return default
    return text if _PLAIN.match(unquote(text)) else default  # a proxy may decode it before the browser sees it
