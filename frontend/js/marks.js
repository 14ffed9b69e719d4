// Damage marks: a tap on an outline of the car fills a row of the list, which also works by itself.
// The rows are the truth; the dots are drawn from them.
const SVG = "http://www.w3.org/2000/svg";
const NINTHS = ["upper_left", "upper_middle", "upper_right", "left", "middle", "right", "lower_left", "lower_middle", "lower_right"];
const ninth = (x, y) => NINTHS[Math.min(Math.floor((y * 3) / 1000), 2) * 3 + Math.min(Math.floor((x * 3) / 1000), 2)];
const centre = (code) => [167 + (NINTHS.indexOf(code) % 3) * 333, 200 + Math.floor(NINTHS.indexOf(code) / 3) * 300];

class Marks {
  constructor(box) {
    this.box = box;
    this.rows = box.querySelector("[data-rows]");
    this.blank = box.querySelector("[data-blank]");
    this.total = box.querySelector("input[name$='-TOTAL_FORMS']");
    box.dataset.live = "";
    for (const each of box.querySelectorAll("[data-with-script], [data-add]")) each.hidden = false;
    for (const row of this.rows.children) this.take(row, Boolean(this.field(row, "text").value));
    box.querySelector("[data-add]").addEventListener("click", () => this.add({}));
    for (const figure of box.querySelectorAll("[data-view]")) {
      figure.addEventListener("click", (event) => this.point(figure, event));
    }
    this.draw();
  }

  field(row, name) {
    return row.querySelector(`[name$='-${name}']`);
  }

  take(row, used) {
    row.hidden = !used;
    const remove = row.querySelector("[data-remove]");
    remove.hidden = false;
    remove.addEventListener("click", () => this.clear(row));
    for (const name of ["view", "spot"]) {
      this.field(row, name).addEventListener("change", () => {
        [this.field(row, "x").value, this.field(row, "y").value] = centre(this.field(row, "spot").value);
        this.draw();
      });
    }
  }

  add({ view, x = 500, y = 500 }) {
    let row = [...this.rows.children].find((each) => each.hidden);
    if (!row) {
      const number = Number(this.total.value);
      this.rows.insertAdjacentHTML("beforeend", this.blank.innerHTML.replaceAll("__prefix__", number));
      this.total.value = number + 1;
      row = this.rows.lastElementChild;
      this.take(row, true);
    }
    row.hidden = false;
    this.rows.append(row);
    if (view) this.field(row, "view").value = view;
    this.field(row, "spot").value = ninth(x, y);
    this.field(row, "x").value = x;
    this.field(row, "y").value = y;
    this.draw();
    this.field(row, "text").focus();
  }

  clear(row) {
    for (const name of ["x", "y", "text"]) this.field(row, name).value = "";
    row.hidden = true;
    this.draw();
    this.box.querySelector("[data-add]").focus();
  }

  point(figure, event) {
    const area = figure.querySelector("svg").getBoundingClientRect();
    const part = (at, start, length) => Math.round(Math.min(1, Math.max(0, (at - start) / length)) * 1000);
    this.add({
      view: figure.dataset.view,
      x: part(event.clientX, area.left, area.width),
      y: part(event.clientY, area.top, area.height),
    });
  }

  draw() {
    for (const dot of this.box.querySelectorAll("[data-dot]")) dot.remove();
    let number = 0;
    for (const row of this.rows.children) {
      if (row.hidden) continue;
      number += 1;
      row.querySelector(".mark-number").textContent = number;
      const svg = this.box.querySelector(`[data-view='${this.field(row, "view").value}'] svg`);
      if (svg) svg.append(this.dot(svg, number, Number(this.field(row, "x").value), Number(this.field(row, "y").value)));
    }
  }

  dot(svg, number, x, y) {
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const group = document.createElementNS(SVG, "g");
    group.dataset.dot = "";
    const circle = document.createElementNS(SVG, "circle");
    const text = document.createElementNS(SVG, "text");
    const at = { x: (x * width) / 1000, y: (y * height) / 1000 };
    const looks = [
      [circle, { cx: at.x, cy: at.y, r: 13, fill: "#c2274f" }],
      [text, { x: at.x, y: at.y, dy: 5, "text-anchor": "middle", "font-size": 15, "font-weight": 700, fill: "#fff" }],
    ];
    for (const [shape, values] of looks) {
      for (const [name, value] of Object.entries(values)) shape.setAttribute(name, value);
      group.append(shape);
    }
    text.textContent = number;
    return group;
  }
}

export function startMarks() {
  for (const box of document.querySelectorAll("[data-marks]:not([data-live])")) new Marks(box);
}
