// The chat page of the simulated Telegram: shows what the bot sends to one student, live, and plays the student.

const $ = (id) => document.getElementById(id);
const LISTED = 100; // students in the list at once; the search finds the others
const FLASH_MS = 1500;
const TOAST_MS = 4000;

const chats = new Map(); // id -> headline
const shown = new Map(); // message id -> message
let selected = null;
let stream = null;
let commands = [];
let toastTimer = 0;
let payload = new URLSearchParams(location.search).get("start") ?? ""; // of a deep link: goes with Start, once

// ---- students

function pick(id) {
  selected = id;
  history.replaceState(null, "", `${location.search}#${id}`);
  document.body.classList.add("in-chat");
  shown.clear();
  $("messages").replaceChildren();
  $("menu").hidden = true;
  drawList();
  drawHeader();
  listen();
}

function drawList() {
  const wanted = $("search").value.trim().toLowerCase();
  const found = [...chats.values()]
    .filter((chat) => !wanted || chat.name.toLowerCase().includes(wanted) || String(chat.id).includes(wanted))
    .sort((a, b) => b.at - a.at || a.id - b.id);
  $("chats").replaceChildren(...found.slice(0, LISTED).map(listed));
  $("more").hidden = found.length <= LISTED && found.length > 0;
  $("more").textContent = found.length ? `and ${found.length - LISTED} more: use the search` : "Nobody of that name.";
  const elsewhere = [...chats.values()].reduce((sum, chat) => sum + (chat.id === selected ? 0 : chat.unread), 0);
  $("unread-elsewhere").hidden = !elsewhere;
  $("unread-elsewhere").textContent = elsewhere > 99 ? "99+" : elsewhere;
}

function listed(chat) {
  const button = make("button", { type: "button" });
  button.setAttribute("aria-current", chat.id === selected);
  const avatar = make("span", { className: "avatar", textContent: initials(chat.name), ariaHidden: "true" });
  avatar.style.setProperty("--hue", (chat.id * 47) % 360);
  const last = chat.blocked ? "has blocked the bot" : chat.last || (chat.started ? "no messages yet" : "has not pressed Start");
  const words = make("span", {}, make("span", { className: "name", textContent: chat.name }), make("span", { className: "last", textContent: last }));
  button.append(avatar, words);
  if (chat.unread && chat.id !== selected) {
    button.append(make("span", { className: "badge", textContent: chat.unread, ariaLabel: `${chat.unread} unread` }));
  }
  button.addEventListener("click", () => pick(chat.id));
  return make("li", {}, button);
}

function drawHeader(working = false) {
  const chat = chats.get(selected);
  if (!chat) return;
  const mode = chat.blocked ? "you have blocked this bot" : `you are ${chat.name}`;
  $("status").textContent = working ? "typing…" : mode;
  $("block").textContent = chat.blocked ? "Unblock" : "Block";
  $("block").classList.toggle("danger", !chat.blocked);
  $("block").hidden = !chat.started;
  const talking = chat.started && !chat.blocked && !payload;
  $("composer").hidden = !talking;
  $("gate").hidden = talking;
  $("start").textContent = chat.blocked ? "Restart" : payload ? `Start as ${chat.name}` : "Start";
  if (!shown.size) {
    const hint = chat.started ? "No messages yet. They arrive here by themselves." : "Press Start, as a student would.";
    $("messages").replaceChildren(make("li", { className: "empty", textContent: hint }));
  }
}

// ---- what arrives

function listen() {
  stream?.close();
  stream = new EventSource(`/sandbox/stream${selected === null ? "" : `?chat=${selected}`}`);
  stream.onmessage = (event) => take(JSON.parse(event.data));
  stream.onerror = () => { $("status").textContent = "connecting…"; };
  stream.onopen = () => { shown.clear(); $("messages").replaceChildren(); drawHeader(); };
}

