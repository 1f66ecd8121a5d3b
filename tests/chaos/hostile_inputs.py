"""Hostile mails, made from numbers: mutations of whole mails, and shapes that cost a careless reader time or memory."""

import base64
import random
from collections.abc import Callable, Sequence
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "payloads" / "mails"
SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "messages" / "mails"
LARGE = 10 * 1000 * 1000  # bytes

HEADERS = (
    b"From: Office <office@college.example>\r\nTo: all@college.example\r\nSubject: Result\r\nMIME-Version: 1.0\r\n"
)
_NAMES = [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"Received", b"List-Id", b"X-Odd"]
_VALUES = [
    *(b"(" * 300, b'"' * 301, b"<" * 200, b"=?utf-8?B?" * 60, b"=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?=", b"a@b, " * 400),
    *(b"=?punycode?Q?" + b"a" * 900 + b"?=", b"\xff\xfe\x00", b"; ;; ;", b"text/plain; charset=idna", b"\t\r\n \r\n x"),
    *(b"multipart/mixed; boundary=b", b"multipart/mixed", b"message/rfc822", b"text/html; charset*0*=utf-7''%00"),
    *(
        b"Thu, 99 Foo 20255 99:99:99 +9999",
        b"1 Jan 0001 00:00 -2359",
        b"<a@" + b"b" * 3000 + b">",
        b"mx.google.com; ((((",
    ),
    *(
        b"multipart/" + b"x" * 5000,
        b"a:b:c;" * 200,
        b"undisclosed-recipients:;",
        b"\xc3\xa9 <\xc3\xa9@\xd0\xb0.example>",
    ),
]
_CHARSETS = [
    b"utf-8",
    b"utf-16",
    b"utf-7",
    b"iso-2022-jp",
    b"hz",
    b"punycode",
    b"rot13",
    b"unicode_escape",
    b"x-none",
    b"\xff",
]
_ENCODINGS = [b"base64", b"quoted-printable", b"7bit", b"binary", b"x-uuencode", b"", b"gzip"]
_TAGS = [
    "table",
    "tr",
    "td",
    "div",
    "p",
    "b",
    "a href='http://a.b/'",
    "li",
    "ul",
    "pre",
    "font",
    "style",
    "script",
    "!--",
    "svg",
]
_WORDS = [
    *(
        "22103001",
        "Asha Rao",
        "selected",
        "shortlisted ",
        "12 LPA",
        "&amp;",
        "&#x1F600;",
        "&",
        "<",
        ">",
        "\n",
        "\r\n",
        " ",
    ),
    *(
        "From: a@b\n",
        "Date: Thu, 21 Aug, 2025\n",
        "---------- Forwarded message ---------\n",
        "> ",
        "-- \n",
        "On x wrote:\n",
    ),
    *(
        "http://a.b/c ",
        "\u202f",
        "\u200b",
        "\u00a0",
        "\U0001f600",
        "₹ ",
        "apply by ",
        "x" * 300,
        "Fwd: ",
        "a | b",
        "\t",
        "CTC ",
    ),
]


def hostile_mail(seed: int, number: int, bases: Sequence[bytes]) -> bytes:
    """Return the mail that a number stands for. bases: whole mails to be mutated; at least one."""
    source = random.Random(f"{seed}/{number}")
    if number % 400 == 0:
        return _large(source)
    make = source.choices([shape for shape, _ in _SHAPES], [weight for _, weight in _SHAPES])[0]
    return make(source, bases)[:LARGE]


def whole_mails() -> list[bytes]:
    """Return the mails to start from: our own, and the samples where they are there."""
    files = [*sorted(FIXTURES.glob("*.eml")), *sorted(SAMPLES.glob("*.eml"))]
    return [file.read_bytes() for file in files]


def _mutated(source: random.Random, bases: Sequence[bytes]) -> bytes:
    mail = source.choice(bases)
    for _ in range(source.randint(1, 6)):
        mail = source.choice(_MUTATIONS)(source, mail)
    return mail


def _flip_bits(source: random.Random, mail: bytes) -> bytes:
    changed = bytearray(mail)
    for _ in range(source.choice([1, 3, 30]) if changed else 0):
        changed[source.randrange(len(changed))] ^= 1 << source.randrange(8)
    return bytes(changed)


