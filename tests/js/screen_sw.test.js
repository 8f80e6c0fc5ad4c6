// The service worker of screens: a television that restarts without network shows its page.

import assert from "node:assert/strict";
import test from "node:test";

import { page, redirected, silence, startWorker } from "./worker.js";

const KEPT = "schermen-1";
const SCREEN = "/scherm/hal";

const start = (network) => startWorker("screen-sw.js", network);
const text = async (response) => (await response).text();

test("a screen comes from the network and is kept", async () => {
  const worker = start({ [SCREEN]: "screen" });
  assert.equal(await text(worker.ask(SCREEN)), "screen");
  delete worker.network[SCREEN];
  assert.equal(await text(worker.ask(SCREEN)), "screen");
});

test("on a weak network the kept screen is shown after six seconds", async () => {
  const worker = start({ [SCREEN]: silence });
  await worker.keep(KEPT, { [SCREEN]: "kept" });
  const answer = worker.ask(SCREEN);
  assert.equal(await worker.losePatience(), 6000);
  assert.equal(await text(answer), "kept");
});

test("while the server has a fault the kept screen is shown", async () => {
  const worker = start({ [SCREEN]: page("fault", { status: 502 }) });
  assert.equal(await text(worker.ask(SCREEN)), "fault");
  await worker.keep(KEPT, { [SCREEN]: "kept" });
  assert.equal(await text(worker.ask(SCREEN)), "kept");
});

test("another page is never kept as a screen", async () => {
  const worker = start({ [SCREEN]: () => redirected(page("sign in")) });
  assert.equal(await text(worker.ask(SCREEN)), "sign in");
  assert.deepEqual(worker.kept(KEPT), []);
});

test("a screen that was never shown cannot be without network", async () => {
  const answer = await start({}).ask(SCREEN);
  assert.equal(answer.type, "error");
});

test("a part is fetched once", async () => {
  const worker = start({ "/static/abc/js/screen.js": "script" });
  for (let time = 0; time < 2; time += 1) {
    assert.equal(await text(worker.ask("/static/abc/js/screen.js", { mode: "cors" })), "script");
  }
  assert.deepEqual(worker.asked, ["/static/abc/js/screen.js"]);
});

test("a part that is not there is not kept", async () => {
  const worker = start({ "/static/abc/js/gone.js": page("gone", { status: 404 }) });
  assert.equal((await worker.ask("/static/abc/js/gone.js", { mode: "cors" })).status, 404);
  assert.deepEqual(worker.kept(KEPT), []);
});

test("what changes by itself, posts and other sites go their own way", async () => {
  const worker = start({});
  assert.equal(await worker.ask("/scherm/hal/nu", { mode: "cors" }), undefined);
  assert.equal(await worker.ask(SCREEN, { method: "POST" }), undefined);
  assert.equal(await worker.ask("https://elsewhere.example.org/scherm/hal"), undefined);
  assert.deepEqual(worker.asked, []);
});

test("a screen tells what it is made of: that is kept, and parts of an older build go", async () => {
  const worker = start({ [SCREEN]: "new", "/static/abc/js/screen.js": "new", "/static/abc/js/stage_schedule.js": "new" });
  await worker.keep(KEPT, { [SCREEN]: "kept", "/scherm/hal/nu": "turns", "/static/111/js/screen.js": "old" });
  const keep = [SCREEN, "/static/abc/js/screen.js", "/static/abc/js/stage_schedule.js", "/static/abc/not-there.woff2"];
  await worker.say({ keep, build: "/static/abc/" });
  assert.deepEqual(worker.kept(KEPT), [SCREEN, "/scherm/hal/nu", "/static/abc/js/screen.js", "/static/abc/js/stage_schedule.js"]);
  assert.ok(!worker.asked.includes(SCREEN), "what is kept is not fetched again");
});

test("a word that it does not know changes nothing", async () => {
  const worker = start({});
  await worker.keep(KEPT, { "/static/111/js/screen.js": "old" });
  await worker.say({ something: "else" });
  await worker.say(null);
  assert.deepEqual(worker.kept(KEPT), ["/static/111/js/screen.js"]);
});
