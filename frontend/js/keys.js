// "/" goes to the search field, "j" and "k" walk through rows marked with data-row.
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
    }
    if (event.key === "j" || event.key === "k") {
      const rows = [...document.querySelectorAll("[data-row]")];
      const at = rows.indexOf(document.activeElement?.closest("[data-row]"));
      const next = rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)))];
      (next?.querySelector("a, button") ?? next)?.focus();
    }
  });
}
