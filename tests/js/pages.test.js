// Small helps on every page: dialogs, and forms that are sent once.

import assert from "node:assert/strict";
import test from "node:test";

import { Listened, openPage, parsePages, run, setNavigator, settle } from "./page.js";

async function openBase(context, elements = {}) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const opened = openPage("/", elements);
  await run("base.js");
  return opened;
}

function form(method = "post") {
  return { dataset: {}, getAttribute: () => method };
}

test("a second click does not send a form twice", async (context) => {
  const { page } = await openBase(context);
  const target = form();
  assert.ok(!(await page.tell("submit", { target })).defaultPrevented);
  assert.ok((await page.tell("submit", { target })).defaultPrevented);
});

test("another form may be sent meanwhile", async (context) => {
  const { page } = await openBase(context);
  await page.tell("submit", { target: form() });
  assert.ok(!(await page.tell("submit", { target: form("POST") })).defaultPrevented);
});

test("after four seconds a form may be sent again", async (context) => {
  const { page } = await openBase(context);
  const target = form();
  await page.tell("submit", { target });
  context.mock.timers.tick(3999);
  assert.ok((await page.tell("submit", { target })).defaultPrevented);
  context.mock.timers.tick(1);
  assert.ok(!(await page.tell("submit", { target })).defaultPrevented);
});

test("a form that changes nothing may be sent as often as one likes", async (context) => {
  const { page } = await openBase(context);
  for (const method of ["get", null]) {
    const target = form(method);
    await page.tell("submit", { target });
    assert.ok(!(await page.tell("submit", { target })).defaultPrevented);
  }
});

test("a form that another script sends is left to it", async (context) => {
  const { page } = await openBase(context);
  const target = form();
  await page.tell("submit", { target, defaultPrevented: true });
  assert.deepEqual(target.dataset, {});
});

function click(attribute, dataset) {
  return { target: { closest: (selector) => (selector === attribute ? { dataset } : null) } };
}

test("an opener opens its dialog over the page, and a closer closes it", async (context) => {
  const dialog = { open: false, showModal: () => (dialog.open = true), close: () => (dialog.open = false) };
  const { page } = await openBase(context, { "#vraag": dialog });
  assert.ok((await page.tell("click", click("[data-opens]", { opens: "vraag" }))).defaultPrevented);
  assert.ok(dialog.open);
  assert.ok((await page.tell("click", click("[data-closes]", { closes: "vraag" }))).defaultPrevented);
  assert.ok(!dialog.open);
});

test("a dialog that begins at a button that deletes begins at the way back instead", async (context) => {
  let focused = 0;
  const dialog = { showModal() {}, querySelector: () => ({ focus: () => (focused += 1) }) };
  const { page } = await openBase(context, { "#vraag": dialog });
  for (const isDanger of [false, true]) {
    page.activeElement = { matches: () => isDanger };
    await page.tell("click", click("[data-opens]", { opens: "vraag" }));
  }
  assert.equal(focused, 1);
});

test("where there is no dialog the link goes its way", async (context) => {
  const { page } = await openBase(context, { "#oud": {} });
  for (const opens of ["gone", "oud"]) {
    assert.ok(!(await page.tell("click", click("[data-opens]", { opens }))).defaultPrevented);
  }
});

test("a line is copied without the space around it, and the button says so", async (context) => {
  const copied = [];
  const button = Object.assign(new Listened(), { hidden: true, dataset: { copies: "iban", copied: "Gekopieerd" } });
  context.mock.timers.enable({ apis: ["setTimeout"] });
  openPage("/", { "[data-copies]": button, "#iban": { textContent: "\n NL91 ABNA 0417 1643 00 ", dataset: {} } });
  setNavigator({ clipboard: { writeText: async (text) => copied.push(text) } });
  await run("base.js");
  assert.equal(button.hidden, false);
  await button.tell("click");
  assert.deepEqual(copied, ["NL91 ABNA 0417 1643 00"]);
  assert.equal(button.textContent, "Gekopieerd");
});

test("an account is copied without the blanks that help reading it", async (context) => {
  const copied = [];
  const button = Object.assign(new Listened(), { hidden: true, dataset: { copies: "iban" } });
  const iban = { textContent: "NL91 ABNA 0417 1643 00", dataset: { compact: "NL91ABNA0417164300" } };
  context.mock.timers.enable({ apis: ["setTimeout"] });
  openPage("/", { "[data-copies]": button, "#iban": iban });
  setNavigator({ clipboard: { writeText: async (text) => copied.push(text) } });
  await run("base.js");
  await button.tell("click");
  assert.deepEqual(copied, ["NL91ABNA0417164300"]);
});

test("without a clipboard there is no button", async (context) => {
  const button = Object.assign(new Listened(), { hidden: true, dataset: { copies: "iban" } });
  await openBase(context, { "[data-copies]": button, "#iban": { textContent: "NL91", dataset: {} } });
  assert.equal(button.hidden, true);
});

// ---- questions on the day screen ----

async function openToday(context, answer) {
  const { mock: asked } = context.mock.method(globalThis, "fetch", answer);
  const opened = openPage("/team/vandaag");
  const dialog = Object.assign(new Listened(), {
    open: false,
    shown: null,
    replaceChildren: (question) => (dialog.shown = question),
    setAttribute: () => {},
    showModal: () => (dialog.open = true),
  });
  opened.page.createElement = () => dialog;
  opened.page.body = { append: () => {} };
  const question = { querySelectorAll: () => [] };
  parsePages({ question: { title: "", getElementById: () => question }, other: { getElementById: () => null } });
  await run("today.js");
  return { ...opened, dialog, question, asked };
}

function question(held = {}) {
  return { target: { closest: () => ({ href: "/team/vandaag/AAA/vertraag" }) }, ...held };
}

test("a question is asked over the page", async (context) => {
  const { page, dialog, question: shown, went } = await openToday(context, async () => new Response("question"));
  assert.ok((await page.tell("click", question())).defaultPrevented);
  await settle();
  assert.ok(dialog.open);
  assert.equal(dialog.shown, shown);
  assert.deepEqual(went, []);
});

test("a question in a new tab is left to the browser", async (context) => {
  const { page, asked } = await openToday(context, async () => new Response("question"));
  for (const held of ["ctrlKey", "metaKey", "shiftKey"]) {
    assert.ok(!(await page.tell("click", question({ [held]: true }))).defaultPrevented);
  }
  assert.equal(asked.callCount(), 0);
});

for (const [what, answer] of [
  ["no network", () => Promise.reject(new TypeError("no network"))],
  ["a fault", async () => new Response("question", { status: 500 })],
  ["a page to sign in", async () => new Response("other")],
]) {
  test(`with ${what} the browser itself goes to the question`, async (context) => {
    const { page, dialog, went } = await openToday(context, answer);
    await page.tell("click", question());
    await settle();
    assert.ok(!dialog.open);
    assert.deepEqual(went, ["/team/vandaag/AAA/vertraag"]);
  });
}
