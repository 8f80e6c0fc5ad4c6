// The ticket page: kept for when there is no network, with the screen on while the code is shown.

import { rememberTicket, starsOf, sync, ticketOf } from "./starred.js";

const large = document.getElementById("toon");

// The screen stays on while the code is shown, if the browser can do that.
let awake = null;
async function stayAwake() {
  const shown = large && location.hash === "#toon";
  if (shown) {
    large.focus();
    awake ??= await navigator.wakeLock?.request("screen").catch(() => null);
  } else {
    awake?.release();
    awake = null;
  }
}
addEventListener("hashchange", stayAwake);
document.addEventListener("visibilitychange", () => {
  // The browser released it when the page was hidden.
  awake = null;
  if (!document.hidden) stayAwake();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && location.hash === "#toon") location.hash = "inhoud";
});
stayAwake();

const day = document.querySelector("[data-kaartje]");
remember();
if (day && navigator.onLine) takeStars();

if ("serviceWorker" in navigator) keep().catch(() => {}); // the browser may refuse; the rest works

function remember() {
  try {
    rememberTicket(location.pathname, day && { edition: day.dataset.editie, label: day.dataset.naam });
  } catch {
    // A device that stores nothing still shows its ticket.
  }
}

// Shows on this page what this device has starred.
async function takeStars() {
  const { editie: edition, sterren: onPage } = day.dataset;
  if (!location.pathname.endsWith(ticketOf(edition)?.url)) return;
  await sync(edition);
  const isNew = [...starsOf(edition)].some((code) => !onPage.split(" ").includes(code));
  if (isNew && history.state !== "stars") {
    history.replaceState("stars", "");
    location.reload();
  }
}

async function keep() {
  const prefix = location.pathname.slice(0, location.pathname.indexOf("/kaartje/"));
  const registration = await navigator.serviceWorker.register("/kaartje.js", { scope: `${prefix}/kaartje/` });
  const worker = registration.active ?? (await activated(registration));
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  await document.fonts.ready;
  const parts = performance
    .getEntriesByType("resource")
    .map((entry) => entry.name)
    .filter((address) => new URL(address).origin === location.origin && address.includes("/static/"));
  worker.postMessage({ keep: location.pathname, parts: [...new Set(parts)] });
}

function activated(registration) {
  const worker = registration.installing ?? registration.waiting;
  return new Promise((done) => {
    worker.addEventListener("statechange", () => worker.state === "activated" && done(worker));
  });
}
