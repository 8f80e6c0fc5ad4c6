// The service worker of the screens: a television that restarts without network shows its page as it
// was. What is on it comes from the page's own store, see screen.js.

const KEPT = "schermen-1";
const PATIENCE = 6000; // milliseconds before the kept page is shown

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep, event.data.build));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
});

async function page(request) {
  const store = await caches.open(KEPT);
  const known = await store.match(request.url);
  const answer = fetch(request).then(async (response) => {
    if (isGood(response)) await store.put(request.url, response.clone());
    // If the server is down, the screen keeps showing its page.
    return response.status >= 500 && known ? known.clone() : response;
  });
  try {
    return await (known ? Promise.race([answer, tooLate()]) : answer);
  } catch {
    answer.catch(() => {});
    return known ?? Response.error();
  }
}

// Addresses of parts have a hash: the same address is always the same file.
async function part(request) {
  const store = await caches.open(KEPT);
  const known = await store.match(request.url);
  if (known) return known;
  const response = await fetch(request);
  if (isGood(response)) await store.put(request.url, response.clone());
  return response;
}

async function keep(addresses, build) {
  const store = await caches.open(KEPT);
  await Promise.all(
    addresses.map(async (address) => {
      if (await store.match(address)) return;
      const response = await fetch(address).catch(() => null);
      if (response && isGood(response)) await store.put(address, response);
    }),
  );
  for (const { url } of await store.keys()) {
    const { pathname } = new URL(url);
    if (pathname.startsWith("/static/") && !pathname.startsWith(build)) await store.delete(url);
  }
}

// Never keep an error or another page under the address of a screen.
function isGood(response) {
  return response.ok && !response.redirected;
}

function tooLate() {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("too late")), PATIENCE));
}
