// Screens: what stands in which list at a moment, as the server says it too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { countdown, pagesOf, placesInTime, shownDay } from "../../static/js/stage_schedule.js";

// tests/signage/test_stage_schedule.py holds the server to the same cases.
const CASES = JSON.parse(readFileSync(new URL("cases/places_in_time.json", import.meta.url)));

function at(day, time) {
  return Date.parse(`2026-10-${day}T${time}Z`) / 1000;
}

function entryOf(written) {
  const [day, hours, flag] = written.split(" ");
  const [from, until] = hours.split("-");
  return { day, starts: at(day, from), ends: at(day, until), isOff: flag === "off", isBreak: flag === "break" };
}

for (const { name, now, entries, day, places } of CASES) {
  test(name, () => {
    const all = entries.map(entryOf);
    const current = at(...now.split(" "));
    assert.equal(shownDay(all, current) ?? null, day);
    assert.deepEqual(placesInTime(all, day ?? undefined, current), places);
  });
}

test("the minutes that are left are rounded up until the last second", () => {
  const entry = entryOf("23 10:00-11:00");
  assert.equal(countdown(entry, at("23", "10:30")).minutesLeft, 30);
  assert.equal(countdown(entry, at("23", "10:30") + 1).minutesLeft, 30);
  assert.equal(countdown(entry, at("23", "11:00") - 1).minutesLeft, 1);
});

test("an entry is on from its first second", () => {
  const entry = entryOf("23 10:00-11:00");
  assert.equal(countdown(entry, at("23", "10:00") - 1).isOn, false);
  assert.equal(countdown(entry, at("23", "10:00")).isOn, true);
});

test("the time to go is told within the hour, and stands out in the last quarter", () => {
  const entry = entryOf("23 12:00-13:00");
  const told = (time) => {
    const { minutesToGo, isSoon, isAtOnce } = countdown(entry, at("23", time));
    return [minutesToGo, isSoon, isAtOnce];
  };
  assert.deepEqual(told("10:59"), [61, false, false]);
  assert.deepEqual(told("11:00"), [60, true, false]);
  assert.deepEqual(told("11:44"), [16, true, false]);
  assert.deepEqual(told("11:45"), [15, true, true]);
  assert.deepEqual(told("11:59"), [1, true, true]);
  assert.deepEqual(told("12:00"), [0, false, false]);
});

function boards(...heights) {
  let top = 100;
  return heights.map((offsetHeight, index) => {
    const board = { name: index, offsetTop: top, offsetHeight };
    top += offsetHeight;
    return board;
  });
}

const names = (pages) => pages.map((page) => page.map((board) => board.name));

test("boards that fit stand on one page", () => {
  assert.deepEqual(names(pagesOf(boards(300, 300, 400), 1000)), [[0, 1, 2]]);
});

test("the board that does not fit begins the next page", () => {
  assert.deepEqual(names(pagesOf(boards(300, 300, 401, 200), 1000)), [[0, 1], [2, 3]]);
});

test("a board higher than a page has one of its own", () => {
  assert.deepEqual(names(pagesOf(boards(1500, 100, 1200), 1000)), [[0], [1], [2]]);
});

test("without boards there is one empty page", () => {
  assert.deepEqual(pagesOf([], 1000), [[]]);
});
