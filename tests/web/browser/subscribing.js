// Answers pushManager with a subscription of the simulated push service: Debian's Chromium reaches no real one.
(() => {
  if (!("PushManager" in window)) return;
  const given = "SUBSCRIPTION";
  const KEY = "simulated-subscription";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const made = () => {
    const key = localStorage.getItem(KEY);
    if (!key) return null;
    return {
      endpoint: given.endpoint,
      options: { userVisibleOnly: true, applicationServerKey: bytes(key).buffer },
      toJSON: () => ({ ...given, expirationTime: null }),
      unsubscribe: async () => { localStorage.removeItem(KEY); return true; },
    };
  };
  PushManager.prototype.getSubscription = async () => made();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    const text = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)));
    localStorage.setItem(KEY, text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, ""));
    return made();
  };
})();
