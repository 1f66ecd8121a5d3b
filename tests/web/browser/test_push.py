"""The whole way of a push in a real browser: subscribed on the page, sent, shown by the real worker, clicked, seen."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import CDPSession, Page, expect

from placement_alerts.channels.webpush.channel import WebPushChannel
from placement_alerts.channels.webpush.vapid import load_key, new_key
from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.notice import NoticeId, NoticeKind
from placement_alerts.core.receipt_token import RECEIPTS
from placement_alerts.core.render import ShowNames
from placement_alerts.core.retry import RetryPolicy
from placement_alerts.core.subscription import WEBPUSH
from placement_alerts.http_client import Connections, HttpClient
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.membership import this_process
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.showing import Showing
from placement_alerts.sandbox.push_service import Browser, SimulatedPushServices
from placement_alerts.store.base import DeliveryFilter, Store
from tests.web.browser.conftest import OpenSite, OpenTab, Site, Tab, now
from tests.web.browser.desktop import Desktop, open_desktop
from tests.web.campus import a_notice_at

SUBSCRIBING = (Path(__file__).parent / "subscribing.js").read_text()
WAIT_S = 10.0


@dataclass
class Scene:
    """A browser before the site, a push service where it is subscribed, and a desktop that shows its notifications."""

    site: Site
    tab: Tab
    browser: Browser
    channel: WebPushChannel
    desktop: Desktop
    cdp: CDPSession
    registration: str = ""

    @property
    def page(self) -> Page:
        return self.tab.page

    async def subscribe(self) -> None:
        """Press the button on the settings page."""
        await self.page.goto(f"{self.site.address}/settings")
        await self.page.get_by_role("button", name="Notify me here").click()
        await expect(self.page.locator("#push")).to_have_attribute("data-state", "on")

    async def push(self, data: str) -> None:
        """Give the worker a push, as the browser's own service would."""
        event = {"origin": self.site.address, "registrationId": self.registration, "data": data}
        await self.cdp.send("ServiceWorker.deliverPushMessage", event)

    async def carry(self) -> dict[str, Any]:
        """Plan and send what waits; return what the browser decrypted."""
        store = self.site.store
        showing = Showing(store.notices, ShowNames.COUNT, now)
        lane = Lane(self.channel, store, showing, this_process().owner, now, RetryPolicy(), 10)
        await Planner(store, (lane,), showing, now).run_once()
        lane.stop_when_empty()
        await lane.run()
        return self.browser.messages[-1]

    async def delivery(self, notice: str) -> Delivery:
        wanted = DeliveryFilter(notice_id=NoticeId(notice), channel=WEBPUSH)
        (row,) = await self.site.store.deliveries.find(wanted, None, 2)
        return row

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait until the site knows something; the page's own clock paces the looks."""
        for _ in range(200):
            if await holds():
                return
            await self.page.wait_for_timeout(50)
        raise AssertionError("it did not happen")


@pytest.fixture
async def scene(open_site: OpenSite, open_tab: OpenTab) -> AsyncIterator[Scene]:
    async with a_scene(open_site, open_tab) as scene:
        yield scene


@asynccontextmanager
async def a_scene(open_site: OpenSite, open_tab: OpenTab) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(SimulatedPushServices())
        tls = Connections(tls=services.authority.client_context())
        http = await stack.enter_async_context(HttpClient(allow_private=True, connections=tls))
        key = load_key(new_key()[0])
        made: list[WebPushChannel] = []

        async def channel(store: Store) -> WebPushChannel:
            secret = await store.secret(RECEIPTS)
            made.append(
                WebPushChannel(
                    store.subscriptions, http, key, subject="mailto:office@college.example", ttl=timedelta(weeks=4),
                    public_url="", receipt_secret=secret, now=now,
                )
            )  # fmt: skip
            return made[0]

        opening = open_site(push=channel, vapid_public_key=key.public, allow_private_endpoints=True)
        site = await stack.enter_async_context(opening)
        desktop = await stack.enter_async_context(open_desktop())
        tab = await stack.enter_async_context(open_tab(env={"DBUS_SESSION_BUS_ADDRESS": desktop.address}))
        browser = services.subscribe(key.public)
        keys = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
        await tab.page.context.grant_permissions(["notifications"], origin=site.address)
        await tab.page.context.add_init_script(SUBSCRIBING.replace('"SUBSCRIPTION"', json.dumps(keys)))
        cdp = await tab.page.context.new_cdp_session(tab.page)
        scene = Scene(site, tab, browser, made[0], desktop, cdp)
        cdp.on("ServiceWorker.workerRegistrationUpdated", lambda event: _note_registration(scene, event))
        await cdp.send("ServiceWorker.enable")
        yield scene


def _note_registration(scene: Scene, event: dict[str, Any]) -> None:
    for one in event["registrations"]:
        scene.registration = one["registrationId"]


