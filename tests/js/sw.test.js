// The service worker of tickets and of the programme.

import assert from "node:assert/strict";
import test from "node:test";

import { page, redirected, silence, SITE, startWorker } from "./worker.js";

const OFFLINE = { "/geen-internet": "Geen internet", "/en/geen-internet": "No internet" };

async function started(network = {}) {
  const worker = startWorker("sw.js", { ...OFFLINE, ...network });
  await worker.install();
  worker.asked.length = 0;
  return worker;
}

const text = async (response) => (await response).text();

test("it begins with the pages for no network, and takes over at once", async () => {
  const worker = await started();
  assert.deepEqual(worker.kept("kaartjes-1"), ["/en/geen-internet", "/geen-internet"]);
  assert.ok(worker.isSkipping);
});

test("it takes over without those pages too", async () => {
  const worker = startWorker("sw.js", {});
  await worker.install();
  assert.deepEqual(worker.kept("kaartjes-1"), []);
  assert.ok(worker.isSkipping);
});

test("the team's pages, other sites, posts and data of tickets go their own way", async () => {
  const worker = await started({ "/team/vandaag": "team", "/nu": "now" });
  assert.equal(await worker.ask("/team/vandaag"), undefined);
  assert.equal(await worker.ask("https://elsewhere.example.org/nu"), undefined);
  assert.equal(await worker.ask("/nu", { method: "POST" }), undefined);
  assert.equal(await worker.ask("/kaartje/geheim/kaartje.pdf", { mode: "cors" }), undefined);
  assert.equal(await worker.ask("/programma/soep/meer"), undefined);
  assert.deepEqual(worker.asked, []);
});

test("a part that is kept is not fetched again", async () => {
  const worker = await started({ "/static/abc/js/base.js": "from the network" });
  assert.equal(await text(worker.ask("/static/abc/js/base.js", { mode: "cors" })), "from the network");
  await worker.keep("programma-abc", { "/static/abc/js/base.js": "kept" });
  assert.equal(await text(worker.ask("/static/abc/js/base.js", { mode: "cors" })), "kept");
});

// ---- tickets ----

const TICKET = '<p data-opgeslagen hidden>Kept.</p>';

test("a ticket comes from the network and is kept", async () => {
  const worker = await started({ "/kaartje/geheim": TICKET });
  assert.equal(await text(worker.ask("/kaartje/geheim")), TICKET);
  assert.ok(worker.kept("kaartjes-1").includes("/kaartje/geheim"));
});

test("without network a kept ticket says that it was kept", async () => {
  const worker = await started({ "/kaartje/geheim": TICKET });
  await worker.ask("/kaartje/geheim");
  delete worker.network["/kaartje/geheim"];
  assert.equal(await text(worker.ask("/kaartje/geheim")), "<p data-opgeslagen>Kept.</p>");
});

test("on a weak network a kept ticket is shown after four seconds", async () => {
  const worker = await started({ "/kaartje/geheim": TICKET });
  await worker.ask("/kaartje/geheim");
  worker.network["/kaartje/geheim"] = silence;
  const answer = worker.ask("/kaartje/geheim");
  assert.equal(await worker.losePatience(), 4000);
  assert.match(await text(answer), /data-opgeslagen>/);
});

test("a fault or another page is shown and never kept as the ticket", async () => {
  const worker = await started({ "/kaartje/geheim": page("fault", { status: 500 }) });
  assert.equal((await worker.ask("/kaartje/geheim")).status, 500);
  worker.network["/kaartje/geheim"] = () => redirected(page("sign in"));
  assert.equal(await text(worker.ask("/kaartje/geheim")), "sign in");
  assert.ok(!worker.kept("kaartjes-1").includes("/kaartje/geheim"));
});

test("without network a page below a kept ticket leads back to it", async () => {
  const worker = await started();
  await worker.keep("kaartjes-1", { "/en/kaartje/geheim": TICKET });
  const answer = await worker.ask("/en/kaartje/geheim/overdragen");
  assert.equal(answer.status, 302);
  assert.equal(new URL(answer.headers.get("Location")).pathname, "/en/kaartje/geheim");
});

