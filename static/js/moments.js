// The moments of the programme as JSON: which go together in one day, and which do not.

// The programme, when it came from the server, and whether it was kept since then.
export async function programmeAt(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  const kept = answer.headers.get("X-Bewaard");
  return { programme: await answer.json(), at: kept ? new Date(kept) : new Date(), isKept: Boolean(kept) };
}

// The days that hold a moment of these codes, with those moments in order of time.
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

// Whether somebody cannot be at both as a whole.
export function overlap(one, other) {
  const are = one !== other && one.is_whole && other.is_whole && !one.is_cancelled && !other.is_cancelled;
  return Boolean(are) && Date.parse(one.from) < Date.parse(other.until) && Date.parse(other.from) < Date.parse(one.until);
}

// The walk to `moment` that takes longer than the time for it, as {gap, from, walk} in minutes and
// the name of the stage before; undefined where there is time enough. `moments` are in order of time.
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
