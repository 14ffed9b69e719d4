// A passkey that was refused, or a device that knows none: say so instead of doing nothing.
import { say } from "./say.js";

export function startPasskeys() {
  document.addEventListener("allauth.error", (event) => {
    const words = document.querySelector("[data-passkey-failed]");
    if (!words) return;
    event.preventDefault();
    say(words.dataset.passkeyFailed);
  });
}
