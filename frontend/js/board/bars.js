import { clock, millis, minutes, span, wall } from "./times.js";

export const OPEN_ROW = "open";
// Which kind of row could take an open bar.
const KIND_OF_PART = { technician: "technician", place: "bay", loan_car: "loan_car", pick_up: "driver", return: "driver" };

const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
};

// The same work has the same colour all day; high voltage is always violet.
const tone = (bar) => (bar.bay_type === "high_voltage" ? "violet" : ["aurora", "blue", "amber"][bar.service_type % 3]);

export function rowsOf(data, texts) {
  const rows = data.rows.map((row) => ({ id: String(row.id), title: row.name, extendedProps: row }));
  if (data.open_work.length) rows.unshift({ id: OPEN_ROW, title: texts.textRow, extendedProps: { kind: "open", words: "" } });
  return rows;
}

export const label = ({ title, extendedProps }) => {
  const name = make("strong", "row-name", title);
  if (extendedProps.kind === "open") name.classList.add("row-open");
  const words = make("span", "row-words", extendedProps.words);
  return { domNodes: extendedProps.words ? [name, words] : [name] };
};

export function eventsOf(data, texts) {
  const rows = new Map(data.rows.map((row) => [row.id, row]));
  const bars = [...data.bars, ...data.open_work].map((bar) => ({
    id: `${bar.key}-${bar.row ?? OPEN_ROW}`,
    resourceIds: [String(bar.row ?? OPEN_ROW)],
    start: wall(bar.starts_at),
    end: wall(bar.ends_at),
    title: bar.work,
    startEditable: Boolean(texts.mayChange) && (bar.may_move || bar.may_change_hands),
    classNames: [
      "job",
      `job-${tone(bar)}`,
      `job-${bar.status.replace("_", "-")}`,
      bar.overrun_minutes ? "job-over" : "",
      bar.warned ? "job-warned" : "",
      bar.row === null ? "job-open" : "",
    ].filter(Boolean),
    extendedProps: { bar, kind: rows.get(bar.row)?.kind ?? KIND_OF_PART[bar.part], name: rows.get(bar.row)?.name, now: data.now, closes: span(data).max },
  }));
  const breaks = data.breaks.map((each, at) => ({
    id: `break-${at}-${each.row}-${each.starts_at}`,
    resourceIds: [String(each.row)],
    start: wall(each.starts_at),
    end: wall(each.ends_at),
    display: "background",
    classNames: [each.off ? "row-off" : "row-away"],
    title: each.words,
  }));
  return [...bars, ...breaks];
}

function piece(className, from, until, bar) {
  const start = millis(bar.starts_at);
  const length = millis(bar.ends_at) - start;
  const element = make("i", className);
  element.style.insetInlineStart = `${((from - start) / length) * 100}%`;
  element.style.inlineSize = `${((until - from) / length) * 100}%`;
  return element;
}

// Planned: the bar's outline. Worked: the fill inside. Past the plan: rose, beyond the outline.
export function content({ event }, texts, open) {
  const { bar, now, closes, name } = event.extendedProps;
  if (!bar) return { domNodes: [] };
  const planned = millis(bar.planned.ends_at);
  const evening = planned + Math.max(0, minutes(closes) - minutes(wall(bar.planned.ends_at).slice(11))) * 60000;
  const nodes = [];
  let last = 0;
  for (const stretch of bar.actual) {
    const from = millis(stretch.starts_at);
    const until = millis(stretch.ends_at ?? now);
    last = Math.max(last, until);
    if (Math.min(until, planned) > from) nodes.push(piece("job-fill", from, Math.min(until, planned), bar));
  }
  // Whatever lies between, the car is not done: rose from the plan's end to the last hand on it that day.
  if (Math.min(last, evening) > planned) nodes.push(piece("job-rose", planned, Math.min(last, evening), bar));
  const text = make("button", "job-text");
  text.type = "button";
  text.dataset.bar = event.id;
  text.addEventListener("click", () => open(bar));
  text.append(make("strong", "", bar.work), make("span", "", bar.car));
  // Read one after the other, without the picture: who, when, how far.
  const states = [name || texts.textOpen, `${clock(bar.starts_at)}–${clock(bar.ends_at)}`, bar.part_name, bar.status_name];
  if (bar.overrun_minutes) states.push(`${bar.overrun_minutes} ${texts.textMinutes}`);
  if (bar.warned) states.push(texts.textLate);
  text.append(make("span", "sr-only", `, ${states.join(", ")}`));
  nodes.push(text);
  if (bar.overrun_minutes && bar.running) nodes.push(flag("job-flag-over", bar.overrun_minutes < 100 ? `+${bar.overrun_minutes}` : `+${Math.round(bar.overrun_minutes / 60)} h`));
  else if (bar.status.startsWith("waiting")) nodes.push(flag("job-flag-wait", "", bar.status_name));
  else if (bar.warned) nodes.push(flag("job-flag-warned", "!", texts.textLate));
  return { domNodes: nodes };
}

function flag(className, text, title = "") {
  const element = make("span", `job-flag ${className}`, text);
  element.setAttribute("aria-hidden", "true");
  if (title) element.title = title;
  return element;
}
