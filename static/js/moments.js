// The moments of the programme as JSON: which fit together in one day, and which do not.

// Returns the programme, when it came from the server, and whether the device had kept it.
export async function programmeAt(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  const kept = answer.headers.get("X-Bewaard");
  return { programme: await answer.json(), at: kept ? new Date(kept) : new Date(), isKept: Boolean(kept) };
}

// Returns the days with moments that have one of these codes, and those moments by start.
export function daysWith(codes, programme) {
  return programme.days
    .map((day) => ({ ...day, moments: day.moments.filter((each) => codes.has(each.code)).sort(byTime) }))
    .filter((day) => day.moments.length);
}

function byTime(one, other) {
  return Date.parse(one.from) - Date.parse(other.from);
}

export function isPast(moment, now) {
  return Date.parse(moment.until) <= now;
}

export function isNow(moment, now) {
  return Date.parse(moment.from) <= now && now < Date.parse(moment.until) && !moment.is_cancelled;
}

// Whether nobody can be at both from start to end.
export function overlap(one, other) {
  const are = one !== other && one.is_whole && other.is_whole && !one.is_cancelled && !other.is_cancelled;
  return Boolean(are) && Date.parse(one.from) < Date.parse(other.until) && Date.parse(other.from) < Date.parse(one.until);
}

// Returns the walk to `moment` if it takes longer than the time for it: { gap, walk } in minutes
// and `from`, the name of the stage before. Otherwise undefined. `moments` are in order of time.
export function tightWalk(moment, moments, { walk, walks }) {
  const before = moments.filter((each) => canFollow(each, moment)).at(-1);
  if (!before || before.stage === moment.stage) return undefined;
  const gap = (Date.parse(moment.from) - Date.parse(before.until)) / 60_000;
  const lasts = walks[`${before.stage} ${moment.stage}`] ?? walk;
  return gap < lasts ? { gap, from: before.stage_name, walk: lasts } : undefined;
}

function canFollow(before, moment) {
  const both = [before, moment].every((each) => each.is_whole && !each.is_cancelled);
  return both && before !== moment && Date.parse(before.until) <= Date.parse(moment.from);
}
