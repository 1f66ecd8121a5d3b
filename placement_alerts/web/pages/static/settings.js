// The settings page: what notifications on this device are, and the buttons that change it.
import { current, post, state, subscribe, supported } from "PUSH";

const box = document.getElementById("push");
const at = (id) => document.getElementById(id);
const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent)
  || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

const SAYS = {
  off: "Off. Notices can come to this device as soon as the office publishes them.",
  on: "On. Notices come to this device.",
  blocked: "Blocked in this browser.",
  install: "Needs the installed app.",
  unsupported: "This browser cannot show notifications. Try Chrome, Edge, Firefox or Safari, or use Telegram.",
  trouble: "This cannot be looked up just now. Reload the page in a minute.",
};

function show(name) {
  box.dataset.state = name;
  at("push-says").textContent = SAYS[name];
  at("push-on").hidden = name !== "off";
  at("push-test").hidden = name !== "on";
  at("push-off").hidden = name !== "on";
  at("push-install").hidden = name !== "install";
  at("push-blocked").hidden = name !== "blocked";
}

function tell(text) {
  at("push-result").textContent = text;
}

async function look() {
  if (!supported || !isSecureContext) return show(isApple && !isInstalled ? "install" : "unsupported");
  if (Notification.permission === "denied") return show("blocked");
  const subscription = Notification.permission === "granted" ? await current() : null;
  return show(subscription ? "on" : "off");
}

async function switchOn() {
  if (await Notification.requestPermission() === "denied") return show("blocked");
  if (Notification.permission !== "granted") return tell("You were asked, and did not answer yet.");
  if (!(await subscribe(await state(), false))) return tell("It was not stored. Try again in a minute.");
  show("on");
  if (box.dataset.signedIn) location.reload(); // the list of devices
  return tell("");
}

async function switchOff() {
  await forget();
  if (box.dataset.signedIn) location.reload();
  show("off");
}

async function forget() {
  const subscription = await current();
  if (!subscription) return;
  const { csrf } = await state();
  await post("/api/push/unsubscribe", { endpoint: subscription.endpoint }, csrf);
  await subscription.unsubscribe();
}

async function test() {
  const subscription = await current();
  if (!subscription) return look();
  tell("Sending …");
  const { csrf } = await state();
  const { ok, said } = await post("/api/push/test", { endpoint: subscription.endpoint }, csrf);
  return tell((ok ? said.says : said.detail) || "The test could not be sent. Try again in a minute.");
}

// A button works once at a time, and says when something goes wrong.
function press(id, act) {
  at(id).addEventListener("click", async () => {
    at(id).disabled = true;
    try {
      await act();
    } catch {
      tell("That did not work. Check the connection and try again.");
    } finally {
      at(id).disabled = false;
    }
  });
}

if (box) {
  press("push-on", switchOn);
  press("push-off", switchOff);
  press("push-test", test);
  look().catch(() => show("trouble"));
}

// Whoever signs out leaves nothing of theirs on the device.
const out = at("sign-out");
if (out) {
  out.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await forget();
      await caches.delete("pages");
    } finally {
      out.submit();
    }
  });
}
