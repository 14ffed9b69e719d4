// Only when asked, and only roughly: two decimals are about a kilometre, enough to choose a workshop.
function find(button) {
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const address = new URL(location.href);
      address.searchParams.set("near", `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`);
      location.assign(address);
    },
    () => {
      button.removeAttribute("aria-busy");
      const failed = document.querySelector("[data-near-failed]");
      if (failed) failed.hidden = false;
    },
    { timeout: 10000, maximumAge: 600000 },
  );
}

export function startNear() {
  if (!("geolocation" in navigator)) return;
  for (const button of document.querySelectorAll("[data-near]")) {
    if (!button.hidden) continue;
    button.hidden = false;
    button.addEventListener("click", () => find(button));
  }
}
