// Choosing files for a form: several at once, dropped, pasted or photographed, each seen before it is sent.
// Without this the plain file input does the same, only without pictures.
import { say } from "./say.js";

const THUMB = 112; // pixels, twice the shown size
const MEGABYTE = 1024 * 1024;

const fits = (input, file) => !input.accept || input.accept.split(",").includes(file.type);

async function draw(canvas, file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const side = Math.min(picture.width, picture.height);
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
  canvas.width = canvas.height = THUMB;
  canvas.getContext("2d").drawImage(picture, left, top, side, side, 0, 0, THUMB, THUMB);
  picture.close();
}

function weight(bytes) {
  const number = bytes < MEGABYTE ? Math.max(1, Math.round(bytes / 1024)) : (bytes / MEGABYTE).toFixed(1);
  const shown = Number(number).toLocaleString(document.documentElement.lang);
  return `${shown} ${bytes < MEGABYTE ? "kB" : "MB"}`;
}

class Uploads {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input[type=file]");
    this.list = box.querySelector("[data-previews]");
    this.camera = box.querySelector("[data-camera]");
    this.most = Number(box.dataset.most);
    this.bytes = Number(box.dataset.megabytes) * MEGABYTE;
    this.files = [];
    box.dataset.live = "";
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.camera?.addEventListener("change", () => {
      this.add([...this.camera.files]);
      this.camera.value = "";
    });
    box.addEventListener("dragover", (event) => {
      event.preventDefault();
      box.dataset.over = "";
    });
    box.addEventListener("dragleave", () => delete box.dataset.over);
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      delete box.dataset.over;
      this.add([...event.dataTransfer.files]);
    });
    // A page restored by the browser brings its files with it.
    if (this.input.files.length) this.add([...this.input.files]);
  }

  get kept() {
    return this.box.querySelectorAll("[data-kept]:checked").length;
  }

  add(files) {
    const { box } = this;
    const known = new Set(this.files.map((file) => `${file.name} ${file.size} ${file.lastModified}`));
    for (const file of files) {
      if (known.has(`${file.name} ${file.size} ${file.lastModified}`)) continue;
      if (!fits(this.input, file)) say(`${file.name}: ${box.dataset.textType}`);
      else if (file.size > this.bytes) say(`${file.name}: ${box.dataset.textLarge}`);
      else if (this.most === 1) this.files = [file];
      else if (this.files.length + this.kept >= this.most) say(box.dataset.textMany);
      else this.files.push(file);
    }
    this.show();
  }

  remove(file) {
    this.files = this.files.filter((other) => other !== file);
    this.show();
    (this.list.querySelector("button") ?? this.input).focus();
  }

  show() {
    const carrier = new DataTransfer();
    for (const file of this.files) carrier.items.add(file);
    this.input.files = carrier.files;
    this.list.hidden = !this.files.length;
    this.list.replaceChildren(...this.files.map((file) => this.row(file)));
  }

  row(file) {
    const row = this.box.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
    const [canvas, words, button] = row.children;
    const size = document.createElement("small");
    words.textContent = file.name;
    size.textContent = weight(file.size);
    words.append(size);
    button.setAttribute("aria-label", `${this.box.dataset.textRemove}: ${file.name}`);
    button.addEventListener("click", () => this.remove(file));
    if (file.type.startsWith("image/")) draw(canvas, file).catch(() => {});
    return row;
  }
}

const running = new WeakMap();

export function startUploads() {
  for (const box of document.querySelectorAll("[data-uploads]")) {
    if (!running.has(box)) running.set(box, new Uploads(box));
  }
}

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  const near = document.activeElement?.closest("form")?.querySelector("[data-uploads]");
  const box = near ?? document.querySelector("[data-uploads]");
  if (!files.length || !box) return;
  event.preventDefault();
  running.get(box)?.add(files);
});
