"""Lists and searches of notices, on both stores."""

from typing import Any

import pytest

from placement_alerts.core.matching import company_key
from placement_alerts.core.notice import Audience, Notice, NoticeId, NoticeKind
from placement_alerts.store.base import NoticeFilter, Store
from tests.builders import NOW, YEAR, a_job, a_notice, after, facts

ALL = NoticeFilter()


async def save(store: Store, *notices: Notice) -> None:
    for notice in notices:
        await store.notices.save(notice)


async def found(store: Store, wanted: NoticeFilter) -> list[str]:
    return [notice.id for notice in await store.notices.find(wanted, None, 50)]


async def dated(store: Store, *, year: str | None = None, limit: int = 50, days: float = 2) -> list[str]:
    return [notice.id for notice in await store.notices.dated(year, NOW, after(days=days), limit)]


async def pages(store: Store, wanted: NoticeFilter, size: int) -> list[list[str]]:
    walked: list[list[Notice]] = [await store.notices.find(wanted, None, size)]
    while walked[-1]:
        walked.append(await store.notices.find(wanted, walked[-1][-1], size))
    return [[notice.id for notice in page] for page in walked]


async def test_notice_with_an_audience_comes_back_as_it_was(store: Store) -> None:
    notice = a_notice(audience=Audience(branches=("CSE", "M.Tech"), channels=("webpush",), only_named=True))
    await save(store, notice)

    assert await store.notices.get(notice.id) == notice
    assert await store.notices.find(ALL, None, 1) == [notice]


