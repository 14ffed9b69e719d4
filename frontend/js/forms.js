import { say } from "./say.js";

// A form is sent once; its button says that something is happening.
function markSending(form, submitter) {
  if (form.method !== "post" || form.hasAttribute("data-theme-form")) return;
  if (form.dataset.sending) return false;
  form.dataset.sending = "1";
  submitter?.setAttribute("aria-busy", "true");
  return true;
}

export function startForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (markSending(form, event.submitter) === false) event.preventDefault();
  });
  // Coming back by the browser's own button must find usable forms.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sending]")) {
      delete form.dataset.sending;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button.dataset.copied ?? button.textContent.trim());
  });
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
  document.addEventListener("htmx:responseError", () => say(document.body.dataset.textFailed));
  document.addEventListener("htmx:sendError", () => say(document.body.dataset.textOffline));
}
