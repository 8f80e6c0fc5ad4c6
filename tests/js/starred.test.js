// Stars on this device, and how they are kept with a ticket.

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { rememberTicket, setStar, starsOf, sync, syncWhenDue, ticketOf } from "../../static/js/starred.js";
import { keepStorage } from "./page.js";

const EDITION = "2026";
const TICKET = { url: "/kaartje/geheim", edition: EDITION, label: "Fatma" };
const NOW = Date.parse("2026-10-23T10:00Z");

let stored;
let sent;

beforeEach(() => {
  stored = keepStorage();
  globalThis.location = new URL("https://festival.example.org/programma");
  sent = [];
});

// A ticket that answers each exchange with the next of `answers`: its stars, a status, or a promise.
function ticketThatSays(context, ...answers) {
  stored.set("festival.tickets", JSON.stringify([TICKET]));
  context.mock.method(globalThis, "fetch", async (address, { body }) => {
    sent.push({ address, ...JSON.parse(body) });
    const answer = await answers[Math.min(sent.length, answers.length) - 1];
    return Array.isArray(answer) ? Response.json({ stars: answer }) : new Response("", { status: answer });
  });
}

const kept = () => JSON.parse(stored.get(`festival.stars.${EDITION}`));
const stars = () => [...starsOf(EDITION)];

test("without a ticket a star stays on the device, by edition", async () => {
  await setStar(EDITION, "AAA", true);
  await setStar(EDITION, "BBB", true);
  await setStar(EDITION, "AAA", false);
  assert.deepEqual(stars(), ["BBB"]);
  assert.deepEqual([...starsOf("2025")], []);
});

test("a star that is set twice is there once", async () => {
  await setStar(EDITION, "AAA", true);
  await setStar(EDITION, "AAA", true);
  assert.deepEqual(kept().codes, ["AAA"]);
  assert.deepEqual(kept().add, ["AAA"]);
});

test("a star that is set and taken without network is only taken at the ticket", async () => {
  await setStar(EDITION, "AAA", true);
  await setStar(EDITION, "AAA", false);
  assert.deepEqual([kept().add, kept().remove], [[], ["AAA"]]);
});

test("what the device kept in another form counts as nothing", () => {
  stored.set(`festival.stars.${EDITION}`, "{half");
  stored.set("festival.tickets", '{"not": "a list"}');
  assert.deepEqual(stars(), []);
  assert.equal(ticketOf(EDITION), undefined);
});

test("a ticket that is new to the device gets all stars, and later only the news", async (context) => {
  await setStar(EDITION, "AAA", true);
  ticketThatSays(context, ["AAA", "OLD"], ["AAA", "OLD", "BBB"]);
  await sync(EDITION);
  assert.deepEqual(stars(), ["AAA", "OLD"]);
  await setStar(EDITION, "BBB", true);
  assert.deepEqual(sent, [
    { address: "/kaartje/geheim/sterren", add: ["AAA"], remove: [] },
    { address: "/kaartje/geheim/sterren", add: ["BBB"], remove: [] },
  ]);
  assert.deepEqual([kept().add, kept().remove, kept().ticket], [[], [], TICKET.url]);
});

test("when the first ticket is given away, the next one gets all stars", async (context) => {
  ticketThatSays(context, ["AAA"], ["AAA"]);
  rememberTicket("/kaartje/ander", { edition: EDITION, label: "Fatma" });
  await setStar(EDITION, "AAA", true);
  rememberTicket(TICKET.url, null);
  await syncWhenDue(EDITION);
  assert.deepEqual(sent.at(-1), { address: "/kaartje/ander/sterren", add: ["AAA"], remove: [] });
});

test("a star taken on another device goes here too", async (context) => {
  ticketThatSays(context, ["AAA"], []);
  await setStar(EDITION, "AAA", true);
  await sync(EDITION);
  assert.deepEqual(stars(), []);
});

