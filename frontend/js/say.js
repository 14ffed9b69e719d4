// One live region for everything that changes without a reload.
export function say(text, { seen = true } = {}) {
  const region = document.getElementById("live-region");
  if (!region || !text) return;
  const line = document.createElement("div");
  line.className = seen ? "toast" : "sr-only";
  line.textContent = text;
  region.append(line);
  setTimeout(() => {
    line.dataset.leaving = "";
    setTimeout(() => line.remove(), 250);
  }, 6000);
}
