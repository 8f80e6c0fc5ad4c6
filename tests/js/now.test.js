// Nu en straks: the page refreshes itself, and only what is different.

import assert from "node:assert/strict";
import test from "node:test";

import { openPage, parsePages, run, settle } from "./page.js";

const MINUTE = 60_000;

class Part {
  constructor(name, text) {
    this.dataset = { part: name };
    this.text = text;
    this.log = [];
  }

  isEqualNode(other) {
    return this.dataset.part === other.dataset.part && this.text === other.text;
  }

  contains(element) {
    return element !== null && element === this.focused;
  }
}

// What is told of the changes from one list of parts to another, each written `name text`.
async function changed(here, fresh) {
  openPage("/nu");
  const { changes } = await run("now.js");
  const parts = (list) => list.map((each) => new Part(...each.split(" ")));
  const { put, gone } = changes(parts(here), parts(fresh));
  const name = (part) => part && `${part.dataset.part} ${part.text}`;
  return {
    put: put.map(({ part, old, before }) => [name(part), old ? `for ${name(old)}` : `after ${name(before)}`]),
    gone: gone.map(name),
  };
}

test("what is the same stays", async () => {
  assert.deepEqual(await changed(["hal 1", "tafel 1"], ["hal 1", "tafel 1"]), { put: [], gone: [] });
});

test("what is different takes the place of the old", async () => {
  const { put, gone } = await changed(["hal 1", "tafel 1"], ["hal 1", "tafel 2"]);
  assert.deepEqual(put, [["tafel 2", "for tafel 1"]]);
  assert.deepEqual(gone, []);
});

test("what is new comes after the one before it, or at the top", async () => {
  const { put } = await changed(["tafel 1"], ["hal 1", "tafel 1", "zolder 1", "kelder 1"]);
  assert.deepEqual(put, [["hal 1", "after null"], ["zolder 1", "after tafel 1"], ["kelder 1", "after zolder 1"]]);
});

test("what is new comes after the new form of what is before it", async () => {
  const { put } = await changed(["hal 1"], ["hal 2", "tafel 1"]);
  assert.deepEqual(put, [["hal 2", "for hal 1"], ["tafel 1", "after hal 2"]]);
});

test("what is no longer there goes", async () => {
  assert.deepEqual(await changed(["hal 1", "tafel 1"], ["tafel 1"]), { put: [], gone: ["hal 1"] });
});

// ---- when it looks ----

const fresh = async () => new Response("fresh");

// The page of now, at a minute past ten; the network has it at two past.
async function openNow(context, answer = fresh) {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const { mock: asked } = context.mock.method(globalThis, "fetch", answer);
  const gone = Object.assign(new Part("hal", "1"), { remove: () => gone.log.push("removed") });
  const elements = { "[data-now]": { children: [gone] }, "[data-now-time]": { textContent: "10.01" } };
  const { page } = openPage("/nu", elements);
  const found = { "[data-now]": { children: [] }, "[data-now-time]": { textContent: "10.02" } };
  parsePages({ fresh: { querySelector: (selector) => found[selector] }, "signed out": { querySelector: () => null } });
  await run("now.js");
  return { page, gone, asked, time: () => elements["[data-now-time]"].textContent };
}

test("it looks every minute", async (context) => {
  const { time, gone, asked } = await openNow(context);
  context.mock.timers.tick(MINUTE - 1);
  assert.equal(asked.callCount(), 0);
  context.mock.timers.tick(1);
  await settle();
  assert.equal(time(), "10.02");
  assert.deepEqual(gone.log, ["removed"]);
  context.mock.timers.tick(MINUTE);
  await settle();
  assert.equal(asked.callCount(), 2);
});

test("it does not look while nobody sees it, and at once when somebody does again", async (context) => {
  const { page, asked } = await openNow(context);
  page.hidden = true;
  context.mock.timers.tick(5 * MINUTE);
  page.tell("visibilitychange");
  assert.equal(asked.callCount(), 0);
  page.hidden = false;
  page.tell("visibilitychange");
  await settle();
  assert.equal(asked.callCount(), 1);
});

test("what somebody is at stays until they leave it", async (context) => {
  const { page, gone, time } = await openNow(context);
  page.activeElement = gone.focused = {};
  context.mock.timers.tick(MINUTE);
  await settle();
  assert.equal(time(), "10.02");
  assert.deepEqual(gone.log, []);
});

for (const [what, answer] of [
  ["without network", () => Promise.reject(new TypeError("no network"))],
  ["with a fault of the server", async () => new Response("fresh", { status: 500 })],
  ["with another page", async () => new Response("signed out")],
]) {
  test(`${what} it stays as it was`, async (context) => {
    const { gone, time, asked } = await openNow(context, answer);
    context.mock.timers.tick(MINUTE);
    await settle();
    assert.equal(asked.callCount(), 1);
    assert.equal(time(), "10.01");
    assert.deepEqual(gone.log, []);
  });
}

test("a page without it asks nothing", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const { mock: asked } = context.mock.method(globalThis, "fetch", fresh);
  openPage("/programma");
  await run("now.js");
  context.mock.timers.tick(MINUTE);
  assert.equal(asked.callCount(), 0);
});
