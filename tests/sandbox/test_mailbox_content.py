"""The demo's mails mean what the demo says of them."""

from datetime import UTC, datetime

from placement_alerts.core.mail_understanding import UnderstoodMail, understand_mail
from placement_alerts.core.notice import NoticeKind
from placement_alerts.sandbox import mailbox_content
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_content import Mailing
from placement_alerts.sources.mailbox.reading import read_mail
from placement_alerts.sources.mailbox.settings import MailboxSettings

NOW = datetime(2026, 1, 27, 6, 0, tzinfo=UTC)
SETTINGS = MailboxSettings(trusted_senders=(mailbox_content.TRUSTED,), authserv_id=mailbox_content.AUTHSERV_ID)
STUDENTS = [
    (str(22103451 + number), f"Meera {name}") for number, name in enumerate(("Nair", "Sen", "Rao", "Das", "Iyer"))
]
MAILING = Mailing("Cobalt Fern Analytics", STUDENTS, NOW)


async def understood(raw: bytes) -> tuple[UnderstoodMail, str | None]:
    """Return what a mail says, and why its sender is not trusted."""
    mail = await read_mail(raw, received_at=NOW, settings=SETTINGS)
    return understand_mail(mail), mail.distrust


async def test_shortlist_names_the_students_of_its_attachment() -> None:
    mail, distrust = await understood(mailbox_content.shortlist(MAILING))

    assert distrust is None
    assert (mail.facts.kind, mail.facts.held) == (NoticeKind.SHORTLIST, None)
    assert [one.enrollment for one in mail.facts.students] == [number for number, _ in STUDENTS]


async def test_result_is_an_offer() -> None:
    mail, distrust = await understood(mailbox_content.result(MAILING, STUDENTS[:2], 8.5))

    assert distrust is None
    assert mail.contribution is not None
    assert mail.contribution.company == "Cobalt Fern Analytics"
    assert [one.package_lpa for one in mail.contribution.students] == [8.5, 8.5]


async def test_stranger_is_not_trusted_although_the_mail_reads_like_a_result() -> None:
    mail, distrust = await understood(mailbox_content.fake(MAILING))

    assert distrust is not None
    assert mail.facts.kind is NoticeKind.OFFER


async def test_history_is_a_policy_and_offers_of_nine_companies() -> None:
    mails = [(await understood(raw), at) for raw, at in mailbox_content.history(7, NOW)]

    assert len({mail.contribution.company for (mail, _), _ in mails if mail.contribution}) == 9
    assert all(1 <= (NOW - at).days <= 31 for (mail, _), at in mails if mail.contribution)
    assert [mail.graduating_year for (mail, _), _ in mails if mail.facts.kind is NoticeKind.POLICY] == [2026]


async def test_script_delivers_four_mails() -> None:
    async with SimulatedMailbox("reader@tiit.ac.example", "secret") as mailbox:
        for event in mailbox_content.script(MAILING):
            event.act(mailbox)

        assert len(mailbox.flags()) == 4
