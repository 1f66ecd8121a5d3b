// The service worker: shows pushes, reports that they were shown and opened, keeps the last pages for reading offline.
// VERSION, KEPT, ICON and BADGE are filled in by web/pages/installing.py.
"use strict";

const VERSION = "VERSION";
const KEPT = ["KEPT"];
const STATIC = `static-${VERSION}`;
const PAGES = "pages"; // of all versions: a page names the style it needs, which is fetched anew or kept
const PAGES_MOST = 40;
const NETWORK_MS = 6000; // then the kept page is shown
const READABLE = /^\/($|notices\/|jobs($|\/)|deadlines$|statistics$|policy($|\/))/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(STATIC).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name !== STATIC && name !== PAGES) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

// --- reading offline

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && READABLE.test(url.pathname)) event.respondWith(page(event));
  else if (request.mode === "navigate" && url.pathname !== "/offline") event.respondWith(orOffline(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(kept(request));
});

async function page(event) {
  const { request } = event;
  const cache = await caches.open(PAGES);
  const key = keyOf(request.url);
  const fetched = fetch(request);
  const stored = fetched.then((response) => {
    if (response.ok && !response.redirected && isPage(response)) return store(cache, key, response.clone());
    return undefined;
  }).catch(() => undefined);
  event.waitUntil(stored);
  try {
    return await inTime(fetched);
  } catch {
    return (await cache.match(key)) || (await fetchedLate(fetched)) || offline();
  }
}

async function inTime(fetched) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("late")), NETWORK_MS); });
  try {
    return await Promise.race([fetched, late]);
  } finally {
    clearTimeout(timer);
  }
}

const fetchedLate = (fetched) => fetched.catch(() => undefined);

async function orOffline(request) {
  try {
    return await fetch(request);
  } catch {
    return offline();
  }
}

async function offline() {
  return (await caches.match("/offline")) || new Response("You are offline.", { status: 503 });
}

async function kept(request) {
  const found = await caches.match(request);
  return found || fetch(request);
}

function keyOf(address) {
  const url = new URL(address);
  url.searchParams.delete("d"); // which delivery led here
  url.searchParams.delete("from");
  return url.href;
}

const isPage = (response) => (response.headers.get("Content-Type") || "").startsWith("text/html");

async function store(cache, key, response) {
  await cache.delete(key); // so that the oldest comes first
  await cache.put(key, response);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - PAGES_MOST))) await cache.delete(old);
}

// --- pushes: one JSON object in the declarative form (reference/webpush.md, section 6)

self.addEventListener("push", (event) => {
  event.waitUntil(show(read(event)));
});

function read(event) {
  const unreadable = { title: "New placement notice", options: { icon: "ICON", badge: "BADGE", data: {} } };
  try {
    const payload = event.data ? event.data.json() : null;
    const { title, navigate, body, tag, lang, dir, silent, renotify, timestamp, data } = payload.notification;
    if (typeof title !== "string" || !title) return unreadable;
    const options = { icon: "ICON", badge: "BADGE", data: { ...data, navigate } };
    for (const [name, value] of Object.entries({ body, tag, lang, dir, timestamp })) {
      if (value !== undefined && value !== null) options[name] = value;
    }
    if (silent === true) options.silent = true; // renotify beside it is an error
    else if (tag && renotify === true) options.renotify = true;
    return { title, options, count: payload.app_badge };
  } catch {
    return unreadable; // a notification is due for every push, whatever it says
  }
}

async function show({ title, options, count }) {
  try {
    await self.registration.showNotification(title, options);
  } catch {
    await self.registration.showNotification(title, { data: options.data });
  }
  const data = options.data || {};
  await Promise.allSettled([report("shown", data), badge(count), tellPages({ kind: "pushed" })]);
}

async function badge(count) {
  if (typeof count === "number" && self.navigator.setAppBadge) await self.navigator.setAppBadge(count);
}

async function report(what, { delivery_id: delivery, token }) {
  if (!delivery || !token) return;
  // no cookie: the token says all, and a request with a cookie needs a page's proof
  await fetch(`/api/push/${what}`, {
    method: "POST",
    credentials: "omit",
    keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ delivery, token }),
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const data = event.notification.data || {};
  event.waitUntil(Promise.allSettled([open(data.navigate), report("seen", data)]));
});

async function open(navigate) {
  const address = ours(navigate);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = windows.find((one) => one.url === address) || windows.find((one) => one.visibilityState === "visible") || windows[0];
  if (page) {
    try {
      const focused = await page.focus();
      if (page.url !== address) await focused.navigate(address);
      return;
    } catch {
      // a page that we do not control cannot be led; another one can be opened
    }
  }
  await self.clients.openWindow(address);
}

// the address of a notice on this site; whatever else was named, the feed
function ours(navigate) {
  if (typeof navigate !== "string") navigate = "/";
  try {
    const url = new URL(navigate, self.location.origin);
    return new URL(url.pathname + url.search, self.location.origin).href;
  } catch {
    return new URL("/", self.location.origin).href;
  }
}

async function tellPages(message) {
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage(message);
}

// --- a browser that renews its subscription by itself

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew(event));
});

async function renew(event) {
  const answer = await fetch("/api/push/state", { credentials: "same-origin" });
  const state = await answer.json();
  if (!state.known || !state.publicKey) return;
  const key = bytesOf(state.publicKey);
  const subscription = event.newSubscription
    || await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": state.csrf };
  const send = (path, body) => fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  await send("/api/push/subscribe", { endpoint, keys, key: state.publicKey });
  const old = event.oldSubscription && event.oldSubscription.endpoint;
  if (old && old !== endpoint) await send("/api/push/unsubscribe", { endpoint: old });
}

function bytesOf(base64url) {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
