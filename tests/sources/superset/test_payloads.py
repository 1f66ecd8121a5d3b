"""Reading and mapping what the portal answers: nulls, gaps and nonsense (reference/portal.md, sections 4 to 8, 11)."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.core.job import Document, Job, Mark, Scale
from placement_alerts.errors import PeerNonsense
from placement_alerts.sources.superset.mapping import job_fingerprint, job_item, notice_item, to_job
from placement_alerts.sources.superset.payloads import (
    HTML_LIMIT,
    Elements,
    JobPayload,
    NoticePayload,
    read_detail,
    read_job,
    read_login,
    read_notice,
    sorted_out,
)
from tests.sources.superset.builders import NOW, a_detail, a_job, a_notice
from tests.sources.superset.reference_job import REFERENCE_DETAIL, REFERENCE_JOB

LABELS = ("label",)
LEVELS = {1: "High", 2: "Middle", 3: "Offer is more than 4.6 lacs", 4: "Internship"}


def read_notices(listed: list[Any]) -> Elements[NoticePayload]:
    return sorted_out([read_notice(element) for element in listed])


def read_jobs(listed: list[Any]) -> Elements[JobPayload]:
    return sorted_out([read_job(element) for element in listed])


def job_from(element: dict[str, Any], detail: dict[str, Any] | None = None) -> Job:
    payload = read_jobs([element]).good[0]
    return to_job(payload, None if detail is None else read_detail(detail), "202526", LEVELS)


def profile(**fields: Any) -> Job:
    return job_from(a_job(), a_detail(**fields))


def test_job_of_the_reference_is_mapped_field_by_field() -> None:
    listed = a_job("jp-208", companyName="  Brightwave   Systems ")

    assert job_from(listed, REFERENCE_DETAIL) == REFERENCE_JOB


@pytest.mark.parametrize(
    ("fields", "rupees"),
    [
        ({"package": None, "ctcMin": 900_000}, 900_000),
        ({"package": 0, "ctcMin": None, "ctcMax": 1_000_000}, 1_000_000),
        ({"package": -5, "ctcMin": 0, "ctcMax": 0.4}, None),
        ({"package": 1_150_000.0}, 1_150_000),
        ({"package": True}, None),
        ({"package": "a lot"}, None),
        ({"package": 10**30}, None),
        ({"package": float("inf")}, None),
        ({"package": float("nan")}, None),
    ],
)
def test_package_is_the_first_amount_above_zero_or_not_stated(fields: dict[str, Any], rupees: int | None) -> None:
    assert profile(**fields).package_rupees == rupees


@pytest.mark.parametrize(
    ("level", "required", "scale"),
    [
        ("UG", 7.5, Scale.CGPA),
        ("UG", 10, Scale.CGPA),
        ("UG", 60, Scale.PERCENT),
        ("CLASS_X", 9.5, Scale.PERCENT),
        ("class_xii", 60, Scale.PERCENT),
        ("PG", 6.5, Scale.CGPA),
    ],
)
def test_scale_of_a_mark_follows_level_and_size(level: str, required: float, scale: Scale) -> None:
    detail = a_detail() | {"eligibilityCheckResult": {"academicResults": [{"level": level, "required": required}]}}

    assert job_from(a_job(), detail).marks == (Mark(level=level, required=required, scale=scale),)


@pytest.mark.parametrize(
    ("level", "name", "category"),
    [
        (1, "", "High"),
        (2, None, "Middle"),
        (3, "", "Offer is more than 4.6 lacs"),
        (4, "", "Internship"),
        (9, "", "Unknown"),
        (None, None, "Unknown"),
        (1, "Dream", "Dream"),
    ],
)
def test_category_without_a_name_is_named_by_its_level(level: int | None, name: str | None, category: str) -> None:
    job = job_from(a_job(placementCategoryLevel=level, placementCategoryName=name))

    assert (job.category, job.category_code) == (category, level)


@pytest.mark.parametrize(
    "eligibility",
    [
        None,
        {},
        7,
        [],
        {"academicResults": None, "courseCheckResult": None},
        {"academicResults": [None, 3, {}, {"level": None}], "courseCheckResult": {"openedForCourses": None}},
        {"courseCheckResult": {"openedForCourses": [None, {"name": None, "program": {}}, 7]}},
        {"courseCheckResult": []},
    ],
)
def test_eligibility_that_is_missing_or_broken_is_not_stated(eligibility: object) -> None:
    job = job_from(a_job(), a_detail() | {"eligibilityCheckResult": eligibility})

    assert (job.marks, job.courses, job.detailed) == ((), (), True)


@pytest.mark.parametrize(
    "fields",
    [
        {"invitationCustomText": None},
        {"jobDescription": None, "invitationCustomText": None},
        {"requiredSkills": None},
        {"requiredSkills": "Go"},
        {"stages": None},
        {"stages": [{"sequence": None, "name": "Test"}, {"name": None}, 5]},
        {"documents": None},
        {"documents": [None, {}, {"name": None, "identifier": None}]},
        {"location": None, "ctcInterval": None, "ctcAdditionalInfo": None},
        {"allowGenderFemale": "maybe"},
        {"somethingNew": {"deep": [1]}},
    ],
)
def test_null_missing_or_odd_field_leaves_the_job_readable(fields: dict[str, Any]) -> None:
    job = profile(**fields)

    assert (job.id, job.package_rupees, job.detailed) == ("jp-1", 1_150_000, True)


def test_unknown_values_are_kept_as_text() -> None:
    job = job_from(a_job(jobProfileStatus="HALF_OPEN"), a_detail(ctcInterval="FORTNIGHT") | {"positionType": "GIG"})

    assert (job.status, job.interval, job.placement_type) == ("HALF_OPEN", "FORTNIGHT", "GIG")


def test_stages_with_equal_or_no_numbers_keep_their_order() -> None:
    stages = [
        {"name": "Offer"},
        {"sequence": 2, "name": "B"},
        {"sequence": 2, "name": "C"},
        {"sequence": 1, "name": "A"},
    ]

    assert [stage.name for stage in profile(stages=stages).stages] == ["A", "B", "C", "Offer"]


def test_documents_are_joined_and_only_web_addresses_are_links() -> None:
    detail = a_detail(documents=[{"name": "JD", "identifier": "1"}, {"name": "Bad", "url": "javascript:alert(1)"}])
    detail["documents"] = [{"uuid": "1", "url": "https://files.example/1"}, {"identifier": "2"}]

    assert job_from(a_job(), detail).documents == (
        Document(name="JD", identifier="1", url="https://files.example/1"),
        Document(name="Bad"),
        Document(name="Document", identifier="2"),
    )


def test_missing_flag_counts_as_allowed() -> None:
    assert profile().genders == ("Female", "Male", "Other")


def test_title_company_and_place_fall_back_to_the_details() -> None:
    element = a_job(jobProfileTitle=None, companyName="")
    detail = a_detail(title="Analyst") | {"companyName": "Kestrel Labs", "jobProfileLocation": "Pune"}

    job = job_from(element, detail)

    assert (job.title, job.company, job.location) == ("Analyst", "Kestrel Labs", "Pune")


@pytest.mark.parametrize("value", [None, True, "soon", -1, 0, 10**30, float("inf"), [], {}])
def test_time_that_is_no_time_is_not_stated(value: object) -> None:
    item = notice_item(read_notices([a_notice(publishedAt=value, lastModifiedOn=value)]).good[0], LABELS, "202526")

    assert (item.published_at, item.modified_at) == (None, None)


def test_milliseconds_are_exact() -> None:
    item = notice_item(read_notices([a_notice(publishedAt=1769491800001)]).good[0], LABELS, "202526")

    assert item.published_at == datetime(2026, 1, 27, 5, 30, 0, 1000, tzinfo=UTC)


def test_notice_without_title_or_content_is_called_notice() -> None:
    item = notice_item(read_notices([a_notice(title=" ", content=None)]).good[0], LABELS, "202526")

    assert (item.title, item.html) == ("Notice", "")


def test_modification_time_falls_back_to_publication() -> None:
    item = notice_item(read_notices([a_notice(lastModifiedOn=None)]).good[0], LABELS, "202526")

    assert item.modified_at == NOW


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"identifier": None}, "identifier: string_type"),
        ({"identifier": ""}, "identifier: string_too_short"),
        ({"identifier": ".."}, "identifier: value_error"),
        ({"identifier": "x" * 201}, "identifier: string_too_long"),
        ({"title": {"secret": "words"}}, "title: string_type"),
        ({"content": ["secret words"]}, "content: string_type"),
        ({"content": "x" * (HTML_LIMIT + 1)}, "content: string_too_long"),
    ],
)
def test_rejection_names_the_field_and_never_the_value(fields: dict[str, Any], reason: str) -> None:
    read = read_notices([a_notice(**fields), a_notice("nt-good")])

    assert [one.reason for one in read.rejected] == [reason]
    assert [one.identifier for one in read.good] == ["nt-good"]


def test_text_that_no_store_keeps_is_cleaned() -> None:
    item = notice_item(read_notices([a_notice(content="a\x00b\ud800c")]).good[0], LABELS, "202526")

    assert item.html == "ab?c"


@pytest.mark.parametrize(
    ("before", "after"),
    [({"package": 1}, {"package": 2}), ({}, {"location": "Pune"}), ({}, {"stages": [{"sequence": 1, "name": "Test"}]})],
)
def test_fingerprint_differs_with_what_a_reader_sees(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert job_fingerprint(profile(**before)) != job_fingerprint(profile(**after))


def test_fingerprint_of_a_stored_job_stays_what_it_is() -> None:
    # a digest that moves with a new release would announce every job again
    job = Job.model_validate({"id": "jp-1", "year": "202526", "title": "Engineer", "company": "Acme", "deadline": NOW})

    assert job_fingerprint(job) == "4b287d802567d46ac781ab0531c1873e"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=6,
)
NOTICE_FIELDS = st.sampled_from(sorted(a_notice()))
JOB_FIELDS = st.sampled_from([*a_job(), "jobProfileLocation", "ctcMin", "jobProfileStatus", "jobProfileCurrentStage"])
PROFILE_FIELDS = st.sampled_from(
    ["package", "ctcMax", "stages", "documents", "requiredSkills", "location", "jobDescription", "allowGenderMale"]
)


@given(before=st.lists(JSON | st.dictionaries(NOTICE_FIELDS, JSON), max_size=4), after=st.lists(JSON, max_size=2))
def test_any_junk_in_a_list_loses_no_good_notice(before: list[Any], after: list[Any]) -> None:
    read = read_notices([*before, a_notice("nt-good", title="Good"), *after])

    items = [notice_item(payload, LABELS, "202526") for payload in read.good]
    assert ("notice:202526/nt-good", "Good") in [(item.key, item.title) for item in items]
    assert len(read.good) + len(read.rejected) == len(before) + len(after) + 1
    assert all(item.model_dump_json().encode() for item in items)


@given(before=st.lists(JSON | st.dictionaries(JOB_FIELDS, JSON), max_size=4), after=st.lists(JSON, max_size=2))
def test_any_junk_in_a_list_loses_no_good_job(before: list[Any], after: list[Any]) -> None:
    read = read_jobs([*before, a_job("jp-good"), *after])

    items = [job_item(to_job(one, None, "202526", LEVELS), one, LABELS, None) for one in read.good]
    assert "job:jp-good" in [item.key for item in items]
    assert all(item.model_dump_json().encode() for item in items)


@given(fields=st.dictionaries(PROFILE_FIELDS, JSON), others=st.dictionaries(st.just("eligibilityCheckResult"), JSON))
def test_any_junk_in_the_details_leaves_a_job(fields: dict[str, Any], others: dict[str, Any]) -> None:
    job = job_from(a_job(), {"jobProfile": fields} | others)

    assert (job.id, job.detailed) == ("jp-1", True)
    assert Job.model_validate_json(job.model_dump_json()) == job


@given(reply=JSON)
def test_any_junk_as_a_reply_is_nonsense_or_nothing(reply: Any) -> None:
    with pytest.raises(PeerNonsense):
        read_detail(reply)
    with suppress(PeerNonsense):
        assert read_login(reply).session_key is None
