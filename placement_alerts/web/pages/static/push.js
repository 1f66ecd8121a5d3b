// On every page: installs the service worker, registers this browser's subscription again on each visit, and says
// when there is no connection.

export const supported = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const VISITED = "push-visited";
const VISIT_MS = 30 * 60 * 1000;

export const worker = "serviceWorker" in navigator
  ? navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).catch(() => null)
  : Promise.resolve(null);

export async function state() {
  const answer = await fetch("/api/push/state", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("state");
  return answer.json();
}

export async function post(path, body, csrf) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, said };
}

export async function current() {
  const registration = supported ? await worker : null;
  return registration ? registration.pushManager.getSubscription() : null;
}

// Subscribes with the server's key; a subscription of an older key is given up first.
export async function subscribe(known, refresh) {
  const registration = await worker;
  if (!registration) return false;
  let subscription = await registration.pushManager.getSubscription();
  if (subscription && !isOfKey(subscription, known.publicKey)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  if (!subscription) {
    const options = { userVisibleOnly: true, applicationServerKey: bytesOf(known.publicKey) };
    subscription = await registration.pushManager.subscribe(options);
  }
  const { endpoint, keys } = subscription.toJSON();
  const answer = await post("/api/push/subscribe", { endpoint, keys, key: known.publicKey, refresh }, known.csrf);
  if (answer.ok && answer.said.success) return true;
  // removed on another device, or nobody's: what this browser still has would be of no use
  if (answer.ok && refresh) await subscription.unsubscribe();
  return false;
}

function isOfKey(subscription, key) {
  const made = subscription.options && subscription.options.applicationServerKey;
  if (!made) return true;
  const wanted = bytesOf(key);
  const had = new Uint8Array(made);
  return had.length === wanted.length && had.every((byte, index) => byte === wanted[index]);
}

function bytesOf(base64url) {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

// A kept page may be old: whoever reads it without a connection is told.
function tellOffline() {
  const said = document.getElementById("offline");
  if (said) said.hidden = navigator.onLine;
}

async function visit() {
  if (!supported || Notification.permission !== "granted") return;
  if (Date.now() - Number(sessionStorage.getItem(VISITED) || 0) < VISIT_MS) return;
  if (!(await current())) return;
  const known = await state();
  if (known.known && known.publicKey && await subscribe(known, true)) sessionStorage.setItem(VISITED, Date.now());
}

tellOffline();
addEventListener("online", tellOffline);
addEventListener("offline", tellOffline);
visit().catch(() => {}); // the next visit tries again
if (navigator.clearAppBadge) navigator.clearAppBadge().catch(() => {});
