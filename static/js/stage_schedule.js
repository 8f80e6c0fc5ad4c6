// Which entries a screen shows at a given time. An entry has `starts` and `ends` (seconds), its
// festival `day`, and whether it `isOff` or `isBreak`; `current` is the server's time in seconds.

// Returns the current festival day, or else the next with an entry; undefined after the last.
// The same as stage_schedule.shown_day on the server.
export function shownDay(entries, current) {
  const days = entries.filter((entry) => current < entry.ends && !entry.isBreak).map((entry) => entry.day);
  return days.sort()[0];
}

// Returns for each entry of one stage `now`, `next`, `later` on `day`, or `rest`. The same as
// stage_schedule.places_in_time on the server.
export function placesInTime(entries, day, current) {
  const coming = entries.filter((entry) => entry.day === day && current < entry.starts && !entry.isOff);
  const first = Math.min(...coming.map((entry) => entry.starts));
  return entries.map((entry) => {
    if (entry.day !== day || entry.ends <= current) return "rest";
    if (entry.starts <= current) return "now";
    return entry.starts <= first ? "next" : "later";
  });
}

// Returns the minutes until an entry ends and starts, and which of them the screen shows.
export function countdown({ starts, ends }, current) {
  const minutesLeft = Math.ceil((ends - current) / 60);
  const minutesToGo = Math.ceil((starts - current) / 60);
  const isWithin = (minutes) => minutesToGo >= 1 && minutesToGo <= minutes;
  return { minutesLeft, minutesToGo, isOn: starts <= current, isSoon: isWithin(60), isAtOnce: isWithin(15) };
}

// Returns the boards in groups that each fit into a height of `room`. A board that is too high for
// any page gets its own.
export function pagesOf(boards, room) {
  const made = [[]];
  let from = boards[0]?.offsetTop ?? 0;
  for (const board of boards) {
    if (made.at(-1).length && board.offsetTop + board.offsetHeight - from > room) {
      made.push([]);
      from = board.offsetTop;
    }
    made.at(-1).push(board);
  }
  return made;
}
