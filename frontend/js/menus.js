// <details> menus close on Escape, on a click elsewhere and when focus leaves them.
const open = () => document.querySelectorAll("details.menu-pop[open]");

// A bar that scrolls sideways begins at the place one is in.
function showCurrent() {
  for (const here of document.querySelectorAll(".bar-nav-always [aria-current], .subnav [aria-current]")) {
    const bar = here.parentElement;
    if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  }
}

export function startMenus() {
  showCurrent();
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
