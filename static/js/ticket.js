// The ticket page: kept for when there is no network, and awake while it is shown at the door.

import { starsOf, sync, ticketOf } from "./stars.js";

const large = document.getElementById("toon");

// The screen stays on while the code is shown, where the browser can do that.
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
  // The browser let go of it when the page was hidden.
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

if ("serviceWorker" in navigator) keep().catch(() => {}); // the browser may refuse; all else works

// The tickets that were opened on this device: what is starred in the programme, goes to the first
// of that edition, and not to every ticket of somebody else that is shown here once.
function remember() {
  const path = (address) => new URL(address, location).pathname.replace(/^\/en\//, "/");
  const here = path(location.pathname);
  try {
    const known = JSON.parse(localStorage.getItem("festival.tickets")) ?? [];
    const ticket = day && { url: here, edition: day.dataset.editie, label: day.dataset.naam };
    const tickets = known.map((each) => (path(each.url) === here ? ticket : each)).filter(Boolean);
    if (ticket && !tickets.includes(ticket)) tickets.push(ticket);
    localStorage.setItem("festival.tickets", JSON.stringify(tickets.slice(-50)));
  } catch {
    // A device that keeps nothing shows its ticket all the same.
  }
}

// What this device has starred is on this page from now on.
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
