"""Which mails are done, and how far folders were read, on both stores."""

from datetime import UTC

from placement_alerts.core.mail import Cursor, MailId
from placement_alerts.core.notice import NoticeId
from placement_alerts.store.base import Store
from placement_alerts.store.knowledge import MailVerdict
from tests.builders import NOW, a_mail_record, after


def a_cursor(folder: str = "INBOX", uid: int = 7, uidvalidity: int = 1) -> Cursor:
    return Cursor(folder=folder, uidvalidity=uidvalidity, uid=uid)


async def test_stored_record_comes_back_as_it_was(store: Store) -> None:
    record = a_mail_record("<ä\x00🎓@x>", notice_id=NoticeId("n1"), reasons=("list of students", "", "सूची"))
    await store.mails.save(record)

    assert await store.mails.get(record.id) == record


async def test_mail_that_gave_nothing_has_neither_digest_nor_notice(store: Store) -> None:
    record = a_mail_record(verdict=MailVerdict.IRRELEVANT, digest=None, notice_id=None, reasons=())
    await store.mails.save(record)

    assert await store.mails.get(record.id) == record


async def test_unknown_mail_and_unknown_digest_are_none(store: Store) -> None:
    await store.mails.save(a_mail_record(digest=None))

    assert await store.mails.get(MailId("none")) is None
    assert await store.mails.by_digest("none") is None


async def test_record_saved_again_replaces_what_was_known(store: Store) -> None:
    await store.mails.save(a_mail_record(verdict=MailVerdict.HELD, digest="before"))
    await store.mails.save(a_mail_record(verdict=MailVerdict.NOTICE, digest="after"))

    assert await store.mails.get(a_mail_record().id) == a_mail_record(verdict=MailVerdict.NOTICE, digest="after")
    assert await store.mails.by_digest("before") is None
    assert await store.mails.counts() == {"notice": 1}


async def test_of_one_digest_the_record_that_was_decided_last_is_found(store: Store) -> None:
    await store.mails.save(a_mail_record("<early@x>", decided_at=after(hours=-1)))
    await store.mails.save(a_mail_record("<b@x>"))
    await store.mails.save(a_mail_record("<a@x>"))
    await store.mails.save(a_mail_record("<other@x>", digest="d2", decided_at=after(hours=1)))

    assert await store.mails.by_digest("d1") == a_mail_record("<b@x>")


async def test_time_of_the_decision_is_utc_cut_to_the_millisecond(store: Store) -> None:
    await store.mails.save(a_mail_record(decided_at=NOW.replace(microsecond=123_999)))

    stored = await store.mails.get(a_mail_record().id)

    assert stored is not None
    assert stored.decided_at == NOW.replace(microsecond=123_000)
    assert stored.decided_at.tzinfo is UTC


async def test_counts_are_of_each_verdict(store: Store) -> None:
    await store.mails.save(a_mail_record("<1@x>"))
    await store.mails.save(a_mail_record("<2@x>"))
    await store.mails.save(a_mail_record("<3@x>", verdict=MailVerdict.COPY))

    assert await store.mails.counts() == {"offer": 2, "copy": 1}


async def test_empty_store_counts_no_mails_and_has_no_cursors(store: Store) -> None:
    assert await store.mails.counts() == {}
    assert await store.mails.cursors("mailbox") == {}


async def test_cursor_is_kept_for_each_folder_of_each_source(store: Store) -> None:
    await store.mails.save_cursor("mailbox", a_cursor())
    await store.mails.save_cursor("mailbox", a_cursor("Ämter/T&P"))
    await store.mails.save_cursor("other", a_cursor(uid=99))

    assert await store.mails.cursors("mailbox") == {"INBOX": a_cursor(), "Ämter/T&P": a_cursor("Ämter/T&P")}


async def test_cursor_saved_again_replaces_the_folders_earlier_one(store: Store) -> None:
    await store.mails.save_cursor("mailbox", a_cursor(uid=4_294_967_295))
    await store.mails.save_cursor("mailbox", a_cursor(uid=3, uidvalidity=2))

    assert await store.mails.cursors("mailbox") == {"INBOX": a_cursor(uid=3, uidvalidity=2)}
