// The service worker of ticket pages and of the public programme: what was opened once is there
// without network. It answers only for those pages and their parts; everything else, above all the
// team's pages, goes to the network.

const TICKETS = "kaartjes-1";
const DATA = "programma-gegevens";
const PROGRAMME = "programma-"; // and the hash in the addresses of our parts: one per version

const TICKET = /^(\/en)?\/kaartje\/[\w-]+$/;
const BELOW_TICKETS = /^(\/en)?\/kaartje\//;
const PUBLIC = /^(\/en)?\/(programma|programma\.json|programma\/[\w-]+|sprekers|sprekers\/[\w-]+|nu|mijn-dag|wijzigingen)$/;
const PART = /^\/static\/([0-9a-f]+)\//;

// Milliseconds on a weak network before what is kept is shown.
const PATIENCE = { ticket: 4000, programme: 3000 };

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(TICKETS)
      .then((kept) => kept.addAll(["/geen-internet", "/en/geen-internet"]))
      .catch(() => {}) // without that page, whatever was opened still works
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { keep, parts, keepProgramme } = event.data ?? {};
  if (keep && TICKET.test(keep)) event.waitUntil(keepTicket(keep, parts));
  if (keepProgramme) event.waitUntil(keepPages(keepProgramme));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (PART.test(url.pathname)) event.respondWith(part(request));
  else if (PUBLIC.test(url.pathname)) event.respondWith(publicPage(event, url));
  else if (BELOW_TICKETS.test(url.pathname) && request.mode === "navigate") event.respondWith(ticketPage(request, url));
});

