// Times on the festival's clocks; the device may be anywhere.

import assert from "node:assert/strict";
import test from "node:test";

import { serverTime, timeOn, written } from "../../static/js/clock.js";

const ZONE = "Europe/Amsterdam";

test("a moment is written in the zone of the festival", () => {
  const moment = new Date("2026-10-23T07:12Z");
  assert.equal(written(moment, "nl", { zone: ZONE, pattern: "{} uur" }), "vrijdag 9.12 uur");
  assert.equal(written(moment, "en", { zone: ZONE, pattern: "{}" }), "Friday 9.12");
});

test("an hour after midnight is written without a zero before it", () => {
  const moment = new Date("2026-10-23T22:05Z");
  assert.equal(written(moment, "nl", { zone: ZONE, pattern: "{} uur" }), "zaterdag 0.05 uur");
});

test("the night the clocks go back, the same hour is written twice", () => {
  const twice = ["2026-10-25T00:30Z", "2026-10-25T01:30Z"].map((each) => new Date(each));
  const said = twice.map((each) => written(each, "nl", { zone: ZONE, pattern: "{}" }));
  assert.deepEqual(said, ["zondag 2.30", "zondag 2.30"]);
});

const GRID = { day: "2026-10-23", zone: ZONE, first: "10", last: "25" };
const on = (moment, grid = GRID) => timeOn(grid, Date.parse(moment));

test("the line of now stands at the hour and minute of the festival", () => {
  assert.deepEqual(on("2026-10-23T10:35Z"), { hour: 12, minute: 35 });
});

test("after midnight it is still the same festival day, with hours beyond 24", () => {
  assert.deepEqual(on("2026-10-23T23:15Z"), { hour: 25, minute: 15 });
});

test("before the first hour and after the last there is no line", () => {
  assert.equal(on("2026-10-23T07:59Z"), null);
  assert.deepEqual(on("2026-10-23T08:00Z"), { hour: 10, minute: 0 });
  assert.equal(on("2026-10-24T00:00Z"), null);
});

test("on another day there is no line", () => {
  assert.equal(on("2026-10-22T10:35Z"), null);
  assert.equal(on("2026-10-24T10:35Z"), null);
});

test("a festival day begins at six", () => {
  const whole = { ...GRID, first: "6", last: "29" };
  assert.equal(on("2026-10-23T03:59Z", whole), null);
  assert.deepEqual(on("2026-10-23T04:00Z", whole), { hour: 6, minute: 0 });
  assert.deepEqual(on("2026-10-24T03:59Z", whole), { hour: 29, minute: 59 });
});

test("of two dates that two servers wrote, the first counts", () => {
  const one = "Fri, 23 Oct 2026 10:00:00 GMT";
  assert.equal(serverTime(one), Date.parse("2026-10-23T10:00Z"));
  assert.equal(serverTime(`${one}, Fri, 23 Oct 2026 10:00:07 GMT`), Date.parse("2026-10-23T10:00Z"));
});

test("without a date there is no server time", () => {
  assert.ok(Number.isNaN(serverTime(null)));
  assert.ok(Number.isNaN(serverTime(undefined)));
  assert.ok(Number.isNaN(serverTime("yesterday")));
});
