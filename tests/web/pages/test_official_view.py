from placement_alerts.core.official import Batch, BatchRecord
from placement_alerts.web.pages.official_view import batch_views
from tests.builders import NOW


def test_batches_stay_in_the_order_of_the_store_so_that_one_without_a_year_is_not_the_first() -> None:
    records = [BatchRecord(batch=Batch(name=name), live=True, updated_at=NOW) for name in ("2026", "Unknown Batch 1")]

    assert [view.name for view in batch_views(records)] == ["2026", "Unknown Batch 1"]
