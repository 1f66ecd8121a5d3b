"""The portal source against the simulated portal: what one run reads and reports."""

from datetime import timedelta

from placement_alerts.core.item import Fetched, SourceItem
from placement_alerts.core.job import Job
from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.portal import Endpoint, SimulatedPortal
from placement_alerts.sandbox.portal_board import to_ms
from tests.sources.superset.builders import (
    FIRST,
    FIRST_LABEL,
    NOW,
    SECOND,
    SECOND_LABEL,
    a_detail,
    a_job,
    a_notice,
    a_source,
    remembered,
)


def keys(fetched: Fetched) -> set[str]:
    return {item.key for item in fetched.changed}


def the(fetched: Fetched, key: str) -> SourceItem:
    return next(item for item in fetched.changed if item.key == key)


def job_of(fetched: Fetched, identifier: str = "jp-1") -> Job:
    job = the(fetched, f"job:{identifier}").job
    assert job is not None
    return job


async def test_everything_listed_comes_the_first_time(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1", title="Hackathon", content="<p>Join</p>"))
    portal.post_job(a_job("jp-1"), a_detail())

    fetched = await a_source(portal, http).fetch({}, NOW)

    notice = the(fetched, "notice:202526/nt-1")
    assert (notice.title, notice.html, notice.year, notice.author) == (
        "Hackathon",
        "<p>Join</p>",
        "202526",
        "T and P Office",
    )
    assert notice.published_at == notice.modified_at == NOW
    assert job_of(fetched).package_rupees == 1_150_000
    assert the(fetched, "job:jp-1").detailed_at == NOW
    assert (fetched.rejected, fetched.failures) == ((), ())


async def test_items_of_both_accounts_are_merged_and_remember_who_lists_them(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.publish_notice(a_notice("nt-both"))
    portal.publish_notice(a_notice("nt-first"), audience=[FIRST.email])
    portal.publish_notice(a_notice("nt-second"), audience=[SECOND.email])

    fetched = await a_source(portal, http).fetch({}, NOW)

    assert fetched.seen == {
        "notice:202526/nt-both": (FIRST_LABEL, SECOND_LABEL),
        "notice:202526/nt-first": (FIRST_LABEL,),
        "notice:202526/nt-second": (SECOND_LABEL,),
    }
    assert fetched.complete == {
        (label, listing) for label in (FIRST_LABEL, SECOND_LABEL) for listing in ("notices", "jobs")
    }


async def test_a_notice_that_accounts_of_two_years_list_is_an_item_of_each(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.publish_notice(a_notice("nt-1"))
    accounts = [
        {"email": FIRST.email, "password": FIRST.password, "year": "202526"},
        {"email": SECOND.email, "password": SECOND.password, "year": "202627"},
    ]

    fetched = await a_source(portal, http, accounts=accounts).fetch({}, NOW)

    assert {item.key: item.year for item in fetched.changed} == {
        "notice:202526/nt-1": "202526",
        "notice:202627/nt-1": "202627",
    }


async def test_labels_do_not_depend_on_the_order_of_the_accounts(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"), audience=[SECOND.email])

    fetched = await a_source(portal, http, SECOND, FIRST).fetch({}, NOW)

    assert fetched.seen == {"notice:202526/nt-1": (SECOND_LABEL,)}


async def test_unchanged_items_are_seen_but_not_changed_and_cost_no_detail_call(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.post_job(a_job("jp-1"), a_detail())
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)

    again = await source.fetch(known, NOW + timedelta(minutes=5))

    assert again.changed == ()
    assert set(again.seen) == {"notice:202526/nt-1", "job:jp-1"}
    assert portal.counted(Endpoint.DETAIL) == 1


async def test_edited_notice_is_changed(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"))
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)
    portal.edit_notice("nt-1", content="<p>The venue is Lab 5.</p>", lastModifiedOn=to_ms(NOW) + 60_000)

    again = await source.fetch(known, NOW + timedelta(minutes=5))

    assert the(again, "notice:202526/nt-1").html == "<p>The venue is Lab 5.</p>"
    assert the(again, "notice:202526/nt-1").fingerprint != known["notice:202526/nt-1"].fingerprint


async def test_touched_notice_with_the_same_text_is_to_be_remembered_only(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.publish_notice(a_notice("nt-1"))
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)
    portal.edit_notice("nt-1", lastModifiedOn=to_ms(NOW) + 60_000)

    again = await source.fetch(known, NOW + timedelta(minutes=5))

    assert the(again, "notice:202526/nt-1").fingerprint == known["notice:202526/nt-1"].fingerprint
    assert the(again, "notice:202526/nt-1").modified_at == NOW + timedelta(minutes=1)


async def test_withdrawn_item_that_is_back_is_changed(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.post_job(a_job("jp-1"), a_detail())
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed, withdrawn=True)

    again = await source.fetch(known, NOW + timedelta(minutes=5))

    assert keys(again) == {"notice:202526/nt-1", "job:jp-1"}
    assert job_of(again).detailed


async def test_removed_item_is_not_seen(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"))
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)
    portal.remove_notice("nt-1")

    again = await source.fetch(known, NOW)

    assert again.seen == {}
    assert (FIRST_LABEL, "notices") in again.complete


async def test_extended_deadline_is_changed_with_fresh_details(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)
    later = NOW + timedelta(days=9)
    portal.change_job("jp-1", jobProfileApplicationDeadline=to_ms(later))
    portal.change_detail("jp-1", package=1_300_000)

    again = await source.fetch(known, NOW + timedelta(minutes=5))

    assert (job_of(again).deadline, job_of(again).package_rupees) == (later, 1_300_000)


async def test_details_of_an_open_job_are_read_again_after_six_hours(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)
    portal.change_detail("jp-1", package=1_300_000)

    early = await source.fetch(known, NOW + timedelta(hours=5, minutes=59))
    due = await source.fetch(known, NOW + timedelta(hours=6))

    assert early.changed == ()
    assert job_of(due).package_rupees == 1_300_000


async def test_details_read_again_without_a_change_are_to_be_remembered_only(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)

    due = await source.fetch(known, NOW + timedelta(hours=6))

    assert the(due, "job:jp-1").fingerprint == known["job:jp-1"].fingerprint
    assert the(due, "job:jp-1").detailed_at == NOW + timedelta(hours=6)


async def test_closed_job_is_not_read_again(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)

    again = await source.fetch(known, NOW + timedelta(days=30))

    assert again.changed == ()
    assert portal.counted(Endpoint.DETAIL) == 1


async def test_details_are_read_with_an_account_that_lists_the_job(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.post_job(a_job("jp-1"), a_detail(), audience=[SECOND.email])

    fetched = await a_source(portal, http).fetch({}, NOW)

    assert job_of(fetched).detailed
    assert portal.counted(Endpoint.DETAIL, FIRST.email) == 0


async def test_next_account_is_tried_when_the_first_is_refused(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.DETAIL, http_faults.status(404), email=FIRST.email)

    fetched = await a_source(portal, http).fetch({}, NOW)

    assert job_of(fetched).detailed
    assert fetched.failures == ()


async def test_details_per_run_are_bounded_and_new_jobs_are_told_all_the_same(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    for number in range(5):
        portal.post_job(a_job(f"jp-{number}"), a_detail())
    source = a_source(portal, http, max_details_per_run=2)

    first = await source.fetch({}, NOW)
    second = await source.fetch(remembered(first.changed), NOW)

    assert sum(item.detailed_at is not None for item in first.changed) == 2
    assert len(first.changed) == 5
    assert sum(item.detailed_at is not None for item in second.changed) == 2
    assert len(second.changed) == 2


async def test_full_page_is_followed_by_the_next(portal: SimulatedPortal, http: HttpClient) -> None:
    for number in range(4):
        portal.publish_notice(a_notice(f"nt-{number}"))

    fetched = await a_source(portal, http, FIRST, page_size=2).fetch({}, NOW)

    assert len(fetched.seen) == 4
    assert [call.query for call in portal.calls if call.endpoint is Endpoint.NOTICES] == [
        f"page={page}&size=2&_loader_=false" for page in range(3)
    ]


async def test_portal_that_ignores_pages_ends_the_reading_and_completes_nothing(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.honours_paging = False
    for number in range(4):
        portal.publish_notice(a_notice(f"nt-{number}"))

    fetched = await a_source(portal, http, FIRST, page_size=2).fetch({}, NOW)

    assert fetched.complete == {(FIRST_LABEL, "jobs")}
    assert fetched.failures[0].reason == "page 1 repeats what earlier pages had"


async def test_latest_copy_of_a_notice_wins(portal: SimulatedPortal, http: HttpClient) -> None:
    newer = a_notice("nt-1", title="New", lastModifiedOn=to_ms(NOW) + 1)
    portal.publish_notice(a_notice("nt-1", title="Old"))
    portal.fail(Endpoint.NOTICES, http_faults.json_body([newer]), email=SECOND.email)

    fetched = await a_source(portal, http).fetch({}, NOW)

    assert the(fetched, "notice:202526/nt-1").title == "New"


async def test_old_copy_is_no_edit_while_the_account_with_the_new_one_fails(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    newer = a_notice("nt-1", title="New", lastModifiedOn=to_ms(NOW) + 1)
    portal.publish_notice(a_notice("nt-1", title="Old"))
    portal.fail(Endpoint.NOTICES, http_faults.json_body([newer]), email=SECOND.email)
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)
    portal.fail(Endpoint.NOTICES, http_faults.status(503), email=SECOND.email, times=3)

    again = await source.fetch(known, NOW)

    assert again.changed == ()


async def test_documents_are_named_and_no_address_is_asked_for(portal: SimulatedPortal, http: HttpClient) -> None:
    documents = [
        {"name": "JD.pdf", "identifier": "doc-1"},
        {"name": "Site", "identifier": "doc-3", "url": "https://files.example/3"},
    ]
    portal.post_job(a_job("jp-1"), a_detail(documents=documents))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert [(one.name, one.identifier, one.url) for one in job_of(fetched).documents] == [
        ("JD.pdf", "doc-1", None),
        ("Site", "doc-3", "https://files.example/3"),
    ]
    assert portal.counted(Endpoint.DOCUMENT) == 0


async def test_changed_document_address_is_no_change(portal: SimulatedPortal, http: HttpClient) -> None:
    document = {"name": "JD.pdf", "identifier": "doc-1"}
    portal.post_job(a_job("jp-1"), a_detail(documents=[document | {"url": "https://files.example/1?signed=a"}]))
    source = a_source(portal, http)
    known = remembered((await source.fetch({}, NOW)).changed)
    portal.change_detail("jp-1", documents=[document | {"url": "https://files.example/1?signed=b"}])

    due = await source.fetch(known, NOW + timedelta(hours=6))

    assert the(due, "job:jp-1").fingerprint == known["job:jp-1"].fingerprint
    assert job_of(due).documents[0].url == "https://files.example/1?signed=b"


async def test_calls_carry_what_the_portal_expects(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.post_job(a_job("jp-1"), a_detail())

    await a_source(portal, http, FIRST).fetch({}, NOW)

    origin = portal.base_url.removesuffix("/tnpsuite-core")
    assert [(call.endpoint, call.headers["Referer"], call.headers.get("TE")) for call in portal.calls] == [
        (Endpoint.LOGIN, f"{origin}/students/login", "trailers"),
        (Endpoint.NOTICES, f"{origin}/students", "trailers"),
        (Endpoint.JOBS, f"{origin}/students/jobprofiles", "trailers"),
        (Endpoint.DETAIL, f"{origin}/students/jobprofiles", None),
    ]
    assert portal.calls[0].headers["Origin"] == origin


async def test_check_names_every_account_by_its_position(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.post_job(a_job("jp-1"))

    lines = await a_source(portal, http).check()

    assert lines == ["account 1 (202526): ok, 1 notices, 1 jobs", "account 2 (202526): ok, 1 notices, 1 jobs"]