async def test_notice_comes_as_push_and_its_click_opens_it_and_is_seen_in_the_receipts(scene: Scene) -> None:
    await scene.subscribe()
    await scene.site.store.notices.save(
        a_notice_at(now(), "fresh", NoticeKind.WEBINAR, "Talk by Kestrel Robotics", stored_at=now())
    )
    sent = await scene.carry()
    await scene.push(json.dumps(sent))

    shown = await scene.desktop.next()
    assert "Webinar" in shown.title
    assert "Talk by Kestrel Robotics" in shown.body
    await scene.until(lambda: is_shown(scene, "fresh"))
    assert (await scene.delivery("fresh")).state is DeliveryState.SENT

    scene.desktop.click(shown)
    await scene.page.wait_for_url("**/notices/fresh?d=*")
    await expect(scene.page.locator("h1")).to_have_text("Talk by Kestrel Robotics")
    await scene.until(lambda: is_seen(scene, "fresh"))
    assert scene.tab.complaints == []


async def test_click_is_reported_by_the_worker_where_the_session_is_gone(scene: Scene) -> None:
    await scene.subscribe()
    notice = a_notice_at(now(), "fresh", NoticeKind.WEBINAR, "Talk by Kestrel Robotics", stored_at=now())
    await scene.site.store.notices.save(notice)
    await scene.push(json.dumps(await scene.carry()))
    shown = await scene.desktop.next()
    await scene.page.context.clear_cookies()

    scene.desktop.click(shown)

    await scene.until(lambda: is_seen(scene, "fresh"))


async def test_push_that_cannot_be_read_is_shown_all_the_same_and_opens_the_feed(scene: Scene) -> None:
    await scene.subscribe()
    await scene.push("no JSON at all")

    shown = await scene.desktop.next()
    assert shown.title == "New placement notice"
    scene.desktop.click(shown)
    await scene.page.wait_for_url(f"{scene.site.address}/")


async def test_test_button_says_what_the_push_service_answered(scene: Scene) -> None:
    await scene.subscribe()
    await scene.page.get_by_role("button", name="Send a test").click()
    await expect(scene.page.locator("#push-result")).to_contain_text("The push service took it.")
    await scene.push(json.dumps(scene.browser.messages[-1]))

    shown = await scene.desktop.next()
    assert shown.title == "Notifications work here"
    scene.desktop.click(shown)
    await expect(scene.page.locator("h1")).to_have_text("Notifications work on this device")


async def test_revision_takes_the_place_of_what_is_shown(scene: Scene) -> None:
    await scene.subscribe()
    notice = a_notice_at(now(), "fresh", NoticeKind.WEBINAR, "Talk by Kestrel Robotics", stored_at=now())
    for said in (notice, notice.model_copy(update={"revision": 2, "announcement": "Venue changed", "matters": True})):
        await scene.site.store.notices.save(said)
        await scene.push(json.dumps(await scene.carry()))

    shown = [await scene.desktop.next(), await scene.desktop.next()]
    assert "Venue changed" in shown[1].body
    ready = "navigator.serviceWorker.ready.then((one) => one.getNotifications())"
    (body,) = await scene.page.evaluate(f"{ready}.then((all) => all.map((one) => one.body))")
    assert "Venue changed" in body


async def test_switching_off_forgets_the_subscription_here_and_there(scene: Scene) -> None:
    await scene.subscribe()
    await scene.page.get_by_role("button", name="Switch off here").click()
    await expect(scene.page.locator("#push")).to_have_attribute("data-state", "off")

    assert await scene.site.store.subscriptions.count() == 0


async def test_device_that_was_removed_elsewhere_does_not_come_back_by_a_visit(scene: Scene) -> None:
    await scene.subscribe()
    await scene.site.services.subscribing.unsubscribe(scene.browser.endpoint)
    await scene.page.goto(f"{scene.site.address}/jobs", wait_until="networkidle")
    await scene.page.goto(f"{scene.site.address}/settings")

    await expect(scene.page.locator("#push")).to_have_attribute("data-state", "off")
    assert await scene.site.store.subscriptions.count() == 0


async def test_visit_stores_a_subscription_of_an_older_key_anew(scene: Scene) -> None:
    await scene.subscribe()
    await scene.page.evaluate("localStorage.setItem('simulated-subscription', 'BAAA'); sessionStorage.clear()")
    await scene.page.goto(f"{scene.site.address}/jobs", wait_until="networkidle")

    key = await scene.page.evaluate("localStorage.getItem('simulated-subscription')")
    assert key == scene.site.services.settings.vapid_public_key


async def is_shown(scene: Scene, notice: str) -> bool:
    return (await scene.delivery(notice)).shown_at is not None


async def is_seen(scene: Scene, notice: str) -> bool:
    return (await scene.delivery(notice)).state is DeliveryState.SEEN