test("what could not be sent waits for the next time", async (context) => {
  ticketThatSays(context, [], 503, Promise.reject(new TypeError("no network")), ["AAA"]);
  await sync(EDITION);
  await setStar(EDITION, "AAA", true);
  assert.deepEqual(kept().add, ["AAA"], "a fault of the server");
  await sync(EDITION);
  assert.deepEqual(kept().add, ["AAA"], "no network");
  await sync(EDITION);
  assert.deepEqual(sent.at(-1).add, ["AAA"]);
  assert.deepEqual(kept().add, []);
});

test("what is tapped while the ticket answers is not lost", async (context) => {
  let answer;
  ticketThatSays(context, ["AAA"], new Promise((done) => (answer = done)), ["CCC"]);
  await setStar(EDITION, "AAA", true);
  const first = setStar(EDITION, "BBB", true);
  await new Promise(setImmediate); // it is under way
  const second = setStar(EDITION, "CCC", true);
  const third = setStar(EDITION, "AAA", false);
  answer(["AAA", "BBB"]);
  await first;
  assert.deepEqual(stars(), ["BBB", "CCC"]);
  assert.deepEqual([kept().add, kept().remove], [["CCC"], ["AAA"]]);
  await Promise.all([second, third]);
  assert.equal(sent.length, 3, "both in one exchange");
  assert.deepEqual(sent.at(-1), { address: "/kaartje/geheim/sterren", add: ["CCC"], remove: ["AAA"] });
});

test("without news the ticket is asked once in five minutes", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: NOW });
  ticketThatSays(context, []);
  await syncWhenDue(EDITION);
  assert.equal(sent.length, 1, "the ticket is new");
  context.mock.timers.setTime(NOW + 5 * 60_000);
  await syncWhenDue(EDITION);
  assert.equal(sent.length, 1);
  context.mock.timers.setTime(NOW + 5 * 60_000 + 1);
  await syncWhenDue(EDITION);
  assert.equal(sent.length, 2);
});

test("with news the ticket is told at once", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: NOW });
  ticketThatSays(context, [], 503, ["AAA"]);
  await sync(EDITION);
  await setStar(EDITION, "AAA", true);
  await syncWhenDue(EDITION);
  assert.equal(sent.length, 3);
});

test("stars go to the first ticket of the edition", () => {
  rememberTicket("/kaartje/oud", { edition: "2025", label: "Fatma" });
  rememberTicket("/kaartje/mijn", { edition: EDITION, label: "Fatma" });
  rememberTicket("/kaartje/ander", { edition: EDITION, label: "Bob" });
  assert.deepEqual(ticketOf(EDITION), { url: "/kaartje/mijn", edition: EDITION, label: "Fatma" });
});

test("the English page of a ticket is the same ticket", () => {
  rememberTicket("/kaartje/mijn", { edition: EDITION, label: "Fatma" });
  rememberTicket("/en/kaartje/mijn", { edition: EDITION, label: "Fatma B." });
  assert.deepEqual(JSON.parse(stored.get("festival.tickets")), [
    { url: "/kaartje/mijn", edition: EDITION, label: "Fatma B." },
  ]);
});

test("a ticket that was given away is forgotten, wherever it stood", () => {
  rememberTicket("/kaartje/mijn", { edition: EDITION, label: "Fatma" });
  rememberTicket("/kaartje/ander", { edition: EDITION, label: "Bob" });
  rememberTicket("/kaartje/mijn", null);
  assert.deepEqual(JSON.parse(stored.get("festival.tickets")), [
    { url: "/kaartje/ander", edition: EDITION, label: "Bob" },
  ]);
});

test("of many tickets the last fifty are remembered", () => {
  for (let number = 1; number <= 51; number += 1) rememberTicket(`/kaartje/${number}`, { edition: EDITION, label: "" });
  assert.equal(JSON.parse(stored.get("festival.tickets")).length, 50);
  assert.equal(ticketOf(EDITION).url, "/kaartje/2");
});

test("stars are never sent to another site", () => {
  stored.set("festival.tickets", JSON.stringify([{ ...TICKET, url: "https://elsewhere.example.org/kaartje/x" }]));
  assert.equal(ticketOf(EDITION), undefined);
});
