// Push notices: the browser is asked only when its person has pressed the button.
import { say } from "./say.js";

const supported = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function show(box, state) {
  for (const part of box.querySelectorAll("[data-push-state]")) part.hidden = part.dataset.pushState !== state;
}

function bytesOf(key) {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

async function subscribe(key) {
  const worker = await navigator.serviceWorker.ready;
  // One made for another key (or another person's sign-in) would be refused by the push service.
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
}

async function switchOn(box, form) {
  if ((await Notification.requestPermission()) !== "granted") {
    show(box, Notification.permission === "denied" ? "blocked" : "off");
    return;
  }
  const { endpoint, keys } = (await subscribe(box.dataset.pushKey)).toJSON();
  Object.entries({ endpoint, p256dh: keys.p256dh, auth: keys.auth }).forEach(([name, value]) => {
    form.elements[name].value = value;
  });
  form.requestSubmit();
}

export function startPush() {
  const box = document.querySelector("[data-push-key]");
  if (!box || !supported) return;
  if (Notification.permission === "denied") return show(box, "blocked");
  show(box, box.querySelector("[data-push-here]") ? "on" : "off");
  const button = box.querySelector("[data-push-on]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await switchOn(box, button.form);
    } catch {
      say(box.dataset.pushFailed);
    } finally {
      button.disabled = false;
    }
  });
}
