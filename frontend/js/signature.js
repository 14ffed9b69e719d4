// A name drawn with finger, pen or mouse. What is kept are the strokes, in thousandths of the field and
// milliseconds since the first touch; who can't draw types the name and confirms it, without a script too.
const MOST = 20000; // points, as the server takes them

class Field {
  constructor(box) {
    this.canvas = box.querySelector("canvas");
    this.value = box.querySelector("[data-strokes]");
    this.typed = box.querySelector("[data-typed]");
    this.pad = box.querySelector("[data-pad]");
    this.strokes = [];
    this.begun = 0;
    this.pad.hidden = false;
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.up());
    box.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    this.typed.addEventListener("change", () => this.swap());
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    try {
      this.strokes = JSON.parse(this.value.value || "[]");
    } catch {
      this.strokes = [];
    }
    this.swap();
  }

  swap() {
    this.pad.hidden = this.typed.checked;
    if (!this.typed.checked) this.draw();
  }

  point(event) {
    const area = this.canvas.getBoundingClientRect();
    const part = (at, start, length) => Math.round(Math.min(1, Math.max(0, (at - start) / length)) * 1000);
    const ms = Math.min(3600000, Math.round(event.timeStamp - this.begun));
    return [part(event.clientX, area.left, area.width), part(event.clientY, area.top, area.height), Math.max(0, ms)];
  }

  down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    if (!this.strokes.length) this.begun = event.timeStamp;
    this.stroke = [this.point(event)];
    this.strokes.push(this.stroke);
    this.draw();
  }

  move(event) {
    if (!this.stroke) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) this.stroke.push(this.point(each));
    this.draw();
  }

  up() {
    if (!this.stroke) return;
    this.stroke = null;
    if (this.strokes.flat().length > MOST) this.strokes = [];
    this.value.value = JSON.stringify(this.strokes);
  }

  clear() {
    this.strokes = [];
    this.value.value = "";
    this.draw();
  }

  draw() {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (!width) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const pen = this.canvas.getContext("2d");
    const across = this.canvas.width / 1000;
    const down = this.canvas.height / 1000;
    pen.lineWidth = 2.4 * scale;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(this.canvas).color;
    for (const stroke of this.strokes) {
      pen.beginPath();
      pen.moveTo(stroke[0][0] * across, stroke[0][1] * down);
      // One more point at the place of the first: a dot is a line of no length.
      for (const [x, y] of [stroke[0], ...stroke.slice(1)]) pen.lineTo(x * across, y * down);
      pen.stroke();
    }
  }
}

const running = new WeakSet();

export function startSignatures() {
  for (const box of document.querySelectorAll("[data-signature]")) {
    if (running.has(box)) continue;
    running.add(box);
    new Field(box);
  }
}
