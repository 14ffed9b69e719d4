// One socket per visitor. A push only says that something changed; the page asks for
// the fragment itself, so a lost push costs a delay and never a wrong page.
import { say } from "./say.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
const JITTER = 400;
// The server says "alive" every 30 s; a socket silent for longer is dead without knowing.
const LONGEST_SILENCE = 75000;
const SIGNED_OUT = 4401;
const ANSWERS = new Set(["subscribed", "unsubscribed", "refused", "alive", "pong", "invalid"]);

let socket = null;
let wait = FIRST_WAIT;
let opened = false;
let watchdog = 0;
const pending = new Map();

const elements = () => [...document.querySelectorAll("[data-live-topic]")];
const topics = () => new Set(elements().map((element) => element.dataset.liveTopic));
const send = (action, topic) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ action, topic }));
};

async function refetch(element, spoken) {
  const url = element.dataset.liveUrl;
  if (!url) return;
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const html = await answer.text();
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  if (element.dataset.liveSwap === "outer") {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const fresh = holder.content.firstElementChild;
    if (!fresh) return;
    element.replaceWith(fresh);
    window.htmx?.process(fresh);
  } else {
    element.innerHTML = html;
    window.htmx?.process(element);
  }
  if (focused) document.getElementById(focused)?.focus();
  const words = spoken && element.dataset.liveSay;
  if (words) say(words, { seen: element.hasAttribute("data-live-toast") });
}

// Many visitors get the same push: each asks at a moment of its own.
function schedule(element, spoken) {
  if (pending.has(element)) return;
  pending.set(
    element,
    setTimeout(() => {
      pending.delete(element);
      refetch(element, spoken).catch(() => {});
    }, Math.random() * JITTER),
  );
}

// For what changes by the clock alone, without a push.
export function refresh(element) {
  schedule(element, false);
}

function listen() {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => socket?.close(), LONGEST_SILENCE);
}

function receive(event) {
  listen();
  const push = JSON.parse(event.data);
  if (!push.topic || ANSWERS.has(push.type)) return;
  document.dispatchEvent(new CustomEvent("live", { detail: push }));
  for (const element of elements()) {
    if (element.dataset.liveTopic !== push.topic) continue;
    if (element.dataset.liveType && !element.dataset.liveType.split(" ").includes(push.type)) continue;
    schedule(element, !push.quiet);
  }
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws/`);
  socket.addEventListener("open", () => {
    wait = FIRST_WAIT;
    listen();
    for (const topic of topics()) send("subscribe", topic);
    if (opened) for (const element of elements()) schedule(element, false);
    opened = true;
  });
  socket.addEventListener("message", receive);
  socket.addEventListener("close", (event) => {
    clearTimeout(watchdog);
    if (event.code === SIGNED_OUT) return;
    const pause = wait * (0.5 + Math.random());
    wait = Math.min(wait * 2, LONGEST_WAIT);
    setTimeout(connect, pause);
  });
}

export function startLive() {
  if (!topics().size || !("WebSocket" in window)) return;
  connect();
  document.addEventListener("htmx:afterSettle", () => {
    for (const topic of topics()) send("subscribe", topic);
  });
}
