import { createCalendar, Interaction, ResourceTimeline } from "@event-calendar/core";

import { say } from "../say.js";
import { content, eventsOf, label, OPEN_ROW, rowsOf } from "./bars.js";
import { startDialog } from "./dialog.js";
import { clock, later, offsetOf, span, wall } from "./times.js";

// The library calls itself a table, which it is not: its bars stand beside its rows, not in them.
const NO_TABLE = ["table", "rowgroup", "row", "rowheader", "columnheader", "cell"].map((role) => `[role=${role}]`).join();
const NUMBERS = ["aria-colindex", "aria-colspan", "aria-rowindex"];
function plain(frame) {
  for (const part of frame.querySelectorAll(NO_TABLE)) part.removeAttribute("role");
  for (const name of NUMBERS) for (const part of frame.querySelectorAll(`[${name}]`)) part.removeAttribute(name);
}

const EVERY_MINUTE = 60000;
const JITTER = 400;
const SIDEBAR = 164;
// Per length in days: the step of the grid, and how narrow it may become.
const GRIDS = { 1: ["00:30", 52], 3: ["01:00", 50], 7: ["02:00", 46] };

export function startBoard(board) {
  const texts = board.dataset;
  const frame = board.querySelector("[data-board-frame]");
  const side = document.getElementById("board-side");
  const dialog = startDialog(board, refresh, (id) => focusBar(id));
  let calendar = null;
  let data = null;
  let busy = 0;
  let waiting = 0;
  side?.removeAttribute("data-live-topic"); // fetched below, together with the board

  const fetchData = async () => {
    const answer = await fetch(board.dataset.boardUrl, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer.json();
  };

  async function refreshSide() {
    const answer = await fetch(side.dataset.liveUrl, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const focused = side.contains(document.activeElement) ? document.activeElement.id : "";
    side.innerHTML = await answer.text();
    if (focused) document.getElementById(focused)?.focus();
    const lead = side.querySelector("[data-board-lead]");
    const here = document.querySelector("[data-board-lead-here]");
    if (lead && here) here.textContent = lead.textContent;
  }

  async function refresh() {
    if (busy) return; // a bar is being dragged: what it stands on must not move
    [data] = await Promise.all([fetchData(), refreshSide()]);
    draw();
  }

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh().catch(() => say(document.body.dataset.textOffline)), Math.random() * JITTER);
  };

  function slotWidth() {
    const [step, least] = GRIDS[data.days];
    const hours = span(data).hours * data.days;
    const slots = hours / (Number(step.slice(0, 2)) + Number(step.slice(3)) / 60);
    return Math.max(least, Math.floor((frame.clientWidth - SIDEBAR - 2) / slots));
  }

  function draw() {
    const focused = frame.contains(document.activeElement) ? document.activeElement.dataset.bar : "";
    const known = { resources: rowsOf(data, texts), events: eventsOf(data, texts) };
    if (!calendar) {
      frame.replaceChildren();
      calendar = createCalendar(frame, [ResourceTimeline, Interaction], { ...options(), ...known });
    } else {
      for (const [name, value] of Object.entries(known)) calendar.setOption(name, value);
    }
    if (focused) requestAnimationFrame(() => focusBar(focused));
  }

  const focusBar = (id) => frame.querySelector(`[data-bar="${CSS.escape(id)}"]`)?.focus();

  function options() {
    const { min, max } = span(data);
    const now = wall(data.now).slice(11, 16);
    return {
      view: "resourceTimelineDay",
      date: data.first_day,
      duration: { days: data.days },
      locale: texts.locale,
      timeZone: offsetOf(data.now), // the centre's, wherever the reader sits
      headerToolbar: { start: "", center: "", end: "" },
      height: "auto",
      slotMinTime: min,
      slotMaxTime: max,
      slotDuration: GRIDS[data.days][0],
      slotWidth: slotWidth(),
      snapDuration: "00:15",
      scrollTime: now > min && now < max ? later(now, -60) : min,
      nowIndicator: true,
      dayHeaderFormat: { weekday: "short", day: "numeric", month: "numeric" },
      slotLabelFormat: (moment) => `${String(moment.getHours()).padStart(2, "0")}:${String(moment.getMinutes()).padStart(2, "0")}`,
      editable: Boolean(texts.mayChange),
      eventDurationEditable: false,
      eventLongPressDelay: 350,
      eventContent: (info) => content(info, texts, open),
      resourceLabelContent: ({ resource }) => label(resource),
      dragConstraint: fits,
      eventDragStart: () => (busy += 1),
      eventDragStop: () => (busy -= 1),
      eventDrop: drop,
    };
  }

  // A lift does not become a technician: only rows of the same kind take the bar.
  function fits({ event, newResource }) {
    if (!newResource) return true;
    const { bar, kind } = event.extendedProps;
    return newResource.id !== OPEN_ROW && bar.may_change_hands && newResource.extendedProps.kind === kind;
  }

  async function drop({ event, oldEvent, newResource, revert }) {
    const { bar } = event.extendedProps;
    const minutes = Math.round((event.start - oldEvent.start) / 60000);
    const moves = minutes !== 0 && bar.may_move;
    const row = newResource ? Number(newResource.id) : bar.row;
    if (!moves && row === bar.row) {
      revert();
      return;
    }
    const asked = { job: bar.job };
    if (moves) asked.starts_at = later(wall(bar.visit_starts_at), minutes);
    if (row !== null) Object.assign(asked, { part: bar.part, resource: row });
    busy += 1;
    try {
      const answer = await fetch(texts.placeUrl.replace("/0/", `/${bar.visit}/`), {
        method: "POST",
        credentials: "same-origin",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": board.querySelector("input[name=csrfmiddlewaretoken]").value,
        },
        body: JSON.stringify(asked),
      });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.detail);
      const name = data.rows.find((each) => each.id === row)?.name ?? "";
      say(`${texts.textMoved} ${bar.work}, ${clock(said.starts_at)}${name ? `, ${name}` : ""}`);
    } catch (error) {
      revert();
      say(`${texts.textRefused} ${error instanceof TypeError ? document.body.dataset.textOffline : error.message}`);
    } finally {
      busy -= 1;
    }
    refresh().catch(() => {});
  }

  function open(bar) {
    if (texts.mayChange && bar.may_change_hands) dialog.open(bar.visit);
    else location.assign(texts.visitUrl.replace("/0/", `/${bar.visit}/`));
  }

  side?.addEventListener("click", (event) => {
    const link = event.target.closest("[data-board-open]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.open(link.dataset.boardOpen);
  });
  document.addEventListener("live", (event) => {
    if (event.detail.topic.startsWith("centre-day:")) soon();
  });
  setInterval(() => document.visibilityState === "visible" && soon(), EVERY_MINUTE);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && soon());
  new MutationObserver(() => plain(frame)).observe(frame, { childList: true, subtree: true });
  new ResizeObserver(() => calendar?.setOption("slotWidth", slotWidth())).observe(frame);

  fetchData()
    .then((found) => {
      data = found;
      draw();
    })
    .catch(() => board.classList.add("board-failed"));
}
