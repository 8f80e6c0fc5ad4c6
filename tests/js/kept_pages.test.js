// Pages that work without network: what they ask the service worker to keep.

import assert from "node:assert/strict";
import test from "node:test";

import { keepStorage, Listened, openPage, run, setNavigator, settle } from "./page.js";

const SITE = "https://festival.example.org";
const NOW = Date.parse("2026-10-23T10:00Z");

// A browser with a service worker; what the page tells it is in `told`.
function startBrowser(context, loaded, { connection, onLine = false } = {}) {
  const told = [];
  const worker = { postMessage: (message) => told.push(message) };
  const register = context.mock.fn(async () => ({ active: worker }));
  setNavigator({ serviceWorker: { register, ready: Promise.resolve({ active: worker }) }, connection, onLine });
  context.mock.method(performance, "getEntriesByType", () => loaded.map((name) => ({ name: new URL(name, SITE).href })));
  return { told, register };
}

const LOADED = ["/static/abc/js/offline.js", "/static/abc/css/base.css", "/programma.json", "https://cdn.example.org/static/x.js"];

// ---- the programme ----

async function openProgramme(context, { address = "/programma", days = [], kept, ...browser } = {}) {
  context.mock.timers.enable({ apis: ["Date"], now: NOW });
  const noted = new Map(kept ? [["festival.kept", String(kept)]] : []);
  globalThis.sessionStorage = {
    getItem: (name) => noted.get(name) ?? null,
    setItem: (name, value) => noted.set(name, String(value)),
  };
  openPage(address, { ".tabs a": days.map((href) => ({ href })) });
  const { told, register } = startBrowser(context, LOADED, browser);
  await run("offline.js");
  await settle();
  return { told: told[0].keepProgramme, register, noted };
}

const DAYS = [`${SITE}/programma?dag=2026-10-23`, `${SITE}/programma?dag=2026-10-24`];

test("the programme asks to keep itself, the other days, mijn dag and nu", async (context) => {
  const { told, noted } = await openProgramme(context, { days: DAYS });
  const further = ["/programma", "/programma.json", "/mijn-dag", "/nu"];
  assert.deepEqual(told.pages, [`${SITE}/programma`, ...DAYS, ...further]);
  assert.equal(noted.get("festival.kept"), String(NOW));
});

test("in English it keeps the English pages", async (context) => {
  const { told } = await openProgramme(context, { address: "/en/sprekers" });
  assert.deepEqual(told.pages.slice(1), ["/en/programma", "/en/programma.json", "/en/mijn-dag", "/en/nu"]);
});

test("of what was loaded only our own parts are kept", async (context) => {
  const { told } = await openProgramme(context);
  assert.deepEqual(told.parts, ["/static/abc/js/offline.js", "/static/abc/css/base.css"]);
});

test("within ten minutes only the page itself is kept again", async (context) => {
  const soon = await openProgramme(context, { days: DAYS, kept: NOW - 10 * 60_000 + 1 });
  assert.deepEqual(soon.told.pages, [`${SITE}/programma`]);
});

test("after ten minutes all are kept again", async (context) => {
  const later = await openProgramme(context, { days: DAYS, kept: NOW - 10 * 60_000 });
  assert.equal(later.told.pages.length, 7);
});

test("a page without the days does not count as a round", async (context) => {
  const { noted } = await openProgramme(context, { address: "/sprekers/fatma" });
  assert.ok(!noted.has("festival.kept"));
});

test("where data is dear only what was opened is kept", async (context) => {
  const { told } = await openProgramme(context, { days: DAYS, connection: { saveData: true } });
  assert.deepEqual(told.pages, [`${SITE}/programma`]);
});

test("a page from the device says how old it is", async (context) => {
  const time = {};
  const dataset = { bewaard: "2026-10-23T07:12:00.000Z", zone: "Europe/Amsterdam", pattern: "{} uur" };
  const old = { dataset, hidden: true, querySelector: () => time };
  const young = { dataset: { ...dataset, bewaard: "" }, hidden: true };
  const { page } = openPage("/programma", { "[data-bewaard]": [young] });
  setNavigator({});
  await run("offline.js");
  page.elements["[data-bewaard]"] = [old, young];
  page.tell("programme-shown");
  assert.equal(time.textContent, "vrijdag 9.12 uur");
  assert.deepEqual([old.hidden, young.hidden], [false, true]);
});

// ---- the ticket ----

const DAY = { dataset: { editie: "2026", naam: "Fatma", sterren: "AAA" } };

