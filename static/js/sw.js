// The service worker of the ticket pages: who has opened a ticket once can show it without network.
// It answers only for ticket pages and what they are made of; everything else goes its own way.

const KEPT = "kaartjes-1";
const PAGE = /^(\/en)?\/kaartje\/[\w-]+$/;
const PART = /^\/static\//;
const PATIENCE = 4000; // milliseconds on a weak network before the kept page is shown

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then((kept) => kept.add(new URL(offlinePage(), self.location)))
      .catch(() => {}) // without it a ticket that was opened still works
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.keep && PAGE.test(event.data.keep)) event.waitUntil(keep(event.data.keep, event.data.parts));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (PART.test(url.pathname)) event.respondWith(part(request));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
});

// The page from the network; kept, where that does not answer.
async function page(request, url) {
  const isTicket = PAGE.test(url.pathname);
  const kept = await caches.open(KEPT);
  const known = isTicket && (await kept.match(url.pathname));
  const answer = fetch(request).then(async (response) => {
    if (isTicket && isGood(response)) await kept.put(url.pathname, response.clone());
    return response;
  });
  try {
    return await (known ? Promise.race([answer, tooLate()]) : answer);
  } catch {
    answer.catch(() => {});
    if (known) return asKept(known);
    return elsewhere(kept, url);
  }
}

// A page of the same ticket that is not kept: back to the ticket. Otherwise: no network.
async function elsewhere(kept, url) {
  const ticket = url.pathname.match(/^((\/en)?\/kaartje\/[\w-]+)\/./)?.[1];
  if (ticket && (await kept.match(ticket))) return Response.redirect(ticket, 302);
  return (await kept.match(offlinePage())) ?? Response.error();
}

// The same page, saying that it was kept and when: it holds that sentence itself, hidden.
async function asKept(response) {
  const text = await response.text();
  return new Response(text.replace("data-opgeslagen hidden", "data-opgeslagen"), {
    headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": response.headers.get("Content-Security-Policy") ?? "default-src 'self'" },
  });
}

// Addresses of parts hold a hash: the same address is always the same file.
async function part(request) {
  const known = await caches.match(request.url, { cacheName: KEPT });
  return known ?? fetch(request);
}

async function keep(path, parts) {
  const kept = await caches.open(KEPT);
  await keepGood(kept, path);
  await Promise.all(parts.map(async (address) => (await kept.match(address)) ?? keepGood(kept, address)));
  // Which parts belong to which ticket, so that those of an older version can go.
  await kept.put(`${path}?delen`, Response.json(parts));
  await forgetOldParts(kept);
}

async function keepGood(kept, address) {
  const response = await fetch(address).catch(() => null);
  if (response && isGood(response)) await kept.put(address, response);
}

// Never a sign-in page or a fault under the ticket's address.
function isGood(response) {
  return response.ok && !response.redirected;
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

function offlinePage() {
  return self.registration.scope.includes("/en/") ? "/en/geen-internet" : "/geen-internet";
}

function tooLate() {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("too late")), PATIENCE));
}
