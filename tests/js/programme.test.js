// The programme's filters without loading a page, and the line of now in the grid.

import assert from "node:assert/strict";
import test from "node:test";

import { Listened, openPage, parsePages, run, settle } from "./page.js";

globalThis.FormData = class {
  constructor({ fields }) {
    this.fields = fields;
  }

  [Symbol.iterator]() {
    return this.fields[Symbol.iterator]();
  }
};

// A result with its number; what takes whose place is in `children`.
function result(number, cards) {
  const count = {
    childNodes: [number],
    replaceChildren: (...nodes) => (count.childNodes = nodes),
    replaceWith: (other) => (made.childNodes[0] = other),
  };
  const made = {
    count,
    childNodes: [count, ...cards],
    querySelector: () => count,
    replaceChildren: (...nodes) => (made.childNodes = nodes),
    getBoundingClientRect: () => ({ top: 0 }),
  };
  return made;
}

// The programme with its filters, and what the network answers to each question, in order.
async function openProgramme(context, ...answers) {
  context.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  const asked = [];
  context.mock.method(globalThis, "fetch", (address, { signal }) => {
    asked.push({ address, signal });
    return new Promise((done, refuse) => {
      signal.addEventListener("abort", () => refuse(signal.reason));
      Promise.resolve(answers[asked.length - 1]).then(done, refuse);
    });
  });
  const form = Object.assign(new Listened(), { fields: [["dag", "2026-10-23"], ["q", ""], ["soort", "talk"]] });
  const here = result("12", ["old card"]);
  const opened = openPage("/programma", { "[data-filters]": form, "#resultaat": here });
  globalThis.innerHeight = 800;
  const page = (number) => ({ title: `${number} found`, getElementById: () => result(number, [`card of ${number}`]) });
  parsePages({ first: page("1"), second: page("2"), "signed out": { getElementById: () => null } });
  await run("programme.js");
  return { ...opened, form, here, asked };
}

test("the address holds what was chosen and nothing that was left empty", async (context) => {
  const { form, asked } = await openProgramme(context);
  form.tell("change");
  assert.equal(asked[0].address, "/programma?dag=2026-10-23&soort=talk");
});

test("the result changes, its number stays the same element, and the address follows", async (context) => {
  const { form, here, page, went } = await openProgramme(context, new Response("first"));
  const { count } = here;
  let shown = 0;
  page.addEventListener("programme-shown", () => (shown += 1));
  await form.tell("change");
  await settle();
  assert.deepEqual(here.childNodes, [count, "card of 1"]);
  assert.deepEqual(count.childNodes, ["1"]);
  assert.equal(page.title, "1 found");
  assert.deepEqual(went, ["replaced by /programma?dag=2026-10-23&soort=talk"]);
  assert.equal(shown, 1);
});

test("a new choice takes the place of one that was not answered yet", async (context) => {
  const late = new Promise((done) => setImmediate(done, new Response("first")));
  const { form, here, asked, went } = await openProgramme(context, late, new Response("second"));
  form.tell("change");
  form.tell("change");
  assert.ok(asked[0].signal.aborted);
  await late;
  await settle();
  assert.deepEqual(here.count.childNodes, ["2"]);
  assert.equal(went.length, 1);
});

test("typing asks once, after a breath", async (context) => {
  const { form, asked } = await openProgramme(context);
  for (let letters = 0; letters < 5; letters += 1) {
    form.tell("input", { target: { type: "search" } });
    context.mock.timers.tick(299);
  }
  assert.equal(asked.length, 0);
  context.mock.timers.tick(1);
  assert.equal(asked.length, 1);
});

test("ticking a box is no typing", async (context) => {
  const { form, asked } = await openProgramme(context);
  form.tell("input", { target: { type: "checkbox" } });
  context.mock.timers.tick(1000);
  assert.equal(asked.length, 0);
});

test("the button does what the choices do, and the form is not sent", async (context) => {
  const { form, here } = await openProgramme(context, new Response("first"));
  const { defaultPrevented } = await form.tell("submit");
  assert.ok(defaultPrevented);
  assert.deepEqual(here.count.childNodes, ["1"]);
});

for (const [what, answer] of [
  ["no network", Promise.reject(new TypeError("no network"))],
  ["a fault", new Response("first", { status: 500 })],
  ["another page", new Response("signed out")],
]) {
  answer.catch?.(() => {});
  test(`with ${what} the browser itself goes there`, async (context) => {
    const { form, here, went } = await openProgramme(context, answer);
    form.tell("change");
    await settle();
    assert.deepEqual(went, ["/programma?dag=2026-10-23&soort=talk"]);
    assert.deepEqual(here.count.childNodes, ["12"]);
  });
}

// ---- the line of now ----

// The grid of a day, on a device whose clock stands at `now`, where the server's says `date`.
async function openGrid(context, { now, date }) {
  context.mock.timers.enable({ apis: ["Date", "setInterval"], now: Date.parse(now) });
  const { mock: asked } = context.mock.method(globalThis, "fetch", async () => {
    return new Response("", { headers: date ? { Date: date } : {} });
  });
  const lines = [];
  const dataset = { day: "2026-10-23", zone: "Europe/Amsterdam", first: "10", last: "25", nu: "nu" };
  const { page } = openPage("/programma", { ".as-grid[data-day]": { dataset, append: (line) => lines.push(line.className) } });
  page.createElement = () => ({ append: () => {} });
  await run("programme.js");
  await settle();
  return { lines, asked };
}

test("the line stands at the last five minutes", async (context) => {
  const { lines } = await openGrid(context, { now: "2026-10-23T10:38Z" });
  assert.equal(lines.at(-1), "now-line h-12 m-35");
});

test("the line moves on with the minutes", async (context) => {
  const { lines } = await openGrid(context, { now: "2026-10-23T10:39Z" });
  context.mock.timers.tick(60_000);
  assert.equal(lines.at(-1), "now-line h-12 m-40");
});

test("a device whose clock is wrong shows the time of the server", async (context) => {
  const { lines } = await openGrid(context, { now: "2026-10-23T10:38Z", date: "Fri, 23 Oct 2026 12:02:00 GMT" });
  assert.equal(lines.at(-1), "now-line h-14 m-0");
});

test("long before and after the day the server is not asked", async (context) => {
  const { lines, asked } = await openGrid(context, { now: "2026-10-26T10:38Z" });
  assert.equal(asked.callCount(), 0);
  assert.deepEqual(lines, []);
});