def _cut(source: random.Random, mail: bytes) -> bytes:
    return mail[: source.randrange(len(mail) + 1)]


def _leave_out(source: random.Random, mail: bytes) -> bytes:
    start = source.randrange(len(mail) + 1)
    return mail[:start] + mail[start + source.randrange(400) :]


def _repeat(source: random.Random, mail: bytes) -> bytes:
    start = source.randrange(len(mail) + 1)
    piece = mail[start : start + source.choice([1, 10, 200])]
    return mail[:start] + piece * source.choice([2, 50, 2000]) + mail[start:]


def _odd_header(source: random.Random, mail: bytes) -> bytes:
    line = source.choice(_NAMES) + b": " + source.choice(_VALUES) + b"\r\n"
    at = source.choice([0, mail.find(b"\n") + 1])
    return mail[:at] + line + mail[at:]


def _double_header(source: random.Random, mail: bytes) -> bytes:
    lines = mail.split(b"\n")
    return b"\n".join([*lines[: source.randrange(12)], source.choice(lines[:12]), *lines])


def _other_charset(source: random.Random, mail: bytes) -> bytes:
    return mail.replace(b'"utf-8"', source.choice(_CHARSETS)).replace(b'"UTF-8"', source.choice(_CHARSETS))


def _other_encoding(source: random.Random, mail: bytes) -> bytes:
    wanted = source.choice(_ENCODINGS)
    for name in (b"quoted-printable", b"base64", b"7bit"):
        mail = mail.replace(name, wanted)
    return mail


def _other_line_ends(source: random.Random, mail: bytes) -> bytes:
    return mail.replace(b"\r\n", b"\n").replace(b"\n", source.choice([b"\n", b"\r\n", b"\r", b"\n\n", b"\x00\n"]))


def _games_with_boundaries(source: random.Random, mail: bytes) -> bytes:
    lines = mail.split(b"\n")
    marks = [line for line in lines if line.startswith(b"--")] or [b"--b"]
    for _ in range(source.randint(1, 20)):
        lines.insert(
            source.randrange(len(lines)), source.choice(marks) + source.choice([b"", b"--", b" ", b"x", b"\r"])
        )
    return b"\n".join(lines)


def _wrapped(source: random.Random, mail: bytes) -> bytes:
    head = HEADERS + source.choice(
        [b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/mixed; boundary=w\r\n\r\n"]
    )
    return head + (b"--w\r\nContent-Type: message/rfc822\r\n\r\n" if b"=w" in head else b"") + mail


def _deep(source: random.Random, _bases: Sequence[bytes]) -> bytes:
    depth = source.choice([15, 25, 100, 1000, 1200])
    if source.random() < 0.3:
        return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: x\r\n\r\ntext"
    same = source.random() < 0.2
    opened = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (0 if same else level, 0 if same else level)
        for level in range(depth)
    )
    closed = b"".join(b"\r\n--b%d--" % level for level in reversed(range(depth))) if source.random() < 0.5 else b""
    return HEADERS + b"".join(opened) + b"\r\n22103001 Asha Rao selected" + closed


def _many_parts(source: random.Random, _bases: Sequence[bytes]) -> bytes:
    kind = source.choice(
        [b"text/plain", b"text/html", b"text/csv; name=a.csv", b"image/png", b"message/rfc822", b"a" + b";" * 900]
    )
    part = b"--b\r\nContent-Type: " + kind + b"\r\n\r\n" + _words(source, source.choice([1, 200])).encode() + b"\r\n"
    subtype = source.choice([b"mixed", b"alternative", b"related", b"digest", b"report", b"signed"])
    return (
        HEADERS
        + b"Content-Type: multipart/"
        + subtype
        + b"; boundary=b\r\n\r\n"
        + part * source.choice([20, 250, 3000])
    )


