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
  const kinds = new Map(data.rows.map((row) => [row.id, row.kind]));
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
    extendedProps: { bar, kind: kinds.get(bar.row) ?? KIND_OF_PART[bar.part], now: data.now, closes: span(data).max },
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
export function content({ event }, texts) {
  const { bar, now, closes } = event.extendedProps;
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
  const text = make("span", "job-text");
  text.append(make("strong", "", bar.work), make("span", "", bar.car));
  nodes.push(text);
  const states = [`${clock(bar.starts_at)}–${clock(bar.ends_at)}`, bar.part_name, bar.status_name];
  if (bar.row === null) states.push(texts.textOpen);
  if (bar.overrun_minutes) states.push(`${bar.overrun_minutes} ${texts.textMinutes}`);
  if (bar.warned) states.push(texts.textLate);
  nodes.push(make("span", "sr-only", `, ${states.join(", ")}`));
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
