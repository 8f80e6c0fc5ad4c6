// The ticket page: kept for when there is no network, and awake while it is shown at the door.

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

remember();

if ("serviceWorker" in navigator) keep();

// The tickets that were opened on this device, for the programme: what is starred there, is kept
// with them. Only where the page shows a day; a ticket that is no longer valid is forgotten.
function remember() {
  const day = document.querySelector("[data-kaartje]");
  const path = (address) => new URL(address, location).pathname.replace(/^\/en\//, "/");
  try {
    const known = JSON.parse(localStorage.getItem("festival.tickets") ?? "[]");
    const tickets = known.filter((ticket) => path(ticket.url) !== path(location.pathname));
    if (day) tickets.unshift({ url: path(day.dataset.kaartje), edition: day.dataset.editie, label: day.dataset.naam });
    localStorage.setItem("festival.tickets", JSON.stringify(tickets.slice(0, 50)));
  } catch {
    // A device that keeps nothing shows its ticket all the same.
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