async def test_pages_give_every_notice_once_newest_first(store: Store) -> None:
    await save(store, *(a_notice(f"n{number}", published_at=after(hours=number // 3)) for number in range(9)))

    assert await pages(store, ALL, 4) == [["n8", "n7", "n6", "n5"], ["n4", "n3", "n2", "n1"], ["n0"], []]


@pytest.mark.parametrize("wanted", [NoticeFilter(year=YEAR), NoticeFilter(company="brightwave systems", year=YEAR)])
async def test_pages_of_a_year_and_of_a_company_are_in_the_same_order(store: Store, wanted: NoticeFilter) -> None:
    await save(store, *(a_notice(f"n{number}", published_at=after(hours=number // 2)) for number in range(5)))

    assert await pages(store, wanted, 2) == [["n4", "n3"], ["n2", "n1"], ["n0"], []]


async def test_nothing_is_found_with_a_limit_of_nothing(store: Store) -> None:
    await save(store, a_notice())

    assert await store.notices.find(ALL, None, 0) == []
    assert await store.notices.dated(None, NOW, after(days=9), 0) == []


@pytest.mark.parametrize(
    ("wanted", "values"),
    [
        (NoticeFilter(year="202627"), {"year": "202627"}),
        (
            NoticeFilter(kinds=(NoticeKind.WEBINAR, NoticeKind.POLICY)),
            {"facts": facts(kind=NoticeKind.WEBINAR)},
        ),
        (NoticeFilter(company=company_key("Acme")), {"facts": facts(company="ACME Pvt. Ltd.")}),
        (NoticeFilter(company=company_key("Acme")), {"facts": facts(company=None), "job": a_job(company="acme")}),
        (NoticeFilter(source="office"), {"source": "office"}),
        (NoticeFilter(since=after(hours=1)), {"published_at": after(hours=1)}),
        (NoticeFilter(until=NOW), {"published_at": after(seconds=-1)}),
        (NoticeFilter(open_at=after(days=3)), {"facts": facts(deadline=after(days=3, seconds=1))}),
        (NoticeFilter(public=True), {"public": True}),
        (NoticeFilter(words=("hackathon",)), {"text": "The HackaThon begins."}),
        (NoticeFilter(words=("straße",)), {"title": "Haupt-STRASSE 5"}),
        (NoticeFilter(words=("ACME",)), {"facts": facts(company="Acme")}),
        (NoticeFilter(words=("acme",)), {"job": a_job(company="Acme")}),
        (NoticeFilter(year="202627", words=("b.c",)), {"year": "202627", "text": "a b.c d"}),
    ],
)
async def test_condition_finds_just_what_fulfils_it(store: Store, wanted: NoticeFilter, values: dict[str, Any]) -> None:
    await save(store, a_notice("other"), a_notice("wanted", **values))

    assert await found(store, wanted) == ["wanted"]


async def test_several_conditions_must_all_be_fulfilled(store: Store) -> None:
    wanted = NoticeFilter(
        year=YEAR,
        kinds=(NoticeKind.JOB_POSTING,),
        company="brightwave systems",
        source="superset",
        since=NOW,
        until=after(hours=1),
        open_at=NOW,
        words=("apply", "software"),
        public=True,
    )
    await save(
        store,
        a_notice("all", public=True),
        a_notice("one less"),
        a_notice("late", public=True, published_at=after(hours=1)),
    )

    assert await found(store, wanted) == ["all"]
    (last,) = await store.notices.find(wanted, None, 5)
    assert await store.notices.find(wanted, last, 5) == []


async def test_span_of_time_and_page_bound_each_other(store: Store) -> None:
    await save(store, *(a_notice(f"n{number}", published_at=after(hours=number)) for number in range(6)))

    wanted = NoticeFilter(since=after(hours=1), until=after(hours=5))

    assert await pages(store, wanted, 2) == [["n4", "n3"], ["n2", "n1"], []]


async def test_every_word_must_occur(store: Store) -> None:
    await save(store, a_notice("both", text="Bring laptop and charger."), a_notice("one", text="Bring a laptop."))

    assert await found(store, NoticeFilter(words=("charger", "laptop"))) == ["both"]


@pytest.mark.parametrize("word", [".*", "a|b", "(", "[", "%", "_", "\\", "^apply", "$ne", "'; DROP TABLE notices; --"])
async def test_word_is_never_a_pattern(store: Store, word: str) -> None:
    await save(store, a_notice("plain"), a_notice("wanted", text=f"Apply {word} now."))

    assert await found(store, NoticeFilter(words=(word,))) == ["wanted"]


@pytest.mark.parametrize("word", ["\ud800", "\x00", "x" * 100_000, "(" * 40_000])
async def test_hostile_word_finds_nothing(store: Store, word: str) -> None:
    await save(store, a_notice())

    assert await found(store, NoticeFilter(words=(word,))) == []


async def test_blank_words_are_no_condition(store: Store) -> None:
    await save(store, a_notice())

    assert await found(store, NoticeFilter(words=("", "  "))) == ["n1"]


async def test_only_the_current_revision_is_searched(store: Store) -> None:
    await save(store, a_notice(text="old words"), a_notice(revision=2, text="new words"))

    assert await found(store, NoticeFilter(words=("old",))) == []
    assert [notice.revision for notice in await store.notices.find(NoticeFilter(words=("new",)), None, 5)] == [2]


async def test_later_deadline_of_the_announced_job_keeps_a_notice_open(store: Store) -> None:
    job = a_job(deadline=after(days=9))
    await save(store, a_notice("announced", job=job, announces_job=True), a_notice("concerned", job=job))

    assert await found(store, NoticeFilter(open_at=after(days=5))) == ["announced"]


async def test_notice_without_a_deadline_is_not_among_the_open_ones(store: Store) -> None:
    await save(store, a_notice(facts=facts(deadline=None)))

    assert await found(store, NoticeFilter(open_at=NOW)) == []


async def test_dated_are_in_the_order_of_their_earlier_date_in_the_span(store: Store) -> None:
    await save(
        store,
        a_notice("deadline", facts=facts(deadline=after(hours=2))),
        a_notice("event", facts=facts(deadline=None, event_at=after(hours=1))),
        a_notice("both", facts=facts(deadline=after(hours=4), event_at=after(hours=1.5))),
        a_notice("over", facts=facts(deadline=after(hours=-1), event_at=after(hours=5))),
        a_notice("later", facts=facts(deadline=after(days=2), event_at=after(days=3))),
        a_notice("undated", facts=facts(deadline=None)),
    )

    assert await dated(store) == ["event", "both", "deadline", "over"]
    assert await dated(store, limit=3) == ["event", "both", "deadline"]


async def test_dated_of_the_same_moment_are_by_id(store: Store) -> None:
    await save(store, *(a_notice(name, facts=facts(deadline=after(hours=1))) for name in ("c", "a", "b")))

    assert await dated(store) == ["a", "b", "c"]
    assert await dated(store, limit=2) == ["a", "b"]


async def test_span_of_dates_begins_with_its_first_moment_and_ends_before_its_last(store: Store) -> None:
    await save(
        store,
        a_notice("first", facts=facts(deadline=NOW)),
        a_notice("last", facts=facts(deadline=after(days=2))),
    )

    assert await dated(store) == ["first"]


async def test_dated_are_of_the_year_withdrawn_ones_among_them(store: Store) -> None:
    soon = facts(deadline=after(hours=1))
    await save(store, a_notice("n1", facts=soon, withdrawn=True), a_notice("n2", facts=soon, year="202627"))

    assert await dated(store, year=YEAR) == ["n1"]
    assert await dated(store) == ["n1", "n2"]


async def test_moved_deadline_counts_and_the_old_one_does_not(store: Store) -> None:
    await save(
        store, a_notice(facts=facts(deadline=after(hours=1))), a_notice(revision=2, facts=facts(deadline=after(days=5)))
    )

    assert await dated(store) == []
    assert await dated(store, days=9) == ["n1"]


async def test_revision_is_planned_once_marked_or_replaced(store: Store) -> None:
    identifier = NoticeId("n1")
    await save(store, a_notice())
    before = await store.notices.is_planned(identifier, 1)
    await store.notices.mark_planned(identifier, 1)
    marked = await store.notices.is_planned(identifier, 1)
    await save(store, a_notice(revision=2))

    assert (before, marked) == (False, True)
    assert await store.notices.is_planned(identifier, 1)
    assert not await store.notices.is_planned(identifier, 2)
    assert not await store.notices.is_planned(identifier, 3)


async def test_archived_notice_counts_as_planned_and_an_unknown_one_does_not(store: Store) -> None:
    await save(store, a_notice(archived=True))

    assert await store.notices.is_planned(NoticeId("n1"), 1)
    assert not await store.notices.is_planned(NoticeId("none"), 1)