test("without network a ticket that was never opened says so, in its language", async () => {
  const worker = await started();
  assert.equal(await text(worker.ask("/kaartje/geheim")), "Geen internet");
  assert.equal(await text(worker.ask("/en/kaartje/geheim")), "No internet");
  assert.equal(await text(worker.ask("/kaartje/geheim/overdragen")), "Geen internet");
});

test("a ticket is kept with its parts", async () => {
  const part = "/static/abc/js/ticket.js";
  const worker = await started({ "/kaartje/geheim": TICKET, [part]: "script" });
  await worker.say({ keep: "/kaartje/geheim", parts: [SITE + part] });
  for (const address of ["/kaartje/geheim", part]) assert.ok(worker.kept("kaartjes-1").includes(address));
});

test("parts of an older version go when no ticket needs them any more", async () => {
  const [old, fresh] = ["/static/111/js/ticket.js", "/static/abc/js/ticket.js"];
  const worker = await started({ "/kaartje/een": TICKET, "/kaartje/twee": TICKET, [old]: "old", [fresh]: "new" });
  const parts = () => worker.kept("kaartjes-1").filter((address) => address.startsWith("/static/"));
  await worker.say({ keep: "/kaartje/een", parts: [SITE + old] });
  await worker.say({ keep: "/kaartje/twee", parts: [SITE + old] });
  await worker.say({ keep: "/kaartje/een", parts: [SITE + fresh] });
  assert.deepEqual(parts(), [old, fresh]);
  await worker.say({ keep: "/kaartje/twee", parts: [SITE + fresh] });
  assert.deepEqual(parts(), [fresh]);
});

test("only tickets are kept as tickets", async () => {
  const worker = await started({ "/team/vandaag": "team" });
  await worker.say({ keep: "/team/vandaag", parts: [] });
  await worker.say({ keep: "/kaartje/geheim/overdragen", parts: [] });
  await worker.say(undefined);
  assert.deepEqual(worker.asked, []);
});

// ---- the programme ----

const DAY = '<link href="/static/abc/css/base.css"><script src="/static/abc/js/clock.js"></script><p data-bewaard >';
const PARTS = { "/static/abc/css/base.css": "css", "/static/abc/js/clock.js": "js" };
const DATE = "Fri, 23 Oct 2026 07:12:00 GMT";

test("a page of the programme is kept with all parts that it names", async () => {
  const worker = await started({ "/programma?dag=2026-10-23": DAY, ...PARTS });
  await worker.ask("/programma?dag=2026-10-23");
  assert.deepEqual(worker.kept("programma-abc"), ["/programma?dag=2026-10-23", ...Object.keys(PARTS)]);
});

test("what somebody searched is shown and not kept", async () => {
  const worker = await started({ "/programma?q=soep": DAY, ...PARTS });
  assert.equal(await text(worker.ask("/programma?q=soep")), DAY);
  assert.deepEqual(worker.caches(), ["kaartjes-1"]);
});

test("a fault is shown and not kept", async () => {
  const worker = await started({ "/nu": page(DAY, { status: 500 }) });
  assert.equal((await worker.ask("/nu")).status, 500);
  assert.deepEqual(worker.caches(), ["kaartjes-1"]);
});

test("without network a kept page says how old it is", async () => {
  const worker = await started();
  await worker.keep("programma-abc", { "/nu": page(DAY, { headers: { Date: DATE, ETag: '"x"' } }) });
  const answer = await worker.ask("/nu");
  assert.equal(answer.headers.get("X-Bewaard"), "2026-10-23T07:12:00.000Z");
  assert.equal(answer.headers.get("ETag"), null);
  assert.match(await answer.text(), /data-bewaard="2026-10-23T07:12:00.000Z" /);
});