def _huge_header(source: random.Random, _bases: Sequence[bytes]) -> bytes:
    name, value = source.choice(_NAMES), source.choice(_VALUES)
    size = source.choice([5_000, 50_000, 500_000])
    fold = source.choice([b"", b"\r\n ", b" ", b"\n"])
    line = name + b": " + (value + fold) * (size // (len(value) + len(fold)) + 1) + b"\r\n"
    return line + HEADERS + b"\r\ntext" if source.random() < 0.5 else HEADERS + line + b"\r\ntext"


def _many_headers(source: random.Random, _bases: Sequence[bytes]) -> bytes:
    lines = (source.choice(_NAMES) + b":" + source.choice(_VALUES) + b"\r\n" for _ in range(source.choice([20, 2000])))
    return b"".join(lines) + b"\r\ntext"


def _html(source: random.Random, _bases: Sequence[bytes]) -> bytes:
    size = source.choice([500, 5_000, 50_000, 500_000])
    if source.random() < 0.4:
        tag = source.choice(_TAGS)
        body = f"<{tag}>" * source.choice([10, 1000, 20_000]) + _words(source, 30)
    else:
        pattern = "".join(_piece_of_html(source) for _ in range(source.randint(2, 30)))
        body = pattern * (size // len(pattern) + 1)
    return HEADERS + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body.encode()


def _plain(source: random.Random, _bases: Sequence[bytes]) -> bytes:
    flowed = source.choice([b"", b"; format=flowed", b"; format=flowed; delsp=yes"])
    pattern = _words(source, source.randint(1, 30))
    text = pattern * (source.choice([500, 3_000, 70_000]) // len(pattern) + 1)
    return HEADERS + b"Content-Type: text/plain; charset=utf-8" + flowed + b"\r\n\r\n" + text.encode()


def _table(source: random.Random, _bases: Sequence[bytes]) -> bytes:
    cell = source.choice(["22103001", "Asha, Rao", '"', "x" * 400, "\x00", "=1+1", "é", ";"])
    data = (source.choice([",", ";", "\t", "|", "\n"]) + cell) * source.choice([10, 1000, 20_000])
    body = base64.encodebytes(
        data.encode(
            source.choice(["utf-8", "utf-16", "cp1252"]),
        )
    )
    head = b"Content-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return HEADERS + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee list\r\n--b\r\n" + head + body


def _noise(source: random.Random, _bases: Sequence[bytes]) -> bytes:
    return source.randbytes(source.choice([0, 1, 100, 20_000]))


def _large(source: random.Random) -> bytes:
    """Return a mail of 10 MB, of one of the kinds that are slow or large when read line by line or tag by tag."""
    kind = source.choice(
        [b"text/plain", b"text/html", b"multipart/mixed; boundary=b", b"application/pdf", b"text/csv; name=a.csv"]
    )
    encoding = source.choice([b"7bit", b"base64", b"quoted-printable"])
    pieces = [
        b"\n",
        b"a",
        b"<td>",
        b"<",
        b"&",
        b"=\r\n",
        b"\n--b",
        b"\n--b\n",
        b"=3D",
        b"QUJD",
        b"\n--b\r\nContent-Type: x\r\n\r\n",
    ]
    piece = source.choice(
        [*pieces, b"\r", b"\n-", b"(", b"a@b,", b"22103001 Asha Rao\r\n", b"> ", b"--b--\n", source.randbytes(997)]
    )
    head = HEADERS + b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n"
    return head + (b"--b\r\n\r\n" if b"b" in kind else b"") + piece * (LARGE // len(piece))


def _words(source: random.Random, count: int) -> str:
    return "".join(source.choices(_WORDS, k=count))


def _piece_of_html(source: random.Random) -> str:
    tag = source.choice(_TAGS)
    return source.choice(
        [f"<{tag}>", f"</{tag.partition(' ')[0]}>", f"<{tag}", source.choice(_WORDS), "<td rowspan=99999>"]
    )


_Mutation = Callable[[random.Random, bytes], bytes]
_MUTATIONS: list[_Mutation] = [
    *(_flip_bits, _cut, _leave_out, _repeat, _odd_header, _double_header, _other_charset, _other_encoding),
    *(_other_line_ends, _games_with_boundaries, _wrapped),
]
_SHAPES: list[tuple[Callable[[random.Random, Sequence[bytes]], bytes], float]] = [
    (_mutated, 70),
    (_deep, 4),
    (_many_parts, 2),
    (_huge_header, 3),
    (_many_headers, 3),
    (_html, 5),
    (_plain, 5),
    (_table, 4),
    (_noise, 4),
]
