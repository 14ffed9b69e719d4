// A technician's pages: whatever is entered is written down on the device first and sent from there, so
// that a cellar without a network loses nothing. Shown is what waits, and what somebody must look at.
import { entriesOf, newKey, put, remove } from "./entries.js";
import { hurry, insist, now, retry, send } from "./sending.js";
import { say } from "./say.js";

const PAGES = "work-pages"; // as in sw.js
const OWNER = "work-user";
const user = document.body.dataset.user;
const lang = document.documentElement.lang;
const TIMED = { start: "started", pause: "paused", finish: "finished" };

let panel = null;
let network = "";
let dirty = false;

const clock = (iso) => new Date(iso).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
const boxes = (job) => document.querySelectorAll(`[data-job="${job}"]`);
const numberIn = (text) => Number(text.trim().replace(",", "."));

// What the page shows before the house has answered.

function setState(box, state) {
  for (const tag of box.querySelectorAll("[data-state-tag]")) tag.hidden = true; // it tells what the house knows
  for (const part of box.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(state);
  for (const part of box.querySelectorAll("[data-open-for]")) part.disabled = !part.dataset.openFor.split(" ").includes(state);
}

function judge(form, text) {
  const value = numberIn(text);
  const { badBelow, watchBelow, watchAbove, badAbove } = form.dataset;
  if ((badBelow && value < Number(badBelow)) || (badAbove && value > Number(badAbove))) return "bad";
  if ((watchBelow && value < Number(watchBelow)) || (watchAbove && value > Number(watchAbove))) return "watch";
  return "good";
}

function check(form, verdict) {
  const choice = form.querySelector(`[name=verdict][value="${verdict}"]`);
  if (choice) choice.checked = true;
}

function showPoint(form, entry) {
  const { value, verdict } = entry.body;
  if (form.elements.value && value !== null) form.elements.value.value = value.replace(".", lang === "de" ? "," : ".");
  check(form, verdict || judge(form, value ?? ""));
  form.dataset.pending = entry.state;
}

function apply(entry) {
  for (const box of boxes(entry.job)) {
    if (TIMED[entry.kind] && entry.state === "waiting") setState(box, TIMED[entry.kind]);
    const form = entry.target && box.querySelector(`[data-target="${entry.target}"]`);
    if (form && entry.kind === "point") showPoint(form, entry);
    if (form && entry.kind === "tick") form.dataset.pending = entry.state;
  }
}

// Writing down.

async function add(form, body, more = {}) {
  const { entry: kind, url, words, target } = form.dataset;
  const entry = { user, kind, url, words, target, state: "waiting", key: newKey(), body: { at: now(), ...body }, ...more };
  entry.job = form.closest("[data-job]").dataset.job;
  entry.id = await put(entry);
  apply(entry);
  await show();
  hurry();
  send(user, tell);
}

function pointBody(form) {
  const typed = form.elements.value?.value.trim() ?? "";
  const verdict = form.dataset.chosen ?? "";
  const value = verdict === "skipped" || !typed ? null : String(numberIn(typed));
  return { item: Number(form.dataset.item), value, verdict, seen: form.elements.seen.value || null };
}

function enterFinding(form) {
  const pictures = [...(form.elements.pictures?.files ?? [])].map((file) => ({ file, name: file.name, key: newKey() }));
  const item = Number(form.elements.item?.value) || null;
  add(form, { text: form.elements.text.value.trim(), item }, { pictures, extra: pictures.length });
  form.reset();
  form.elements.pictures?.dispatchEvent(new Event("change"));
  form.closest("details")?.removeAttribute("open");
}

function openPoint(form) {
  const points = form.closest("[data-job]").querySelectorAll("form[data-entry=point]");
  return [...points].find((point) => !point.querySelector("[name=verdict]:checked"));
}

function enter(event) {
  const form = event.target.closest("form[data-entry]");
  if (!form) return;
  event.preventDefault();
  const { entry: kind } = form.dataset;
  if (kind === "point") add(form, pointBody(form));
  else if (kind === "finding") enterFinding(form);
  else if (kind === "tick") add(form, { line: Number(form.dataset.line), done: form.dataset.done === "true" });
  else {
    const open = kind === "finish" && openPoint(form);
    if (open) {
      say(panel.dataset.textOpen);
      open.scrollIntoView({ block: "center" });
      open.querySelector("input:not([type=hidden])").focus();
    } else add(form, {});
  }
}

// A value is judged by its limits; whoever taps another verdict has the last word.
function judgeAtOnce(event) {
  const form = event.target.closest("form[data-entry=point]");
  if (!form) return;
  const field = form.elements.value;
  if (event.target === field) {
    delete form.dataset.chosen;
    if (!field.value.trim()) return;
    const bad = Number.isNaN(numberIn(field.value));
    field.toggleAttribute("aria-invalid", bad);
    if (bad) return say(panel.dataset.textNumber);
    check(form, judge(form, field.value));
  } else if (event.target.name === "verdict") {
    form.dataset.chosen = event.target.value;
    if (field && !field.value.trim() && event.target.value !== "skipped") return field.focus();
  }
  form.requestSubmit();
}

// What waits and what is stuck.

function deed(row, name, shown, act) {
  const button = row.querySelector(`[data-${name}]`);
  button.hidden = !shown;
  button.addEventListener("click", async () => {
    await act();
    await show();
    hurry();
    send(user, tell);
  });
}

function stateWords(entry) {
  if (entry.state === "waiting") return panel.dataset.textMade.replace("%s", clock(entry.body.at));
  const { detail, value, verdict, at } = entry.problem;
  if (entry.problem.code !== "result_changed") return detail ?? panel.dataset.textRefused;
  const label = panel.querySelector(`[data-verdict="${verdict}"]`)?.textContent ?? verdict;
  const there = [value && Number(value).toLocaleString(lang), label, clock(at)].filter(Boolean).join(", ");
  return `${detail} (${there})`;
}

function rowOf(entry) {
  const row = panel.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
  const value = entry.kind === "point" && entry.body.value !== null ? `: ${Number(entry.body.value).toLocaleString(lang)}` : "";
  row.querySelector("[data-words]").textContent = entry.kind === "finding" ? `${entry.words}: ${entry.body.text}` : entry.words + value;
  row.querySelector("[data-state]").textContent = stateWords(entry);
  row.dataset.state = entry.state;
  const stuck = entry.state === "stuck";
  const changed = entry.problem?.code === "result_changed";
  deed(row, "insist", stuck && changed, () => insist(entry));
  deed(row, "retry", stuck && !changed, () => retry(entry));
  deed(row, "drop", stuck, () => drop(entry));
  return row;
}

async function drop(entry) {
  await remove(entry.id);
  dirty = true;
  await refresh();
}

function hint(waiting, stuck) {
  const { dataset } = panel;
  if (network === "sign-in") return dataset.textSignIn;
  if (stuck) return dataset.textStuck;
  if (network === "offline") return dataset.textOffline;
  return network === "later" ? dataset.textLater : waiting ? dataset.textSending : "";
}

async function show() {
  const entries = await entriesOf(user);
  const stuck = entries.filter((entry) => entry.state === "stuck").length;
  const offline = network === "offline" || !navigator.onLine;
  panel.hidden = !entries.length && !offline;
  panel.dataset.level = stuck ? "bad" : "wait";
  const { textNone, textOne, textMany, textStale, rendered } = panel.dataset;
  const count = entries.length > 1 ? textMany.replace("%s", entries.length) : entries.length ? textOne : textNone;
  panel.querySelector("[data-count]").textContent = count;
  panel.querySelector("[data-hint]").textContent = hint(entries.length - stuck, stuck);
  panel.querySelector("[data-stale]").textContent = offline ? textStale.replace("%s", clock(rendered)) : "";
  panel.querySelector("[data-sign-in]").hidden = network !== "sign-in";
  panel.querySelector("[data-rows]").replaceChildren(...entries.map(rowOf));
}

async function tell(state, entry, told) {
  if (["offline", "later", "sign-in", "done"].includes(state)) network = state;
  if (state === "sent") {
    network = "";
    dirty = true;
    const form = entry.target && document.querySelector(`[data-target="${entry.target}"]`);
    if (form && entry.kind === "point" && form.elements.seen) form.elements.seen.value = told.at;
    say(panel.dataset.textSent.replace("%s", entry.words), { seen: false });
  }
  if (state === "stuck") {
    dirty = true;
    say(panel.dataset.textStuck);
  }
  await show();
  if (state === "done") await refresh();
}

// The page itself comes again only when nothing that was typed would be lost.
async function refresh() {
  const box = document.querySelector("[data-refresh]");
  const busy = box?.contains(document.activeElement) && document.activeElement.matches("input:not([type=radio]), textarea");
  const waiting = (await entriesOf(user)).filter((entry) => entry.state === "waiting");
  if (!box || !dirty || busy || waiting.length) return;
  dirty = false;
  const answer = await fetch(box.dataset.refresh, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
  box.innerHTML = await answer.text();
  window.htmx?.process(box);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  panel.dataset.rendered = new Date().toISOString();
  for (const entry of await entriesOf(user)) apply(entry);
  keepPages();
}

// Today's jobs are kept on the device, to be opened without a network; never somebody else's.
async function keepPages() {
  if (!("caches" in window) || !navigator.serviceWorker?.controller) return;
  const cache = await caches.open(PAGES);
  const built = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => name.includes("/static/"));
  const links = [...document.querySelectorAll("a[data-keep]")].map((link) => link.href);
  const kept = new Set((await cache.keys()).map((request) => request.url));
  const missing = built.filter((url) => !kept.has(url));
  for (const url of new Set([location.href, ...links, ...missing])) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok && !answer.redirected) await cache.put(url, answer);
  }
}

async function takeOver() {
  if (localStorage.getItem(OWNER) === user) return;
  await window.caches?.delete(PAGES);
  localStorage.setItem(OWNER, user);
}

export async function startWork() {
  if (panel || !user) return;
  panel = document.querySelector("[data-work-queue]");
  const main = document.querySelector("main");
  main.addEventListener("submit", enter);
  main.addEventListener("change", judgeAtOnce);
  main.addEventListener("focusout", () => setTimeout(refresh));
  document.addEventListener("live", (event) => {
    if (event.detail.topic !== document.querySelector("[data-refresh]")?.dataset.liveTopic) return;
    dirty = true;
    setTimeout(refresh, Math.random() * 400);
  });
  for (const event of ["online", "offline"]) {
    window.addEventListener(event, () => {
      network = "";
      dirty = true;
      hurry();
      send(user, tell);
    });
  }
  await takeOver();
  for (const entry of await entriesOf(user)) apply(entry);
  await send(user, tell);
  keepPages();
}