function take(state) {
  for (const chat of state.chats) chats.set(chat.id, chat);
  if (state.commands) {
    commands = state.commands;
    $("bot-name").textContent = state.bot;
    $("avatar").textContent = initials(state.bot);
    $("menu-toggle").hidden = !commands.length;
    drawMenu();
  }
  if (selected === null && chats.size) {
    const wanted = Number(location.hash.slice(1));
    const first = chats.has(wanted) ? wanted : [...chats.keys()][0];
    const wide = matchMedia("(min-width: 720px)").matches;
    if (wide || chats.has(wanted)) return pick(first);
  }
  if (state.chats.length) drawList();
  if (state.messages) takeMessages(state.messages);
  drawHeader(state.working);
  if (state.toast) toast(state.toast);
}

function takeMessages(messages) {
  const list = $("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const isFirst = !shown.size;
  for (const message of messages) {
    const before = shown.get(message.id);
    const old = document.getElementById(`m${message.id}`);
    if (message.deleted) {
      shown.delete(message.id);
      old?.remove();
      continue;
    }
    list.querySelector(".empty")?.remove();
    shown.set(message.id, message);
    const drawn = drawMessage(message);
    if (old) old.replaceWith(drawn);
    else { drawDay(list, message); list.append(drawn); }
    if (before && before.edited !== message.edited || (before && before.text !== message.text)) flash(drawn);
  }
  if (messages.length && (atEnd || isFirst)) list.scrollTop = list.scrollHeight;
}

function drawDay(list, message) {
  const day = new Date(message.date * 1000).toLocaleDateString(undefined, { day: "numeric", month: "long" });
  const last = [...list.querySelectorAll(".day")].at(-1);
  if (last?.textContent !== day) list.append(make("li", { className: "day", textContent: day }));
}

function drawMessage(message) {
  const bubble = make("div", { className: "bubble" });
  const quoted = shown.get(message.replyTo);
  if (quoted) {
    const quote = make("button", { type: "button", className: "quote", textContent: quoted.text.split("\n")[0] });
    quote.addEventListener("click", () => {
      const target = document.getElementById(`m${quoted.id}`);
      target?.scrollIntoView({ block: "center", behavior: "smooth" });
      if (target) flash(target);
    });
    bubble.append(quote);
  }
  bubble.append(make("div", { className: "text", dir: "auto" }, ...drawText(message)));
  const time = new Date(message.date * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const marks = [message.edited ? "edited" : "", message.silent ? "🔕" : "", time];
  bubble.append(make("span", { className: "meta", textContent: marks.filter(Boolean).join("  ") }));
  const item = make("li", { id: `m${message.id}`, className: message.out ? "message out" : "message" }, bubble);
  if (message.keyboard) item.append(drawKeyboard(message));
  return item;
}

function drawKeyboard(message) {
  const rows = message.keyboard.map((row) => make("div", {}, ...row.map((button) => {
    if (button.url) return link(button.url, `${button.text} ↗`);
    const drawn = make("button", { type: "button", textContent: button.text });
    drawn.addEventListener("click", async () => {
      drawn.setAttribute("aria-busy", "true");
      await act("press", { message_id: message.id, data: button.callback_data });
      setTimeout(() => drawn.removeAttribute("aria-busy"), 1200);
    });
    return drawn;
  })));
  return make("div", { className: "keyboard" }, ...rows);
}

// ---- entities: offsets are UTF-16 units, as JavaScript's own

const ELEMENTS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "code", blockquote: "q" };

function drawText(message) {
  const entities = message.out ? commandEntities(message.text) : message.entities.concat(commandEntities(message.text, message.entities));
  const cuts = new Set([0, message.text.length]);
  for (const entity of entities) cuts.add(entity.offset).add(entity.offset + entity.length);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(0, -1).map((start, index) => {
    const end = places[index + 1];
    const around = entities.filter((entity) => entity.offset <= start && end <= entity.offset + entity.length);
    return around.reduce(dress, document.createTextNode(message.text.slice(start, end)));
  });
}

function dress(inner, entity) {
  if (entity.type === "text_link") {
    const dressed = link(entity.url, "");
    dressed.append(inner);
    return dressed;
  }
  if (entity.type === "bot_command") {
    const command = make("button", { type: "button", className: "command" }, inner);
    command.addEventListener("click", () => act("say", { text: command.textContent }));
    return command;
  }
  const name = ELEMENTS[entity.type];
  return name ? make(name, {}, inner) : inner;
}

function commandEntities(text, taken = []) {
  return [...text.matchAll(/(?<=^|\s)\/[a-z0-9_]{1,32}(?![\w/])/g)]
    .map((found) => ({ type: "bot_command", offset: found.index, length: found[0].length }))
    .filter((one) => !taken.some((other) => one.offset < other.offset + other.length && other.offset < one.offset + one.length));
}

function link(address, text) {
  const isWeb = /^https?:\/\//i.test(address);
  const drawn = make(isWeb ? "a" : "span", { textContent: text });
  if (isWeb) Object.assign(drawn, { href: address, target: "_blank", rel: "noopener noreferrer", title: address });
  return drawn;
}

// ---- what the student does

async function act(deed, body = {}) {
  const answer = await fetch(`/sandbox/chats/${selected}/${deed}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) toast("That did not work.");
}

function drawMenu() {
  $("menu").replaceChildren(...commands.map((command) => {
    const button = make("button", { type: "button" }, make("b", { textContent: `/${command.command}` }), make("span", { textContent: command.description }));
    button.addEventListener("click", () => { openMenu(false); act("say", { text: `/${command.command}` }); });
    return button;
  }));
}

function openMenu(open) {
  $("menu").hidden = !open;
  $("menu-toggle").setAttribute("aria-expanded", open);
  $("menu-toggle").textContent = open ? "Close" : "Menu";
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  $("messages").scrollTop = $("messages").scrollHeight;
  act("say", { text });
});
$("menu-toggle").addEventListener("click", () => openMenu($("menu").hidden));
$("start").addEventListener("click", async () => {
  await act("start", { payload });
  payload = "";
  history.replaceState(null, "", `/#${selected}`);
  drawHeader();
});
$("block").addEventListener("click", () => act(chats.get(selected)?.blocked ? "unblock" : "block"));
$("search").addEventListener("input", drawList);
$("back").addEventListener("click", () => document.body.classList.remove("in-chat"));
$("receipts-toggle").addEventListener("click", () => document.body.classList.add("show-receipts"));
$("receipts-close").addEventListener("click", () => document.body.classList.remove("show-receipts"));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  openMenu(false);
  document.body.classList.remove("show-receipts");
});

