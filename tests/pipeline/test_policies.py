import asyncio

import pytest

from placement_alerts.core.mail_understanding import UnderstoodMail
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.policy import Policy
from placement_alerts.pipeline.policies import Policies
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR, a_mail, understood_mail
from tests.pipeline.conftest import Works

TEXT = "1. REGISTRATION\n1.1 It is voluntary.\n2. OFFERS\n2.1 One offer each."


def a_policy_mail(text: str = TEXT) -> UnderstoodMail:
    return understood_mail(title="Placement policy 2027", text=text, graduating_year=2027)


def policies(store: Store, flag: Flag | None = None, *, announce: bool = True) -> Policies:
    return Policies(store, flag or Flag(), lambda: NOW, announce=announce)


async def test_a_policy_mail_becomes_a_version_and_a_notice(store: Store) -> None:
    flag = Flag()

    notice = await policies(store, flag).take_in(a_mail(), a_policy_mail(), YEAR)

    assert notice is not None
    assert await store.notices.get(notice.id) == notice
    assert [policy.version for policy in await store.policies.versions(2027)] == [1]
    assert flag.count == 1


async def test_the_same_mail_again_changes_nothing_and_gives_the_same_notice(store: Store) -> None:
    part = policies(store)
    first = await part.take_in(a_mail(), a_policy_mail(), YEAR)
    await part.take_in(a_mail("<second@example.org>"), a_policy_mail("1. OFFERS\n1.1 Two offers each."), YEAR)

    again = await part.take_in(a_mail(), a_policy_mail(), YEAR)

    assert again == first
    assert len(await store.policies.versions(2027)) == 2


async def test_a_notice_that_a_crash_left_out_is_made_up_for(store: Store) -> None:
    part = policies(store, announce=False)
    await part.take_in(a_mail(), a_policy_mail(), YEAR)  # as far as the version

    notice = await policies(store).take_in(a_mail(), a_policy_mail(), YEAR)

    assert notice is not None
    assert len(await store.policies.versions(2027)) == 1
    assert await store.notices.unplanned(10) == [notice]


async def test_two_mails_at_once_become_two_versions(store: Store) -> None:
    mails = [a_mail(f"<{number}@example.org>") for number in range(5)]

    async with asyncio.TaskGroup() as group:
        for number, mail in enumerate(mails):
            text = f"1. OFFERS\n1.1 A student may have {number} offers."
            group.create_task(policies(store).take_in(mail, a_policy_mail(text), YEAR))

    versions = await store.policies.versions(2027)
    assert [policy.version for policy in versions] == [1, 2, 3, 4, 5]
    assert {policy.mail_id for policy in versions} == {mail.id for mail in mails}


async def test_the_policy_in_a_mail_that_says_nothing_new_gives_no_notice(store: Store) -> None:
    part = policies(store)
    await part.take_in(a_mail(), a_policy_mail(), YEAR)

    assert await part.take_in(a_mail("<copy@example.org>"), a_policy_mail(), YEAR) is None
    assert len(await store.policies.versions(2027)) == 1


async def test_announcing_can_be_switched_off(store: Store) -> None:
    assert await policies(store, announce=False).take_in(a_mail(), a_policy_mail(), YEAR) is None
    assert isinstance(await store.policies.latest(2027), Policy)
    assert await store.notices.latest(None, 10) == []


async def test_an_old_policy_is_kept_and_delivered_to_nobody(works: Works) -> None:
    await works.join(1)

    notice = await policies(works.store).take_in(a_mail(), a_policy_mail(), YEAR, archived=True)
    await works.planner.run_once()

    assert notice is not None
    assert notice.archived
    assert await works.rows(NoticeId(notice.id)) == []


async def test_what_changed_reaches_the_students(works: Works) -> None:
    await works.join(1)
    part = policies(works.store)
    await part.take_in(a_mail(), a_policy_mail(), YEAR, archived=True)

    await part.take_in(a_mail("<2@example.org>"), a_policy_mail(TEXT.replace("One offer", "Two offers")), YEAR)
    await works.planner.run_once()
    await works.carry()

    (text,) = works.texts(1)
    assert "2. OFFERS: “2.1 One offer each.” → “2.1 Two offers each.”" in text


async def test_a_mail_of_no_graduating_year_is_a_bug_of_the_caller(store: Store) -> None:
    with pytest.raises(ValueError, match="graduating year"):
        await policies(store).take_in(a_mail(), understood_mail(), YEAR)
