// The keyboard's way to what dragging does: a small form about one visit.
import { later } from "./times.js";

export function startDialog(board, done, focusBar) {
  const dialog = document.getElementById("board-dialog");
  let opener = null;

  const fill = (html) => {
    dialog.innerHTML = html;
    (dialog.querySelector("[role=alert]") ? dialog.querySelector("input:not([type=hidden])") : dialog.querySelector("[data-step]"))?.focus();
  };

  async function open(visit) {
    opener = document.activeElement;
    const url = board.dataset.planUrl.replace("/0/", `/${visit}/`);
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) {
      location.assign(url);
      return;
    }
    fill(await answer.text());
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-step], select, input:not([type=hidden])")?.focus();
  }

  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-board-close]")) dialog.close();
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const day = dialog.querySelector("input[name=day]");
    const time = dialog.querySelector("input[name=clock]");
    const moved = later(`${day.value}T${time.value}:00`, Number(step.dataset.step));
    day.value = moved.slice(0, 10);
    time.value = moved.slice(11, 16);
  });
  // The bar may have been drawn anew, or in another row, meanwhile.
  dialog.addEventListener("close", () => (opener?.isConnected ? opener.focus() : opener?.dataset.bar && focusBar(opener.dataset.bar)));
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "HX-Request": "true" },
        credentials: "same-origin",
      });
      if (answer.status === 204) {
        dialog.close();
        done().catch(() => {});
      } else if (answer.status === 422) fill(await answer.text());
      else throw new Error(String(answer.status));
    } catch {
      delete form.dataset.sending;
      event.submitter?.removeAttribute("aria-busy");
      const words = document.createElement("p");
      words.className = "note note-bad";
      words.setAttribute("role", "alert");
      words.textContent = dialog.dataset.textFailed;
      form.prepend(words);
    }
  });
  return { open };
}