// ---- receipts

async function drawReceipts() {
  const answer = await fetch("/sandbox/receipts").catch(() => null);
  if (answer?.status === 204) return; // there is no such panel
  if (answer?.ok) {
    const rows = await answer.json();
    document.body.classList.add("has-receipts");
    $("receipts").hidden = $("receipts-toggle").hidden = false;
    const columns = Object.keys(rows[0] ?? { receipts: "" });
    const cells = (kind, texts) => texts.map((text) => make(kind, { textContent: text, title: text }));
    $("receipts").querySelector("thead").replaceChildren(make("tr", {}, ...cells("th", columns)));
    const lines = rows.map((row) => make("tr", {}, ...cells("td", columns.map((column) => row[column] ?? ""))));
    $("receipts").querySelector("tbody").replaceChildren(...(lines.length ? lines : [make("tr", {}, make("td", { textContent: "none yet" }))]));
  }
  setTimeout(drawReceipts, 1000);
}

// ---- small things

function make(name, properties, ...children) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

function initials(name) {
  return name.split(/\s+/).map((word) => word[0]).filter((letter) => /\p{L}/u.test(letter ?? "")).slice(0, 2).join("");
}

function flash(element) {
  element.classList.add("flash");
  setTimeout(() => element.classList.remove("flash"), FLASH_MS);
}

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, TOAST_MS);
}

listen();
drawReceipts();
