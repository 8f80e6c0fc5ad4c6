// Finding by words in the timetable editor.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { folded, holdsAll } from "../../static/js/search.js";

// tests/test_search.py holds the server to the same.
const CASES = JSON.parse(readFileSync(new URL("cases/folded.json", import.meta.url)));

test("texts are compared without capitals and accents", () => {
  for (const [text, plain] of Object.entries(CASES)) assert.equal(folded(text), plain);
});

test("every word must be there, in any order and as a part", () => {
  const text = folded("Soep is geen project, door Łucja Nowak");
  assert.ok(holdsAll(text, "lucja soep"));
  assert.ok(holdsAll(text, "  PROJ   Nów "));
  assert.ok(!holdsAll(text, "soep brood"));
});

test("nothing typed finds everything", () => {
  assert.ok(holdsAll("soep", "   "));
});
