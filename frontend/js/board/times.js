// The server says instants with the centre's offset; the board draws the centre's wall clock.
export const wall = (instant) => instant.slice(0, 19);
export const clock = (instant) => instant.slice(11, 16);
export const offsetOf = (instant) => (instant.endsWith("Z") ? "UTC" : instant.slice(-6));
export const millis = (instant) => Date.parse(instant);

// A wall-clock time ("07:30" or "2026-11-26T07:30:00") some minutes later, counted as clocks show it.
export function later(text, minutes) {
  const whole = text.length > 8;
  const moment = new Date(Date.parse(`${whole ? text.slice(0, 16) : `2000-01-01T${text.slice(0, 5)}`}:00Z`) + minutes * 60000);
  const iso = moment.toISOString();
  if (whole) return iso.slice(0, 19);
  return iso.startsWith("2000-01-01") ? iso.slice(11, 16) : "00:00";
}

// What of each day is drawn, by whole hours.
export function span({ opens, closes }) {
  const first = Number(opens.slice(0, 2));
  const last = Number(closes.slice(0, 2)) + (closes.slice(3, 5) === "00" ? 0 : 1);
  const two = (number) => String(number).padStart(2, "0");
  return { min: `${two(first)}:00`, max: `${two(last)}:00`, hours: last - first };
}

export const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
