// Mijn dag: which moments go together in one day.

import assert from "node:assert/strict";
import test from "node:test";

import { daysWith, isNow, isPast, overlap, programmeAt, tightWalk } from "../../static/js/moments.js";

function moment(from, until, facts = {}) {
  const on = (time) => `2026-10-23T${time}+00:00`;
  return { code: from, from: on(from), until: on(until), stage: "hal", stage_name: "De Hal", is_whole: true, ...facts };
}

test("moments overlap when one begins before the other is over", () => {
  const talk = moment("10:00", "11:00");
  assert.ok(overlap(talk, moment("10:59", "12:00")));
  assert.ok(overlap(moment("10:59", "12:00"), talk));
  assert.ok(overlap(talk, moment("10:15", "10:30")));
});

test("moments one right after the other do not overlap", () => {
  assert.equal(overlap(moment("10:00", "11:00"), moment("11:00", "12:00")), false);
  assert.equal(overlap(moment("11:00", "12:00"), moment("10:00", "11:00")), false);
});

test("moments in different zones are compared by the same clock", () => {
  const here = moment("10:00", "11:00");
  assert.equal(overlap(here, { ...here, from: "2026-10-23T10:00+02:00", until: "2026-10-23T12:00+02:00" }), false);
});

test("a moment does not overlap with itself", () => {
  const talk = moment("10:00", "11:00");
  assert.equal(overlap(talk, talk), false);
});

test("what was cancelled overlaps with nothing", () => {
  const talk = moment("10:00", "11:00");
  assert.equal(overlap(talk, moment("10:00", "11:00", { is_cancelled: true })), false);
  assert.equal(overlap({ ...talk, is_cancelled: true }, moment("10:00", "11:00")), false);
});

test("a coach's afternoon, of which one sees a few minutes, overlaps with nothing", () => {
  const { is_whole: _isWhole, ...coaching } = moment("10:00", "17:00");
  assert.equal(overlap(moment("11:00", "12:00"), coaching), false);
  assert.equal(overlap(coaching, moment("11:00", "12:00")), false);
});

const WALKS = { walk: 5, walks: { "hal tafel": 12, "tafel hal": 12 } };
const HALL = moment("10:00", "11:00");
const at = (from, facts) => moment(from, "13:00", { stage: "tafel", stage_name: "De Tafel", ...facts });

test("a walk that takes longer than the time for it is told", () => {
  const next = at("11:10");
  assert.deepEqual(tightWalk(next, [HALL, next], WALKS), { gap: 10, from: "De Hal", walk: 12 });
});

test("time enough is no news", () => {
  const next = at("11:12");
  assert.equal(tightWalk(next, [HALL, next], WALKS), undefined);
});

test("between stages without a walk of their own the edition's walk counts", () => {
  const [tight, easy] = [at("11:04", { stage: "zolder" }), at("11:05", { stage: "zolder" })];
  assert.equal(tightWalk(tight, [HALL, tight], WALKS).walk, 5);
  assert.equal(tightWalk(easy, [HALL, easy], WALKS), undefined);
});

test("on the same stage nobody walks", () => {
  const next = moment("11:00", "12:00");
  assert.equal(tightWalk(next, [HALL, next], WALKS), undefined);
});

test("only the last moment before it counts", () => {
  const between = moment("11:02", "11:04", { stage: "tafel" });
  const next = at("11:05");
  assert.equal(tightWalk(next, [HALL, between, next], WALKS), undefined);
});

test("from what was cancelled, overlaps or is seen in part nobody walks", () => {
  const next = at("11:05");
  for (const facts of [{ is_cancelled: true }, { is_whole: false }, { until: next.until }]) {
    assert.equal(tightWalk(next, [{ ...HALL, ...facts }, next], WALKS), undefined);
  }
  const gone = at("11:05", { is_cancelled: true });
  assert.equal(tightWalk(gone, [HALL, gone], WALKS), undefined);
});

test("a day holds what has a star in order of time, and days without are left out", () => {
  const [late, early, other] = [moment("12:00", "13:00"), moment("09:00", "10:00"), moment("10:00", "11:00")];
  const programme = { days: [{ label: "vrijdag", moments: [late, other, early] }, { label: "zaterdag", moments: [] }] };
  const days = daysWith(new Set(["12:00", "09:00", "gone"]), programme);
  assert.deepEqual(days, [{ label: "vrijdag", moments: [early, late] }]);
  assert.deepEqual(programme.days[0].moments, [late, other, early], "the programme stays as it was");
});

test("a moment is now until it is past", () => {
  const seen = (time, facts) => {
    const each = moment("10:00", "11:00", facts);
    const now = Date.parse(`2026-10-23T${time}Z`);
    return [isNow(each, now), isPast(each, now)];
  };
  assert.deepEqual(seen("09:59"), [false, false]);
  assert.deepEqual(seen("10:00"), [true, false]);
  assert.deepEqual(seen("11:00"), [false, true]);
  assert.deepEqual(seen("10:30", { is_cancelled: true }), [false, false]);
});

test("a programme that was kept says when", async (context) => {
  const headers = { "X-Bewaard": "2026-10-23T07:12:00.000Z" };
  context.mock.method(globalThis, "fetch", async () => Response.json({ walk: 5 }, { headers }));
  const { programme, at: when, isKept } = await programmeAt("/programma.json");
  assert.deepEqual(programme, { walk: 5 });
  assert.equal(when.toISOString(), "2026-10-23T07:12:00.000Z");
  assert.ok(isKept);
});

test("a fault is no programme", async (context) => {
  context.mock.method(globalThis, "fetch", async () => new Response("", { status: 500, statusText: "Oops" }));
  await assert.rejects(programmeAt("/programma.json"), /Oops/);
});
