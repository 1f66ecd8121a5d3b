import json
from hashlib import sha256

from placement_alerts.core.official import Logo
from placement_alerts.core.official_hash import content_hash
from tests.builders import after
from tests.core.official_builders import a_batch, a_snapshot, an_old_batch

FIRST, SECOND = Logo(src="https://site.example/a.png", name="A"), Logo(src="https://site.example/b.png", name="B")


def test_hash_is_sha256_of_the_json_with_the_names_and_rules_of_the_reference() -> None:
    batch = a_batch(cards=[("Rs. 9.80 Lacs", "Average Package")], active=True)
    old = an_old_batch(pointers=["64 companies"], rows=[["More than 20 LPA", "27.40", "26.00"]])
    written = (
        '{"batches":[{"batch_name":"2032","highlights":[{"description":"Average Package","title":"Rs. 9.80 Lacs"}],'
        '"is_active":true,"package_distribution":[],"placement_pointers":[]},'
        '{"batch_name":"2024","highlights":[],"is_active":false,"package_distribution":'
        '[{"average":"27.40","category":"More than 20 LPA","median":"26.00"}],"placement_pointers":["64 companies"]}],'
        '"intro_text":"Größe","main_heading":"T","recruiter_logos":[{"alt":"A","src":"https://site.example/a.png"}]}'
    )

    assert json.loads(written)["main_heading"] == "T"
    assert content_hash("T", "Größe", [batch, old], [FIRST]) == sha256(written.encode()).hexdigest()


def test_reordered_logos_and_later_times_are_no_change() -> None:
    one = a_snapshot(a_batch(), logos=[FIRST, SECOND])
    other = a_snapshot(a_batch(), logos=[SECOND, FIRST], taken_at=after(days=1))

    assert one.content_hash == other.content_hash


def test_another_figure_is_another_content() -> None:
    assert a_snapshot(a_batch()).content_hash != a_snapshot(a_batch(cards=[])).content_hash
