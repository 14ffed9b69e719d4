// Builds one SVG sprite from the Lucide icons that icons.json names.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL(".", import.meta.url);
const folder = new URL("../node_modules/lucide-static/icons/", here);
const names = JSON.parse(readFileSync(new URL("icons.json", here), "utf8"));

const missing = names.filter((name) => !existsSync(new URL(`${name}.svg`, folder)));
if (missing.length) {
  console.error(`These icons are unknown to Lucide: ${missing.join(", ")}`);
  process.exit(1);
}
const symbols = names.map((name) => {
  const shapes = readFileSync(new URL(`${name}.svg`, folder), "utf8")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
});
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
writeFileSync(new URL("icons.svg", here), sprite);
