// The offline page shows the next appointment as it was last seen on this device.
const KEY = "next-appointment";
const RETRY = 4000;

function keep() {
  if (!document.body.dataset.user) {
    localStorage.removeItem(KEY);
    window.caches?.delete("work-pages"); // whoever signs out leaves nobody's cars behind
    return;
  }
  const card = document.querySelector("[data-offline-appointment]");
  if (!card) return;
  const { title, when, place, startsAt } = card.dataset;
  if (title) localStorage.setItem(KEY, JSON.stringify({ title, when, place, startsAt }));
  else localStorage.removeItem(KEY);
}

function show(page) {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
  if (kept && Date.parse(kept.startsAt) > Date.now() - 3600_000) {
    const card = page.querySelector("[data-kept]");
    for (const part of ["title", "when", "place"]) card.querySelector(`[data-${part}]`).textContent = kept[part];
    card.hidden = false;
    page.querySelector("[data-none]").hidden = true;
  }
  page.querySelector("[data-retry]")?.addEventListener("click", () => location.reload());
  // "online" may come before the network truly answers, or not at all when only the house was away.
  setInterval(async () => {
    const answer = await fetch("/robots.txt", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
  }, RETRY);
}

export function startOffline() {
  const page = document.querySelector("[data-offline-page]");
  try {
    if (page) show(page);
    else keep();
  } catch {
    // Storage may be forbidden; the page works without it.
  }
  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
  }
}
