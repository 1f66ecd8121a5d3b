import pytest

from placement_alerts.sources.mailbox.authentication import results_in
from placement_alerts.sources.mailbox.decoding import decode
from tests.sources.mailbox.mails import OURS, RECEIVED, TRUSTED, a_mail, read

BORDER = f"Received: from out.college.example (out.college.example [203.0.113.9]) by {OURS} with ESMTPS; x"
INNER = "Received: by 2002:a05:7010:e2d with SMTP id x; y"
PASS = "dkim=pass header.i=@college.example header.s=s1 header.b=abc"
NOT_CONFIRMED = "our mail server did not confirm that it comes from the sender it names"


def results(text: str, server: str = OURS) -> str:
    return f"Authentication-Results: {server}; {text}"


def with_results(text: str, *, sender: str = "office@college.example", more: tuple[str, ...] = ()) -> bytes:
    """A mail as it lies in the folder, our server's results below the line with which it took the mail in."""
    return a_mail(f"From: {sender}", *more, without=["From"], above=[INNER, BORDER, results(text)])


@pytest.mark.parametrize(
    "text",
    [
        PASS,
        "dkim=pass header.d=college.example",
        "dkim=pass header.d=COLLEGE.Example.",
        "dkim=pass header.i=@mail.college.example",
        "dkim=fail header.d=college.example; dkim=pass header.d=college.example",
        "dkim=neutral (no key) header.d=college.example; dmarc=pass (p=NONE sp=NONE) header.from=college.example",
        "spf=pass (a (nested; comment) \\) here) smtp.mailfrom=x@y; dmarc = pass header . from = college.example",
        'dkim=pass reason="good; really" header.d="college.example"',
        "dkim/1=pass header.d=college.example",
    ],
)
def test_trusted_sender_counts_with_a_signature_of_its_domain_or_dmarc(text: str) -> None:
    assert read(with_results(text)).distrust is None


@pytest.mark.parametrize(
    "text",
    [
        "none",
        "dkim=fail header.d=college.example",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=evilcollege.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=college.example.evil.example",
        "dkim=pass",
        "spf=pass smtp.mailfrom=office@college.example",
        "dmarc=pass header.from=evil.example",
        "dmarc=pass header.from=sub.college.example",
        "dmarc=bestguesspass header.from=college.example",
        "dkim=none (dkim=pass header.d=college.example)",
        'dkim=none reason="; dkim=pass header.d=college.example"',
        "dkim=pass header.d=evil.example (header.d=college.example)",
        "dkim=pass header.d=evil.example header.i=@college.example",
        "x-dkim=pass header.d=college.example",
        "dkim=pass header.d=\u0441ollege.example",
    ],
)
def test_everything_less_than_that_is_no_proof(text: str) -> None:
    assert read(with_results(text)).distrust == NOT_CONFIRMED


@pytest.mark.parametrize(
    "sender",
    [
        "stranger@college.example",
        "office@sub.college.example",
        "office@college.example.evil.example",
        '"office@college.example" <evil@evil.example>',
        "office@c\u043ellege.example",
        "office@xn--cllege-t4d.example",
    ],
)
def test_sender_who_is_not_listed_is_not_trusted_whatever_is_signed(sender: str) -> None:
    text = f"{PASS}; dkim=pass header.d=evil.example; dmarc=pass header.from=evil.example"

    assert read(with_results(text, sender=sender)).distrust == "the sender is not a trusted one"


@pytest.mark.parametrize(
    "sender",
    [
        "office@college.example, evil@evil.example",
        "<office@college.example> <evil@evil.example>",
        "evil@evil.example <office@college.example>",
        "office@\uff43ollege.example",
        "office@college.example\0@evil.example x",
        "",
    ],
)
def test_sender_that_can_be_read_in_two_ways_is_not_trusted(sender: str) -> None:
    assert read(with_results(PASS, sender=sender)).distrust == "it does not have exactly one sender"


def test_two_from_headers_or_none_are_not_trusted() -> None:
    two = with_results(PASS, more=("From: evil@evil.example",))
    none = a_mail(without=["From"], above=[BORDER, results(PASS)])

    assert read(two).distrust == read(none).distrust == "it does not have exactly one sender"


def test_trusted_domain_covers_its_addresses_and_not_the_domains_below_it() -> None:
    text = "dkim=pass header.d=cell.example; dkim=pass header.d=students.cell.example"

    assert read(with_results(text, sender="Anyone <Any.One@CELL.example>")).distrust is None
    assert read(with_results(text, sender="x@students.cell.example")).distrust == "the sender is not a trusted one"


