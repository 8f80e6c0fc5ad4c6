// The timetable editor: where cards land, and undoing.

import assert from "node:assert/strict";
import test from "node:test";

import { Changes, shortcut } from "../../static/js/editor_changes.js";
import {
  clock,
  drawn,
  fitting,
  hours,
  isSame,
  minuteAt,
  quarterAfter,
  quarterBefore,
  stepped,
  stretched,
} from "../../static/js/editor_placing.js";

const SHEET = { first: 600, last: 1500, row: 8 }; // from 10.00 to 1.00, five minutes in 8 pixels
const place = (starts, minutes, column = "hal") => ({ column, starts, minutes });

test("a card lands on the nearest five minutes", () => {
  assert.equal(minuteAt(0, SHEET), 600);
  assert.equal(minuteAt(3.9, SHEET), 600);
  assert.equal(minuteAt(4, SHEET), 605);
  assert.equal(minuteAt(96, SHEET), 660);
  assert.equal(minuteAt(-9, SHEET), 595);
});

test("a click and a drawn break land on whole quarters", () => {
  assert.deepEqual([600, 614, 615].map(quarterBefore), [600, 600, 615]);
  assert.deepEqual([600, 601, 615].map(quarterAfter), [600, 615, 615]);
});

test("a card stays on the sheet as a whole", () => {
  assert.deepEqual(fitting(place(590, 60), SHEET), place(600, 60));
  assert.deepEqual(fitting(place(1480, 60), SHEET), place(1440, 60));
  assert.deepEqual(fitting(place(700, 60), SHEET), place(700, 60));
});

test("a card is never shorter than a step or longer than the day", () => {
  assert.deepEqual(fitting(place(700, 0), SHEET), place(700, 5));
  assert.deepEqual(fitting(place(700, 2000), SHEET), place(600, 900));
});

test("the end of a card is pulled no further than the day, and not above its beginning", () => {
  assert.deepEqual(stretched(place(700, 30), 760, SHEET), place(700, 60));
  assert.deepEqual(stretched(place(700, 30), 690, SHEET), place(700, 5));
  assert.deepEqual(stretched(place(1440, 30), 1600, SHEET), place(1440, 60));
});

test("a break is drawn downwards or upwards", () => {
  assert.deepEqual(drawn("hal", 605, 640), place(600, 45));
  assert.deepEqual(drawn("hal", 665, 601), place(615, 45));
  assert.deepEqual(drawn("hal", 600, 600), place(600, 15));
});

test("arrows move a card in time and between stages", () => {
  const columns = ["hal", "tafel", "zolder"];
  const moved = (key, from = place(700, 30, "tafel")) => stepped(from, { key, shiftKey: false }, columns);
  assert.deepEqual(moved("ArrowDown"), place(705, 30, "tafel"));
  assert.deepEqual(moved("ArrowUp"), place(695, 30, "tafel"));
  assert.deepEqual(moved("PageDown"), place(760, 30, "tafel"));
  assert.deepEqual(moved("PageUp"), place(640, 30, "tafel"));
  assert.deepEqual(moved("ArrowLeft"), place(700, 30, "hal"));
  assert.deepEqual(moved("ArrowRight"), place(700, 30, "zolder"));
});

test("beside the first and the last stage there is none", () => {
  const columns = ["hal", "tafel"];
  assert.deepEqual(stepped(place(700, 30), { key: "ArrowLeft", shiftKey: false }, columns), place(700, 30));
  const last = place(700, 30, "tafel");
  assert.deepEqual(stepped(last, { key: "ArrowRight", shiftKey: false }, columns), last);
});

test("with Shift the arrows make a card longer and shorter", () => {
  const moved = (key) => stepped(place(700, 30), { key, shiftKey: true }, ["hal", "tafel"]);
  assert.deepEqual(moved("ArrowDown"), place(700, 35));
  assert.deepEqual(moved("ArrowUp"), place(700, 25));
  assert.equal(moved("ArrowRight"), null);
});

test("other keys move nothing", () => {
  assert.equal(stepped(place(700, 30), { key: "a", shiftKey: false }, ["hal"]), null);
});

test("a card put back where it was is not placed", () => {
  assert.ok(isSame(place(700, 30), place(700, 30)));
  for (const other of [place(705, 30), place(700, 35), place(700, 30, "tafel"), null]) {
    assert.ok(!isSame(place(700, 30), other));
  }
});

test("times are read with a dot and sent with a colon, also after midnight", () => {
  assert.equal(hours(place(545, 85)), "9.05–10.30");
  assert.equal(hours(place(1410, 35)), "23.30–0.05");
  assert.deepEqual([545, 600, 1445].map(clock), ["09:05", "10:00", "00:05"]);
});

// ---- undoing ----

const PLACE = { url: "/momenten/AAA/plaats", fields: { starts: "10:00" }, code: "AAA", version: 1 };

