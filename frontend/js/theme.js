// The switch is a form that works by itself; with a script the page does not reload.
const THEMES = { light: "nordlicht", dark: "nordlicht-dark" };

export function startTheme() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-theme-form]")) return;
    event.preventDefault();
    const chosen = event.submitter?.value ?? "system";
    const root = document.documentElement;
    if (THEMES[chosen]) root.dataset.theme = THEMES[chosen];
    else delete root.dataset.theme;
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    }
    const body = new FormData(form);
    body.set("theme", chosen);
    await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  });
}
