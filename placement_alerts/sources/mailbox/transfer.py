"""Content-Transfer-Encoding: bytes as they were before they were made fit for mail, damaged ones as far as possible."""

import binascii
import string

_BASE64 = (string.ascii_letters + string.digits + "+/=").encode()
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_MAX_PIECES = 100  # a list that appends its footer makes two


def transfer_decoded(body: bytes, encoding: str | None, limit: int | None = None) -> bytes:
    """Return the decoded bytes. limit: how many are wanted; a few more may come, so that too many can be told."""
    name = (encoding or "").partition(";")[0].strip().lower()
    if name == "base64":
        return _base64(body if limit is None else body[: limit * 3 // 2 + 1024])
    if name in {"quoted-printable", "quoted-printeable"}:
        return binascii.a2b_qp(body if limit is None else body[: limit * 3 + 3])
    return body if limit is None else body[: limit + 1]


def decoded_size(body_bytes: int, encoding: str | None) -> int:
    """Return about how many bytes the body of a part has when decoded, without decoding it."""
    return body_bytes * 73 // 100 if (encoding or "").strip().lower() == "base64" else body_bytes


def _base64(body: bytes) -> bytes:
    """Decode one or several encoded pieces; strange characters, a cut end and missing padding are survived."""
    pieces = body.translate(None, delete=_NOT_BASE64).split(b"=", _MAX_PIECES)[:_MAX_PIECES]
    return b"".join(map(_piece, pieces))


def _piece(letters: bytes) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