test("of two dates that two servers wrote, the first counts", async () => {
  const worker = await started();
  await worker.keep("programma-abc", { "/nu": page(DAY, { headers: { Date: `${DATE}, Fri, 23 Oct 2026 07:12:09 GMT` } }) });
  assert.equal((await worker.ask("/nu")).headers.get("X-Bewaard"), "2026-10-23T07:12:00.000Z");
});

test("on a weak network a kept page is shown after three seconds", async () => {
  const worker = await started({ "/nu": silence });
  await worker.keep("programma-abc", { "/nu": page("kept", { headers: { Date: DATE } }) });
  const answer = worker.ask("/nu");
  assert.equal(await worker.losePatience(), 3000);
  assert.equal(await text(answer), "kept");
});

test("while the server has a fault a kept page is shown", async () => {
  const worker = await started({ "/nu": page("fault", { status: 503 }) });
  await worker.keep("programma-abc", { "/nu": page("kept", { headers: { Date: DATE } }) });
  assert.equal(await text(worker.ask("/nu")), "kept");
});

test("a page that is gone is not shown from what is kept", async () => {
  const worker = await started({ "/programma/soep": page("gone", { status: 404 }) });
  await worker.keep("programma-abc", { "/programma/soep": "kept" });
  assert.equal(await text(worker.ask("/programma/soep")), "gone");
});

test("without network a filtered day is the day itself", async () => {
  const worker = await started();
  await worker.keep("programma-abc", { "/programma?dag=2026-10-23": "friday", "/programma": "today" });
  assert.equal(await text(worker.ask("/programma?dag=2026-10-23&q=soep")), "friday");
  assert.equal(await text(worker.ask("/programma?q=soep")), "today");
});

test("of two versions the newer is shown", async () => {
  const worker = await started();
  await worker.keep("programma-111", { "/nu": "old" });
  await worker.keep("programma-abc", { "/nu": "new" });
  assert.equal(await text(worker.ask("/nu")), "new");
});

test("without network what was never opened says so; data has no page", async () => {
  const worker = await started();
  assert.equal(await text(worker.ask("/en/sprekers")), "No internet");
  assert.equal((await worker.ask("/programma.json", { mode: "cors" })).type, "error");
});

test("the programme's data is kept apart from the versions of pages", async () => {
  const json = new Response("{}", { headers: { "Content-Type": "application/json" } });
  const worker = await started({ "/programma.json": json });
  await worker.ask("/programma.json", { mode: "cors" });
  assert.deepEqual(worker.kept("programma-gegevens"), ["/programma.json"]);
});

test("once the new version is kept the old one goes, and the data stays", async () => {
  const fetched = { "/static/abc/font.woff2": "font", "/static/111/js/clock.js": "old" };
  const worker = await started({ "/nu": DAY, ...PARTS, ...fetched });
  await worker.keep("programma-111", { "/nu": "old" });
  await worker.keep("programma-gegevens", { "/programma.json": "{}" });
  await worker.say({ keepProgramme: { pages: ["/nu"] } });
  assert.ok(worker.caches().includes("programma-111"), "a star alone is no new version");
  await worker.say({ keepProgramme: { pages: ["/nu"], parts: Object.keys(fetched) } });
  assert.deepEqual(worker.caches().sort(), ["kaartjes-1", "programma-abc", "programma-gegevens"]);
  assert.deepEqual(worker.kept("programma-abc"), ["/nu", ...Object.keys(PARTS), "/static/abc/font.woff2"].sort());
});

test("without network nothing that is kept goes", async () => {
  const worker = await started();
  await worker.keep("programma-111", { "/nu": "old" });
  await worker.say({ keepProgramme: { pages: ["/nu"], parts: ["/static/abc/js/clock.js"] } });
  assert.ok(worker.caches().includes("programma-111"));
});

test("only public pages of this site are kept as the programme", async () => {
  const worker = await started({ "/team/vandaag": DAY, ...PARTS });
  await worker.say({ keepProgramme: { pages: ["/team/vandaag", "https://elsewhere.example.org/nu"], parts: [] } });
  assert.deepEqual(worker.asked, []);
});
