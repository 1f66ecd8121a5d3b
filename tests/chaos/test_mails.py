from tests.chaos.mails import FAULTS, mails_under_fire
from tests.chaos.stage import Stage
from tests.mail_server import MailServer, mail_server

__all__ = ["mail_server"]


async def test_each_mail_is_taken_in_once_whatever_the_server_does_and_wherever_the_program_is_killed(
    stage: Stage, mail_server: MailServer
) -> None:
    finding = await mails_under_fire(stage, mail_server, students=3, mails=5 * len(FAULTS), seed=1)

    assert finding.problems == ()
