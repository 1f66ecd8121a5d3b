"""Bytes to text: the declared charset if it is true, else UTF-8, else Windows-1252."""

import codecs
import re
import unicodedata

_SAFE = re.compile(  # codecs of charsets alone: others (punycode, idna, unicode_escape) are slow or no charsets
    r"(?:ascii|utf_?(?:7|8|8_sig|16|16_le|16_be|32|32_le|32_be)|iso8859_\d{1,2}|latin_1|cp\d{3,5}|koi8_[rut]|kz1048"
    r"|mac_\w+|big5(?:hkscs)?|gb2312|gbk|gb18030|hz|shift_jis\w*|euc_\w+|johab|tis_620|ptcp154|hp_roman8|iso2022_\w+)"
)
_LATIN = frozenset({"ascii", "iso8859_1", "latin_1", "cp1252"})
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_SPACE = {ord(char): " " for char in map(chr, range(0x80, 0x3001)) if unicodedata.category(char) == "Zs"}
_LINE_ENDS = {ord(char): "\n" for char in "\x0b\x0c\x85\u2028\u2029"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def safe_charset(name: str | None) -> str | None:
    """Return Python's name of a charset; None if it is missing, unknown or no charset."""
    if not name or len(name) > 60 or not name.isascii():
        return None
    try:
        known = codecs.lookup(name.strip(" \"'")).name.replace("-", "_")
    except (LookupError, ValueError):
        return None
    return known if _SAFE.fullmatch(known) else None


def decoded(raw: bytes, declared: str | None = None) -> str:
    """Return the text of bytes; never fails: what no charset explains is replaced.

    UTF-8 comes first where a Latin charset is declared, as bytes that are valid UTF-8 by chance do not occur in texts.
    """
    charset = safe_charset(declared)
    candidates = ["utf_8_sig"] if charset is None or charset in _LATIN else [charset, "utf_8_sig"]
    for candidate in candidates:
        try:
            return raw.decode(candidate)
        except (UnicodeError, ValueError):
            continue
    return _mostly_utf8(raw) or raw.decode("cp1252", "replace")


def _mostly_utf8(raw: bytes) -> str | None:
    """Return the text of damaged UTF-8: what is beyond ASCII is letters rather than damage; None if it is not that."""
    text = raw.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if beyond_ascii > 2 * text.count("\ufffd") else None


def clean(text: str) -> str:
    r"""Return the text with \n as the only line end, every kind of space as a space, and nothing a store refuses."""
    if not text.isascii():
        text = text.translate(_SPACE | _LINE_ENDS)
        if _SURROGATE.search(text):
            text = _SURROGATE.sub("\ufffd", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text.replace("\x0b", "\n").replace("\x0c", "\n"))


def repaired(text: str) -> str:
    """Return the text of which parts are bytes that a decoder left as surrogates."""
    if not _SURROGATE.search(text):
        return text
    try:
        return decoded(text.encode("utf-8", "surrogateescape"))
    except UnicodeError:
        return clean(text)
