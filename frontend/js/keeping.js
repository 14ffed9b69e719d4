// A time kept while somebody decides: how long still, and what follows when it is over.
import { refresh } from "./live.js";
import { say } from "./say.js";

const over = new WeakSet();
let ticking = 0;

function words(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  for (const element of document.querySelectorAll("[data-keeps-until]")) {
    const left = Date.parse(element.dataset.keepsUntil) - Date.now();
    const shown = element.querySelector("[data-keeps-left]");
    if (shown) shown.textContent = words(left);
    if (left > 0 || over.has(element)) continue;
    over.add(element);
    say(element.dataset.keepsSay);
    const holder = element.closest("[data-live-url]");
    if (holder) refresh(holder);
  }
}

export function startKeeping() {
  tick();
  if (!ticking) ticking = setInterval(tick, 1000);
}
