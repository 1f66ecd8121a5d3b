from typing import Any

import pytest

from placement_alerts.core.webhook import CallState, EndpointId, EventType, WebhookEndpoint
from placement_alerts.store.base import Store
from placement_alerts.web.pages.admin_names import full_name
from tests.builders import NOW
from tests.web.house import Moments
from tests.web.pages.admin_desk import an_admin_desk, shown_text

TYPED = {"url": "https://hooks.example.org/in", "label": "Sheets"}


async def an_endpoint(store: Store) -> WebhookEndpoint:
    """Store an endpoint that listens to everything."""
    endpoint = WebhookEndpoint(
        id=EndpointId("w1"), url=TYPED["url"], label="Sheets", secret="whsec_old", created_by="cli", created_at=NOW
    )  # fmt: skip
    await store.webhooks.save(endpoint)
    return endpoint


async def test_a_webhook_is_made_and_its_secret_shown_once(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/webhooks", **TYPED, event=["notice.created", "nonsense"])
        secret = (await answer.text()).partition('class="secret">')[2].partition("<")[0]

        (made,) = await store.webhooks.all()
        assert (made.url, made.events, made.secret) == (TYPED["url"], (EventType.NOTICE_CREATED,), secret)
        assert secret not in await desk.text(f"/admin/webhooks/{made.id}") + await desk.text("/admin/webhooks")
        assert await desk.acts() == [(f"student:{desk.admin.id}", "webhook.created", made.id)]


@pytest.mark.parametrize(
    "wrong",
    [{"url": "http://a.example"}, {"url": "https://127.0.0.1/"}, {"url": "javascript:alert(1)"}, {"url": ""},
     {"label": " "}, {"label": "x" * 101}],
)  # fmt: skip
async def test_a_webhook_that_cannot_be_is_not_made(store: Store, moments: Moments, wrong: dict[str, Any]) -> None:
    async with an_admin_desk(store, moments) as desk:
        assert (await desk.send("/admin/webhooks", **(TYPED | wrong))).status == 422
        assert await store.webhooks.all() == []


async def test_a_refused_address_is_told_what_it_should_be(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/webhooks", **(TYPED | {"url": "http://a.example"}))

        assert "The address should be an https address" in await answer.text()


async def test_a_webhook_tells_its_maker_by_name(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        await desk.send("/admin/webhooks", **TYPED)
        (made,) = await store.webhooks.all()
        page = await desk.text(f"/admin/webhooks/{made.id}")

        assert f"by {full_name(desk.admin)}" in page


async def test_a_test_is_on_its_way_and_can_be_sent_again_when_it_ended(store: Store, moments: Moments) -> None:
    await an_endpoint(store)
    async with an_admin_desk(store, moments) as desk:
        page = await desk.done("/admin/webhooks/w1/test")
        (call,) = await store.webhooks.calls(EndpointId("w1"), None, 10)
        early = await desk.done(f"/admin/webhooks/w1/calls/{call.id}/resend")
        await store.webhooks.save_call(call.model_copy(update={"state": CallState.FAILED}))
        again = await desk.done(f"/admin/webhooks/w1/calls/{call.id}/resend")

        assert "A test call is on its way" in page
        assert "is under way" in early
        assert "on its way again" in again
        found = await store.webhooks.get_call(call.id)
        assert found is not None
        assert found.state is CallState.WAITING


async def test_a_call_of_another_webhook_is_not_sent_again(store: Store, moments: Moments) -> None:
    await an_endpoint(store)
    async with an_admin_desk(store, moments) as desk:
        assert (await desk.send("/admin/webhooks/w1/calls/unknown/resend")).status == 404


async def test_a_webhook_is_switched_off_and_on(store: Store, moments: Moments) -> None:
    await an_endpoint(store)
    async with an_admin_desk(store, moments) as desk:
        off = shown_text(await desk.done("/admin/webhooks/w1/switch"))
        on = shown_text(await desk.done("/admin/webhooks/w1/switch", on="1"))

        assert ("off: by hand" in off, "off: by hand" in on) == (True, False)


async def test_a_new_secret_is_shown_and_the_old_one_counts_for_a_day(store: Store, moments: Moments) -> None:
    await an_endpoint(store)
    async with an_admin_desk(store, moments) as desk:
        page = await (await desk.send("/admin/webhooks/w1/rotate")).text()

        found = await store.webhooks.get(EndpointId("w1"))
        assert found is not None
        assert (found.version, found.old_secret) == (2, "whsec_old")
        assert found.secret in page
        assert "whsec_old" not in page


async def test_a_removed_webhook_is_gone(store: Store, moments: Moments) -> None:
    await an_endpoint(store)
    async with an_admin_desk(store, moments) as desk:
        assert "is removed" in await desk.done("/admin/webhooks/w1/remove")
        assert await store.webhooks.all() == []
        assert [act for _, act, _ in await desk.acts()] == ["webhook.deleted"]
