from placement_alerts.core.presence import judge_presence, listed_by
from tests.builders import ACCOUNT, fetched, known_item


def test_an_item_is_gone_after_two_complete_listings_without_it() -> None:
    once = known_item(missing_polls=0)

    first = judge_presence({once.key: once}, fetched())
    twice = judge_presence({once.key: first.counted[0]}, fetched())

    assert (first.gone, first.counted[0].missing_polls) == ((), 1)
    assert [item.key for item in twice.gone] == [once.key]


def test_a_listing_that_was_not_read_to_its_end_takes_nothing_away() -> None:
    item = known_item(missing_polls=1)

    presence = judge_presence({item.key: item}, fetched(complete=frozenset({(ACCOUNT, "jobs")})))

    assert (presence.gone, presence.counted) == ((), ())


def test_an_item_is_missed_only_when_every_account_that_listed_it_was_read() -> None:
    item = known_item(accounts=(ACCOUNT, "acc2"), missing_polls=1)

    presence = judge_presence({item.key: item}, fetched())

    assert presence.gone == ()


def test_an_item_that_is_back_is_counted_from_the_start() -> None:
    item = known_item(missing_polls=1)

    presence = judge_presence({item.key: item}, fetched(also_seen=(item.key,)))

    assert presence.counted == (item.model_copy(update={"missing_polls": 0}),)


def test_a_withdrawn_item_is_not_withdrawn_again() -> None:
    item = known_item(missing_polls=2, withdrawn=True)

    presence = judge_presence({item.key: item}, fetched())

    assert (presence.gone, presence.counted) == ((), ())


def test_more_than_half_of_a_listing_vanishing_at_once_is_suspicious_and_withdraws_nothing() -> None:
    known = {f"notice:{n}": known_item(f"notice:{n}", missing_polls=1) for n in range(10)}

    presence = judge_presence(known, fetched(also_seen=tuple(f"notice:{n}" for n in range(4))))

    assert presence.suspicious
    assert presence.gone == ()


def test_a_handful_may_vanish_at_once() -> None:
    known = {f"notice:{n}": known_item(f"notice:{n}", missing_polls=1) for n in range(3)}

    presence = judge_presence(known, fetched())

    assert not presence.suspicious
    assert len(presence.gone) == 3


def test_an_account_that_could_not_be_read_keeps_its_claim_to_an_item() -> None:
    item = known_item(accounts=("acc2",))

    accounts = listed_by(item, fetched(also_seen=(item.key,)))

    assert accounts == (ACCOUNT, "acc2")


def test_an_account_that_was_read_and_lists_it_no_more_is_dropped() -> None:
    item = known_item(accounts=(ACCOUNT, "acc2"))
    both = frozenset({(ACCOUNT, "notices"), ("acc2", "notices")})

    accounts = listed_by(item, fetched(complete=both, seen={item.key: ("acc2",)}))

    assert accounts == ("acc2",)
