// Where a card lands on the timetable. A place is { column, starts, minutes }; times are minutes
// from the midnight before the day, and the sheet reaches from `first` to `last`.

export const STEP = 5; // minutes
export const QUARTER = 15;

// Returns the minute at `pixels` below the top of the sheet, where a step is `row` pixels high.
export function minuteAt(pixels, { first, row }) {
  return first + Math.round(pixels / row) * STEP;
}

export function quarterBefore(minute) {
  return Math.floor(minute / QUARTER) * QUARTER;
}

export function quarterAfter(minute) {
  return Math.ceil(minute / QUARTER) * QUARTER;
}

// Returns the nearest place that lies on the sheet as a whole.
export function fitting({ column, starts, minutes }, { first, last }) {
  const lasts = Math.max(STEP, Math.min(minutes, last - first));
  return { column, minutes: lasts, starts: Math.max(first, Math.min(starts, last - lasts)) };
}

// Returns `place` with its end at the minute `ends`.
export function stretched(place, ends, { last }) {
  return { ...place, minutes: Math.max(STEP, Math.min(ends, last) - place.starts) };
}

// Returns the place drawn with the mouse: whole quarters, up or down from where it began.
export function drawn(column, begun, minute) {
  const [from, until] = [quarterBefore(begun), quarterAfter(minute)];
  return { column, starts: Math.min(from, until), minutes: Math.max(QUARTER, Math.abs(until - from)) };
}

// Returns the place to which a key moves this one; null for a key that moves nothing.
export function stepped({ column, starts, minutes }, { key, shiftKey }, columns) {
  const down = { ArrowUp: -STEP, ArrowDown: STEP, PageUp: -60, PageDown: 60 }[key];
  const across = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (down && shiftKey) return { column, starts, minutes: minutes + down };
  if (down) return { column, starts: starts + down, minutes };
  if (!across || shiftKey) return null;
  const beside = Math.max(0, Math.min(columns.indexOf(column) + across, columns.length - 1));
  return { column: columns[beside], starts, minutes };
}

export function isSame(one, other) {
  return one && other && one.column === other.column && one.starts === other.starts && one.minutes === other.minutes;
}

// Returns `9.05–10.30`, as people read it.
export function hours({ starts, minutes }) {
  return [starts, starts + minutes].map((at) => clock(at).replace(/^0/, "").replace(":", ".")).join("–");
}

// Returns `09:05`, as forms send it.
export function clock(minute) {
  const [hour, rest] = [Math.floor(minute / 60) % 24, minute % 60];
  return `${String(hour).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}
