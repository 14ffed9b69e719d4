// Sends what was written down, in order, one tab at a time. Each entry carries its own key, so that one
// whose answer was lost on the way is not done twice.
import { entriesOf, get, newKey, put, remove } from "./entries.js";

const FIRST_WAIT = 3000;
const LONGEST_WAIT = 60000;
const LONGEST_ANSWER = 120000; // a connection that hangs must not keep all others from being tried
const CLOCK = "work-clock"; // how far the house's clock is ahead of ours, in milliseconds
const DOCUMENTS = "/api/v1/documents/";
const PICTURE = "services.finding_picture";

let wait = FIRST_WAIT;
let timer = 0;
let again = false;

export const now = () => new Date(Date.now() + Number(localStorage.getItem(CLOCK) ?? 0)).toISOString();

function setClock(answer) {
  const ahead = Date.parse(answer.headers.get("Date")) - Date.now();
  if (Number.isNaN(ahead)) return;
  localStorage.setItem(CLOCK, Math.abs(ahead) > 5000 ? String(ahead) : "0");
}

const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

async function post(url, body, key) {
  const headers = { "Idempotency-Key": key, "X-CSRFToken": token(), Accept: "application/json" };
  if (!(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  const answer = await fetch(url, { method: "POST", headers, body, credentials: "same-origin", signal: AbortSignal.timeout(LONGEST_ANSWER) });
  setClock(answer);
  const told = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, told };
}

// Pictures go first; each that arrived is remembered, so that a broken connection repeats only the rest.
async function sendPictures(entry) {
  for (const picture of entry.pictures ?? []) {
    if (picture.document) continue;
    const form = new FormData();
    form.append("kind", PICTURE);
    form.append("file", picture.file, picture.name);
    const answer = await post(DOCUMENTS, form, picture.key);
    if (!answer.ok) return answer;
    picture.document = answer.told.id;
    await put(entry);
  }
  return null;
}

async function sendOne(entry) {
  const refused = await sendPictures(entry);
  if (refused) return refused;
  const documents = entry.pictures?.map((picture) => picture.document);
  return post(entry.url, { ...entry.body, ...(documents ? { documents } : {}) }, entry.key);
}

// Later entries about the same thing were made knowing this one.
async function pass(entry, told) {
  if (!entry.target || !told.at) return;
  for (const later of await entriesOf(entry.user)) {
    if (later.id > entry.id && later.target === entry.target) await put({ ...later, body: { ...later.body, seen: told.at } });
  }
}

// What becomes of an entry: gone when it was taken, waiting when nobody answered, stuck when a person
// must look at it.
async function settle(entry, answer) {
  if (answer.ok) {
    await pass(entry, answer.told);
    await remove(entry.id);
    return "sent";
  }
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return "later";
  if (answer.status === 401 || answer.status === 403) return "sign-in";
  await put({ ...entry, state: "stuck", problem: { status: answer.status, ...answer.told } });
  return "stuck";
}

async function round(user, tell) {
  for (const { id } of (await entriesOf(user)).filter((entry) => entry.state === "waiting")) {
    const entry = await get(id); // an answer before it may have changed it
    if (!entry) continue;
    const answer = await sendOne(entry).catch(() => null);
    if (!answer) return "offline";
    const state = await settle(entry, answer);
    await tell(state, entry, answer.told);
    if (state === "later" || state === "sign-in") return state;
  }
  return "done";
}

export async function send(user, tell) {
  clearTimeout(timer);
  const run = async (lock) => {
    if (lock === null) return "elsewhere";
    return round(user, tell);
  };
  const state = navigator.locks ? await navigator.locks.request("work-entries", { ifAvailable: true }, run) : await run();
  const left = (await entriesOf(user)).some((entry) => entry.state === "waiting");
  if (state === "elsewhere") again = true;
  if (left && state !== "sign-in") {
    wait = state === "done" || again ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT);
    again = false;
    timer = setTimeout(() => send(user, tell), wait);
  } else {
    wait = FIRST_WAIT;
  }
  await tell(state);
}

export const hurry = () => {
  wait = FIRST_WAIT;
};

// The person has decided: what they wrote counts, knowing what stands there.
export async function insist(entry) {
  const seen = entry.problem?.at ?? entry.body.seen;
  await put({ ...entry, key: newKey(), state: "waiting", problem: null, body: { ...entry.body, seen } });
}

export async function retry(entry) {
  await put({ ...entry, key: newKey(), state: "waiting", problem: null });
}
