// The scanner at the gate: which codes it takes, and what it makes of the server's answers.

import assert from "node:assert/strict";
import test from "node:test";

import { exchange, learnTime, scanOf, sent, sizeFor, watchCodes, whyNoCamera } from "../../static/js/scans.js";

globalThis.location = { href: "https://festival.example.org/team/deur/hoofdingang" };

test("a code that stays in view is taken once", () => {
  const codes = watchCodes();
  assert.ok(codes.isNew("AAA", 1000));
  for (let now = 1000; now < 20_000; now += 100) {
    codes.see("AAA", now);
    assert.equal(codes.isNew("AAA", now + 100), false);
  }
});

test("a code that was out of view for four seconds is taken again", () => {
  const codes = watchCodes();
  codes.see("AAA", 1000);
  codes.see("", 3000);
  assert.equal(codes.isNew("AAA", 5000), false);
  assert.ok(codes.isNew("AAA", 5001));
});

test("another code is taken at once, and nothing in view never", () => {
  const codes = watchCodes();
  codes.see("AAA", 1000);
  assert.ok(codes.isNew("BBB", 1100));
  assert.equal(codes.isNew("", 9000), false);
});

test("after an answer the same code waits its four seconds", () => {
  const codes = watchCodes();
  codes.see("AAA", 1000);
  codes.rest(9000);
  assert.equal(codes.isNew("AAA", 13_000), false);
  assert.ok(codes.isNew("BBB", 9100));
});

test("after a scan is undone the same code is taken at once", () => {
  const codes = watchCodes();
  codes.see("AAA", 1000);
  codes.forget();
  assert.ok(codes.isNew("AAA", 1100));
});

test("a large picture is looked at smaller, and a small one as it is", () => {
  assert.deepEqual(sizeFor(1280, 720), [960, 540]);
  assert.deepEqual(sizeFor(640, 480), [640, 480]);
});

test("each reading has a nonce of its own", () => {
  const [one, other] = [scanOf({ text: "AAA", method: "camera" }), scanOf({ text: "AAA", method: "camera" })];
  assert.notEqual(one.nonce, other.nonce);
  assert.deepEqual([one.text, one.method], ["AAA", "camera"]);
});

// Runs the device's two clocks: the one that people set, and the one that only counts.
function clocks(context, at) {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse(at) });
  let counted = 1000;
  context.mock.method(performance, "now", () => counted);
  return (milliseconds, set = milliseconds) => {
    counted += milliseconds;
    context.mock.timers.setTime(Date.now() + set);
  };
}

test("a scan that is tried again keeps its nonce and its time, and says how old it is", (context) => {
  const wait = clocks(context, "2026-10-23T10:00Z");
  const scan = scanOf({ text: "AAA", method: "camera" });
  assert.deepEqual(scanOf(scan), scan);
  const first = sent(scan);
  wait(5 * 60_000);
  const again = sent(scan);
  assert.deepEqual([first.age, again.age], [0, 300_000]);
  assert.equal(again.nonce, first.nonce);
  assert.equal(again.scanned_at, first.scanned_at);
  assert.deepEqual(Object.keys(first).sort(), ["age", "method", "nonce", "scanned_at", "text"]);
});

test("a clock that is set while a scan waits does not change its age", (context) => {
  const wait = clocks(context, "2026-10-22T10:00Z");
  const scan = scanOf({ text: "AAA" });
  wait(60_000, 24 * 3_600_000); // a minute later somebody sets the clock a day on
  assert.equal(sent(scan).age, 60_000);
});

test("each answer of the server sets the clock of this device right", async (context) => {
  clocks(context, "2026-10-22T10:00Z"); // a day behind
  const scan = scanOf({ text: "AAA" });
  assert.equal(sent(scan).scanned_at, "2026-10-22T10:00:00.000Z");
  const date = "Fri, 23 Oct 2026 10:00:02 GMT";
  serverThatSays(context, Response.json({ outcome: "admitted" }, { headers: { Date: date } }));
  await exchange("/scan", sent(scan), "");
  assert.equal(sent(scan).scanned_at, "2026-10-23T10:00:02.000Z");
  learnTime(null);
  assert.equal(sent(scan).scanned_at, "2026-10-23T10:00:02.000Z");
});

function serverThatSays(context, answer) {
  return context.mock.method(globalThis, "fetch", async () => answer);
}

function redirected(response) {
  return Object.defineProperty(response, "redirected", { value: true });
}

test("a scan goes as JSON with the page's token", async (context) => {
  const { mock } = serverThatSays(context, Response.json({ outcome: "admitted" }));
  await exchange("/scan", { nonce: "n" }, "token");
  const [address, { method, headers, body }] = mock.calls[0].arguments;
  assert.equal(address, "/scan");
  assert.equal(method, "POST");
  assert.equal(headers["X-CSRFToken"], "token");
  assert.equal(body, '{"nonce":"n"}');
});

test("an answer is shown, also a refusal", async (context) => {
  serverThatSays(context, Response.json({ outcome: "refused" }));
  assert.deepEqual(await exchange("/scan", {}, ""), { reply: { outcome: "refused" }, isConnected: true });
});

test("a conflict is no answer, yet the network is there", async (context) => {
  serverThatSays(context, Response.json({ message: "no" }, { status: 409 }));
  assert.deepEqual(await exchange("/scan", {}, ""), { reply: null, isConnected: true });
});

test("a fault, half an answer and no network leave the scan to be tried again", async (context) => {
  const lost = { reply: null, isConnected: false };
  serverThatSays(context, Response.json({}, { status: 500 }));
  assert.deepEqual(await exchange("/scan", {}, ""), lost);
  serverThatSays(context, new Response("<html>"));
  assert.deepEqual(await exchange("/scan", {}, ""), lost);
  serverThatSays(context, Promise.reject(new TypeError("no network")));
  assert.deepEqual(await exchange("/scan", {}, ""), lost);
});

test("signed out, the page itself is loaded again", async (context) => {
  for (const status of [401, 403]) {
    serverThatSays(context, Response.json({}, { status }));
    assert.deepEqual(await exchange("/scan", {}, ""), { go: location.href });
  }
  serverThatSays(context, redirected(new Response("<html>")));
  assert.deepEqual(await exchange("/scan", {}, ""), { go: location.href });
});

test("the server may send the page elsewhere", async (context) => {
  serverThatSays(context, Response.json({ go: "/team/deur" }, { status: 409 }));
  assert.deepEqual(await exchange("/scan", {}, ""), { go: "/team/deur" });
});

test("every reading has a nonce of its own, also without https", () => {
  const { randomUUID } = crypto;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  try {
    const [first, second] = [scanOf({ text: "AAA" }), scanOf({ text: "AAA" })];
    assert.match(first.nonce, /^[0-9a-f]{32}$/);
    assert.notEqual(first.nonce, second.nonce);
  } finally {
    Object.defineProperty(crypto, "randomUUID", { value: randomUUID, configurable: true });
  }
});

test("a camera that does not start says why", () => {
  const named = (name) => Object.assign(new Error(), { name });
  assert.equal(whyNoCamera(new TypeError("no mediaDevices"), false), "insecure");
  assert.equal(whyNoCamera(named("NotAllowedError"), true), "denied");
  assert.equal(whyNoCamera(named("NotFoundError"), true), "none");
});
