// Looks whether the student pressed the number in Telegram, and sends the form then. Without it the button does the same.
const form = document.getElementById("waiting");
const progress = document.getElementById("progress");
const until = Date.now() + 10 * 60 * 1000; // as long as the link lives
const EVERY_MS = 3000;
const SLOWER_MS = 6000; // after the first minute
const started = Date.now();
let timer = 0;
let asking = false;

async function look() {
  clearTimeout(timer);
  if (asking || document.hidden) return; // shown again: see below
  asking = true;
  const state = await ask();
  asking = false;
  if (state === "confirmed") {
    progress.textContent = "Signing you in…";
    form.submit();
  } else if (state === "over" || Date.now() > until) {
    progress.textContent = "The link is out of date. Reload the page for a new one.";
  } else {
    progress.textContent = "Waiting for the number in Telegram…";
    timer = setTimeout(look, Date.now() - started < 60000 ? EVERY_MS : SLOWER_MS);
  }
}

async function ask() {
  try {
    const answer = await fetch("/sign-in/status", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    return answer.ok ? (await answer.json()).state : "waiting";
  } catch {
    return "waiting"; // offline for a moment
  }
}

document.addEventListener("visibilitychange", look);
look();