function answered(version, code = "AAA") {
  return { slot: { code, version }, undo: { url: `/momenten/${code}/terug`, fields: { to: String(version - 1) } } };
}

// Takes the last change of `from` back as the page does, where the server answers with `slot`.
function takeBack(changes, from, to, slot) {
  const change = from.pop();
  changes.record({ ...change, isRedone: true }, { slot, undo: { url: `/momenten/${slot.code}/weer`, fields: {} } }, to);
  changes.leadOn(from, change, slot);
  return change;
}

test("a change is taken back from the version that it led to", () => {
  const changes = new Changes();
  changes.record(PLACE, answered(2));
  const [undo] = changes.undoable;
  assert.equal(undo.url, "/momenten/AAA/terug");
  assert.deepEqual([undo.code, undo.version], ["AAA", 2]);
});

test("a second change builds on the version that the first one led to", () => {
  const changes = new Changes();
  assert.equal(changes.versionOf("AAA", 1), 1);
  changes.record(PLACE, answered(2));
  assert.equal(changes.versionOf("AAA", 1), 2);
  assert.equal(changes.versionOf("AAA", 5), 5, "the page was drawn since then");
  assert.equal(changes.versionOf("BBB", 1), 1);
});

test("what was undone can be done again until something else is done", () => {
  const changes = new Changes();
  changes.record(PLACE, answered(2));
  takeBack(changes, changes.undoable, changes.redoable, { code: "AAA", version: 3 });
  assert.equal(changes.redoable.length, 1);
  takeBack(changes, changes.redoable, changes.undoable, { code: "AAA", version: 4 });
  assert.deepEqual([changes.undoable.length, changes.redoable.length], [1, 0]);
  takeBack(changes, changes.undoable, changes.redoable, { code: "AAA", version: 5 });
  changes.record(PLACE, answered(6));
  assert.deepEqual([changes.undoable.length, changes.redoable.length], [1, 0]);
});

test("doing one change again leaves the others to be done again", () => {
  const changes = new Changes();
  changes.record(PLACE, answered(2));
  changes.record({ ...PLACE, version: 2 }, answered(3));
  takeBack(changes, changes.undoable, changes.redoable, { code: "AAA", version: 4 });
  takeBack(changes, changes.undoable, changes.redoable, { code: "AAA", version: 5 });
  takeBack(changes, changes.redoable, changes.undoable, { code: "AAA", version: 6 });
  assert.deepEqual([changes.undoable.length, changes.redoable.length], [1, 1]);
});

test("two changes of one slot are undone one after the other", () => {
  const changes = new Changes();
  changes.record(PLACE, answered(2));
  changes.record({ ...PLACE, version: 2 }, answered(3));
  const last = takeBack(changes, changes.undoable, changes.redoable, { code: "AAA", version: 4 });
  assert.equal(last.version, 3);
  assert.equal(changes.undoable[0].version, 4, "not 2, which is the past");
});

test("a slot that was taken away and comes back under another code is found again", () => {
  const changes = new Changes();
  changes.record(PLACE, answered(2));
  changes.record({ url: "/momenten/AAA/weg", fields: {}, code: "AAA", version: 2 }, answered(0));
  takeBack(changes, changes.undoable, changes.redoable, { code: "NEW", version: 1 });
  assert.deepEqual(changes.undoable[0], {
    url: "/momenten/NEW/terug",
    fields: { to: "1" },
    code: "NEW",
    version: 1,
    before: { code: "AAA", version: 1 },
  });
});

test("undoing one slot leaves what was done to others as it was", () => {
  const changes = new Changes();
  changes.record({ ...PLACE, code: "BBB", version: 0 }, answered(1, "BBB"));
  changes.record(PLACE, answered(2));
  takeBack(changes, changes.undoable, changes.redoable, { code: "AAA", version: 3 });
  assert.deepEqual([changes.undoable[0].code, changes.undoable[0].version], ["BBB", 1]);
});

test("what the page before did can be undone on this one", () => {
  const changes = new Changes();
  changes.takeOver("https://festival.example.org/team/momenten/AAA/terug", { version: "4", to: "3" });
  changes.takeOver("https://festival.example.org/team/rooster/anders", { version: "1" });
  const [slot, other] = changes.undoable;
  assert.deepEqual([slot.code, slot.version, slot.fields], ["AAA", 4, { to: "3" }]);
  assert.equal(other.code, "");
});

test("undo and redo by the keys of every system", () => {
  const press = (key, held) => shortcut({ key, ...held });
  assert.equal(press("z", { ctrlKey: true }), "undo");
  assert.equal(press("z", { metaKey: true }), "undo");
  assert.equal(press("Z", { metaKey: true, shiftKey: true }), "redo");
  assert.equal(press("y", { ctrlKey: true }), "redo");
  for (const [key, held] of [["z", {}], ["z", { ctrlKey: true, altKey: true }], ["x", { ctrlKey: true }]]) {
    assert.equal(press(key, held), null);
  }
});
