// The programme without network: the service worker keeps what was opened and the other days, and
// a page that comes from the device says how old it is.

import { written } from "./clock.js";

const PAUSE = 10 * 60_000; // between two rounds of fetching what was not opened

showAge();
document.addEventListener("programme-shown", showAge);
if ("serviceWorker" in navigator) keep().catch(() => {}); // the browser may refuse; the rest works

function showAge() {
  for (const notice of document.querySelectorAll("[data-bewaard]")) {
    if (!notice.dataset.bewaard) continue;
    notice.querySelector("[data-bewaard-op]").textContent = written(new Date(notice.dataset.bewaard), document.documentElement.lang, notice.dataset);
    notice.hidden = false;
  }
}

async function keep() {
  await navigator.serviceWorker.register("/kaartje.js", { scope: "/" });
  const { active } = await navigator.serviceWorker.ready;
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  await document.fonts.ready;
  const parts = performance
    .getEntriesByType("resource")
    .map((entry) => new URL(entry.name))
    .filter((address) => address.origin === location.origin && address.pathname.startsWith("/static/"))
    .map((address) => address.pathname);
  active.postMessage({ keepProgramme: { pages: [location.href, ...further()], parts } });
}

// The other days, mijn dag and nu: not on every page, and not if the visitor saves data.
function further() {
  const last = Number(sessionStorage.getItem("festival.kept"));
  if (navigator.connection?.saveData || Date.now() - last < PAUSE) return [];
  const days = [...document.querySelectorAll(".tabs a")].map((tab) => tab.href);
  if (days.length) sessionStorage.setItem("festival.kept", Date.now());
  const prefix = location.pathname.startsWith("/en/") ? "/en" : "";
  return [...days, ...["programma", "programma.json", "mijn-dag", "nu"].map((page) => `${prefix}/${page}`)];
}