// Addresses of parts have a hash: the same address is always the same file.
async function part(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

// ---- tickets ----

// The page from the network, or the kept one if the network does not answer.
async function ticketPage(request, url) {
  const isTicket = TICKET.test(url.pathname);
  const kept = await caches.open(TICKETS);
  const known = isTicket && (await kept.match(url.pathname));
  const answer = fetch(request).then(async (response) => {
    if (isTicket && isGood(response)) await kept.put(url.pathname, response.clone());
    if (isTicket && response.status === 410) await kept.delete(url.pathname); // it has another link, or holder
    return response;
  });
  try {
    return await (known ? Promise.race([answer, tooLate(PATIENCE.ticket)]) : answer);
  } catch {
    answer.catch(() => {});
    // The page has a hidden sentence that says that it was kept, and when.
    if (known) return changed(known, (text) => text.replace("data-opgeslagen hidden", "data-opgeslagen"));
    return elsewhere(kept, url);
  }
}

// A page of the same ticket that is not kept: back to the ticket. Otherwise: no network.
async function elsewhere(kept, url) {
  const ticket = url.pathname.match(/^((\/en)?\/kaartje\/[\w-]+)\/./)?.[1];
  if (ticket && (await kept.match(ticket))) return Response.redirect(ticket, 302);
  return offlinePage(url);
}

async function keepTicket(path, parts) {
  const kept = await caches.open(TICKETS);
  await keepGood(kept, path);
  await Promise.all(parts.map((address) => keepOnce(kept, address)));
  // Which parts belong to which ticket, so that those of an older version can go.
  await kept.put(`${path}?delen`, Response.json(parts));
  await forgetOldParts(kept);
}

async function forgetOldParts(kept) {
  const requests = await kept.keys();
  const needed = new Set();
  for (const request of requests) {
    if (!request.url.endsWith("?delen")) continue;
    for (const address of await (await kept.match(request)).json()) needed.add(address);
  }
  for (const request of requests) {
    if (PART.test(new URL(request.url).pathname) && !needed.has(request.url)) await kept.delete(request);
  }
}

// ---- the programme ----

// From the network, and kept; or the kept page with its age, if the network is too slow.
async function publicPage(event, url) {
  const answer = fetch(event.request).then((response) => {
    if (isGood(response)) event.waitUntil(keepPublic(url, response.clone()));
    return response;
  });
  const known = await knownPage(url);
  try {
    const response = await (known ? Promise.race([answer, tooLate(PATIENCE.programme)]) : answer);
    if (known && response.status >= 500) throw new Error("the server cannot");
    return response;
  } catch {
    answer.catch(() => {});
    if (known) return withAge(known);
    return event.request.mode === "navigate" ? offlinePage(url) : Response.error();
  }
}

// The page itself, or the same day without the filters, the newest version first.
async function knownPage(url) {
  const day = url.searchParams.get("dag");
  const addresses = [url.pathname + url.search, url.pathname + (day ? `?dag=${day}` : "")];
  const names = (await caches.keys()).filter((name) => name.startsWith(PROGRAMME)).reverse();
  for (const address of addresses) {
    for (const name of names) {
      const known = await (await caches.open(name)).match(address);
      if (known) return known;
    }
  }
}

async function withAge(response) {
  // Two servers in a row may each write one; the first is enough.
  const date = response.headers.get("Date")?.match(/^[^,]+,[^,]+/)?.[0];
  const kept = new Date(date ?? Date.now()).toISOString();
  return changed(response, (text) => text.replace("data-bewaard ", `data-bewaard="${kept}" `), { "X-Bewaard": kept });
}

async function keepPages({ pages = [], parts = [] }) {
  let version;
  for (const page of pages) {
    const url = new URL(page, self.location);
    if (url.origin !== self.location.origin || !PUBLIC.test(url.pathname)) continue;
    // One at a time: the pages that somebody is looking at go first.
    const response = await fetch(url.pathname + url.search).catch(() => null);
    if (response && isGood(response)) version = (await keepPublic(url, response)) ?? version;
  }
  if (!version) return;
  const kept = await caches.open(PROGRAMME + version);
  for (const address of parts) if (PART.exec(address)?.[1] === version) await keepOnce(kept, address);
  for (const name of await caches.keys()) {
    // Only once the days are kept again; until then the old ones are better than nothing.
    if (parts.length && name.startsWith(PROGRAMME) && ![PROGRAMME + version, DATA].includes(name)) await caches.delete(name);
  }
}

// Keeps a page with all parts that it names. Returns the version of those parts.
async function keepPublic(url, response) {
  // Not searches and filters: there is no end to them, and the day itself is kept.
  if (![...url.searchParams.keys()].every((name) => ["dag", "vorm"].includes(name))) return undefined;
  const address = url.pathname + url.search;
  if (!response.headers.get("Content-Type")?.startsWith("text/html")) {
    await (await caches.open(DATA)).put(address, response);
    return undefined;
  }
  const text = await response.clone().text();
  const version = text.match(/\/static\/([0-9a-f]+)\//)?.[1];
  if (!version) return undefined;
  const kept = await caches.open(PROGRAMME + version);
  await kept.put(address, response);
  const parts = new Set(text.match(/\/static\/[0-9a-f]+\/[\w./-]+/g));
  for (const part of parts) await keepOnce(kept, part);
  return version;
}

// ---- both ----

async function keepOnce(kept, address) {
  if (!(await kept.match(address))) await keepGood(kept, address);
}

async function keepGood(kept, address) {
  const response = await fetch(address).catch(() => null);
  if (response && isGood(response)) await kept.put(address, response);
}

// Never keep a sign-in page or an error under another page's address.
function isGood(response) {
  return response.ok && !response.redirected;
}

// Returns the same response with another text and more headers.
async function changed(response, change, further = {}) {
  const headers = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length", "ETag"]) headers.delete(name);
  for (const [name, value] of Object.entries(further)) headers.set(name, value);
  return new Response(change(await response.text()), { headers });
}

async function offlinePage(url) {
  const kept = await caches.open(TICKETS);
  return (await kept.match(url.pathname.startsWith("/en/") ? "/en/geen-internet" : "/geen-internet")) ?? Response.error();
}

function tooLate(patience) {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("too late")), patience));
}