async function openTicket(context, { address = "/kaartje/geheim", day = DAY, large, loaded = LOADED, stars, ...browser } = {}) {
  const stored = keepStorage();
  const opened = openPage(address, { "[data-kaartje]": day, "#toon": large });
  const { told, register } = startBrowser(context, loaded, browser);
  context.mock.method(globalThis, "fetch", async () => Response.json({ stars }));
  await run("ticket.js");
  await settle();
  await settle();
  return { ...opened, stored, told, register };
}

test("a ticket asks to keep itself and what it is made of, each part once", async (context) => {
  const loaded = ["/static/abc/js/ticket.js", "/static/abc/js/starred.js", "/static/abc/js/ticket.js", "/nu"];
  const { told, register } = await openTicket(context, { loaded });
  assert.deepEqual(told, [{
    keep: "/kaartje/geheim",
    parts: [`${SITE}/static/abc/js/ticket.js`, `${SITE}/static/abc/js/starred.js`],
  }]);
  assert.deepEqual(register.mock.calls[0].arguments, ["/kaartje.js", { scope: "/kaartje/" }]);
});

test("the English ticket has a worker of its own place", async (context) => {
  const { register, told } = await openTicket(context, { address: "/en/kaartje/geheim" });
  assert.equal(register.mock.calls[0].arguments[1].scope, "/en/kaartje/");
  assert.equal(told[0].keep, "/en/kaartje/geheim");
});

test("a worker that is being started is told when it is ready", async (context) => {
  const told = [];
  const worker = Object.assign(new Listened(), { state: "installing", postMessage: (message) => told.push(message.keep) });
  keepStorage();
  openPage("/kaartje/geheim", { "[data-kaartje]": DAY });
  context.mock.method(performance, "getEntriesByType", () => []);
  setNavigator({ serviceWorker: { register: async () => ({ installing: worker }) } });
  await run("ticket.js");
  await settle();
  worker.state = "installed";
  worker.tell("statechange");
  await settle();
  assert.deepEqual(told, []);
  worker.state = "activated";
  worker.tell("statechange");
  await settle();
  assert.deepEqual(told, ["/kaartje/geheim"]);
});

test("the device remembers the ticket, and forgets one that is none any more", async (context) => {
  const { stored } = await openTicket(context);
  assert.equal(stored.get("festival.tickets"), '[{"url":"/kaartje/geheim","edition":"2026","label":"Fatma"}]');
  const given = await openTicket(context, { day: null });
  assert.equal(given.stored.get("festival.tickets"), "[]");
});

test("stars that the page does not show yet make it load again, once", async (context) => {
  const first = await openTicket(context, { onLine: true, stars: ["AAA", "BBB"] });
  assert.deepEqual(first.went, ["reload"]);
  assert.equal(history.state, "stars");
});

test("stars that the page shows change nothing", async (context) => {
  const { went } = await openTicket(context, { onLine: true, stars: ["AAA"] });
  assert.deepEqual(went, []);
});

test("a ticket that is not the first of its edition takes no stars", async (context) => {
  const stored = keepStorage();
  stored.set("festival.tickets", '[{"url":"/kaartje/eerste","edition":"2026","label":"Fatma"}]');
  openPage("/kaartje/ander", { "[data-kaartje]": DAY });
  startBrowser(context, [], { onLine: true });
  const { mock: asked } = context.mock.method(globalThis, "fetch", async () => Response.json({ stars: ["BBB"] }));
  await run("ticket.js");
  await settle();
  assert.equal(asked.callCount(), 0);
});

test("a device that keeps nothing shows its ticket all the same", async (context) => {
  globalThis.localStorage = { getItem: () => { throw new Error("refused"); } };
  openPage("/kaartje/geheim", { "[data-kaartje]": DAY });
  const { told } = startBrowser(context, []);
  await run("ticket.js");
  await settle();
  assert.equal(told[0].keep, "/kaartje/geheim");
});

test("the screen stays awake while the code is shown, and Escape closes it", async (context) => {
  let awake = 0;
  keepStorage();
  const { page, site } = openPage("/kaartje/geheim", { "[data-kaartje]": DAY, "#toon": { focus: () => {} } });
  setNavigator({ wakeLock: { request: async () => (awake += 1) && { release: () => (awake -= 1) } } });
  await run("ticket.js");
  assert.equal(awake, 0);
  location.hash = "#toon";
  await site.tell("hashchange");
  await site.tell("hashchange");
  assert.equal(awake, 1);
  page.tell("keydown", { key: "Escape" });
  assert.equal(location.hash, "#inhoud");
  await site.tell("hashchange");
  assert.equal(awake, 0);
});