@pytest.mark.parametrize("line", ["Reply-To", "Sender", "Return-Path", "X-Original-From", "Resent-From"])
def test_no_other_header_stands_in_for_from(line: str) -> None:
    mail = with_results(PASS, sender="evil@evil.example", more=(f"{line}: office@college.example",))

    assert read(mail).distrust == "the sender is not a trusted one"


def test_forwarded_block_is_no_proof() -> None:
    body = "---------- Forwarded message ---------\r\nFrom: Office <office@college.example>\r\n\r\nresult\r\n"
    mail = a_mail("From: s@mail.example", without=["From"], above=[BORDER, results(PASS)], body=body)

    assert read(mail).distrust == "the sender is not a trusted one"


@pytest.mark.parametrize("server", ["evil.example", f"{OURS}.evil.example", "", f"({OURS}) evil.example"])
def test_results_of_other_servers_do_not_count(server: str) -> None:
    assert read(a_mail(above=[BORDER, results(PASS, server)])).distrust == NOT_CONFIRMED


def test_results_above_the_border_were_written_by_our_machines() -> None:
    other = BORDER.replace(f"by {OURS}", "by mx7.ours.example")

    assert read(a_mail(above=[results("spf=pass"), results(PASS), INNER, other])).distrust is None


def test_filter_on_the_same_machine_is_not_the_border() -> None:
    local = "Received: from localhost (localhost [127.0.0.1]) by mx.ours.example (Postfix) with ESMTP id 1; x"

    assert read(a_mail(above=[local, results(PASS), BORDER])).distrust is None


def test_local_delivery_is_not_the_border() -> None:
    delivery = f"Received: from {OURS}\r\n\tby {OURS} with LMTP\r\n\tid x; y"

    assert read(a_mail(above=[delivery, BORDER, results(PASS)])).distrust is None


@pytest.mark.parametrize(
    "line",
    [
        "Received: from x by y with LMTP (evil.example [203.0.113.66]) by mx7.ours.example with ESMTP; x",
        "Received: from localhost (evil.example [203.0.113.66]) by mx7.ours.example; x",
        "Received: from localhost ([203.0.113.66] helo=[127.0.0.1]) by mx7.ours.example; x",
        "Received: from [127.0.0.1] (evil.example [203.0.113.66]) by mx7.ours.example; x",
    ],
)
def test_machine_that_calls_itself_local_is_not(line: str) -> None:
    assert read(a_mail(above=[line, results(PASS), BORDER])).distrust == NOT_CONFIRMED


def test_results_below_the_border_do_not_count_where_ours_stand_above() -> None:
    ours = results("dkim=fail header.i=@college.example; dmarc=fail")

    assert read(a_mail(above=[ours, BORDER, results(PASS)])).distrust == NOT_CONFIRMED


def test_forged_results_below_those_of_our_server_are_as_good_as_not_there() -> None:
    ours = results("dkim=none; dmarc=fail header.from=college.example")

    assert read(a_mail(above=[INNER, BORDER, ours, results(PASS)])).distrust == NOT_CONFIRMED
    assert read(a_mail(results(PASS), above=[INNER, BORDER, ours])).distrust == NOT_CONFIRMED


@pytest.mark.parametrize(
    "between", ["Received: from a by b", "DKIM-Signature: v=1", "From: x@y.example", "Subject: x", "MIME-Version: 1.0"]
)
def test_results_below_what_the_sender_wrote_are_forged(between: str) -> None:
    mail = a_mail(above=[INNER, BORDER, between, results(PASS)], without=[between.partition(":")[0]])

    assert read(mail).distrust is not None


def test_results_below_a_border_of_another_machine_may_be_the_senders() -> None:
    other = BORDER.replace(f"by {OURS}", "by mx7.ours.example")
    forged = f"Received: from evil.example by {OURS}; x"
    two = f"Received: from evil by {OURS} (evil.example [203.0.113.66]) by mx7.ours.example; x"

    assert read(a_mail(above=[other, results(PASS)])).distrust == NOT_CONFIRMED
    assert read(a_mail(above=[other, forged, results(PASS)])).distrust == NOT_CONFIRMED
    assert read(a_mail(above=[two, results(PASS)])).distrust == NOT_CONFIRMED


def test_mail_that_says_nowhere_where_it_came_in_has_no_proof() -> None:
    assert read(a_mail(above=[INNER, results(PASS)])).distrust == NOT_CONFIRMED


def test_mail_that_never_came_over_a_network_counts_by_what_stands_on_top() -> None:
    assert read(a_mail(above=["Delivered-To: a@b.example", results(PASS)])).distrust is None
    assert read(a_mail(results(PASS))).distrust == NOT_CONFIRMED


def test_folded_results_are_read() -> None:
    folded = f"Authentication-Results: {OURS};\r\n       dkim=pass\r\n\theader.i=@college.example;\r\n spf=pass"

    assert read(a_mail(above=[INNER, BORDER, "Received-SPF: pass", folded])).distrust is None


LIST = "List-Id: Placements <placements.lists.example>"
SIGNED = "DKIM-Signature: v=1; d=lists.example; s=s1; h=list-id:from\r\n :subject; bh=x; b=y"
BY_LIST = "dkim=pass header.i=@lists.example"


def from_list(*lines: str, text: str = BY_LIST) -> str | None:
    sender = "student@anywhere.example"
    return read(with_results(text, sender=sender, more=lines)).distrust


def test_list_counts_by_its_own_signature() -> None:
    assert from_list(LIST, SIGNED) is None
    assert (
        from_list(LIST, SIGNED, text="dkim=pass header.d=placements.lists.example; dkim=pass header.d=lists.example")
        is None
    )


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((LIST, SIGNED), "dkim=fail header.i=@lists.example"),
        ((LIST, SIGNED), "dkim=pass header.i=@anywhere.example; dmarc=pass header.from=anywhere.example"),
        ((LIST, SIGNED), "dkim=pass header.i=@example"),
        ((LIST, SIGNED.replace("list-id:", "")), BY_LIST),
    ],
)
def test_list_that_did_not_sign_its_name_is_not_confirmed(lines: tuple[str, ...], text: str) -> None:
    assert from_list(*lines, text=text) == "our mail server did not confirm the mailing list"


FORGED = "DKIM-Signature: v=1; d=lists.example; s=s1; h=list-id; bh=x; b=forged"
OTHER = "DKIM-Signature: v=1; d=lists.example; s=s1; h=from:subject; bh=x; b=genuine"


@pytest.mark.parametrize("text", [BY_LIST, f"{BY_LIST} header.b=genuine", f"{BY_LIST} header.s=s2"])
def test_signature_that_a_sender_added_proves_no_list(text: str) -> None:
    assert from_list(LIST, FORGED, OTHER, text=text) == "our mail server did not confirm the mailing list"


def test_signature_of_the_list_counts_beside_one_of_its_server_that_leaves_the_name_out() -> None:
    assert from_list(LIST, SIGNED, OTHER, text=f"{BY_LIST} header.s=s1 header.b=y") is None


def test_list_without_a_signature_to_look_at_is_not_confirmed() -> None:
    assert from_list(LIST) == "our mail server did not confirm the mailing list"


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("List-Id: <students.lists.example>",),
        ("List-Id: <placements.lists.example> <students.lists.example>",),
        (LIST, "List-Id: <students.lists.example>"),
        ("List-Post: <placements.lists.example>",),
    ],
)
def test_another_list_of_the_same_server_is_not_trusted(lines: tuple[str, ...]) -> None:
    assert from_list(*lines, SIGNED) == "the sender is not a trusted one"


def test_trusted_sender_counts_through_a_list_that_is_not_trusted() -> None:
    assert read(with_results(PASS, more=("List-Id: <other.lists.example>",))).distrust is None


def test_nobody_is_trusted_without_trusted_senders_or_without_a_server() -> None:
    mail = with_results(PASS)

    nobody = decode(mail, received_at=RECEIVED, authserv_id=OURS).mail
    no_server = decode(mail, received_at=RECEIVED, trusted=TRUSTED, authserv_id="").mail
    assert nobody.distrust == "no trusted senders are configured"
    assert no_server.distrust == NOT_CONFIRMED


def test_server_may_name_a_version_and_stand_in_quotation_marks() -> None:
    found = results_in(f'"{OURS}" 1 (a;b); dkim=pass header.d=x.example; junk; spf = softfail', OURS.upper())

    assert [(result.method, result.outcome) for result in found] == [("dkim", "pass"), ("spf", "softfail")]
    assert found[0].properties == {"header.d": "x.example"}
