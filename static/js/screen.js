// A screen at a door or in the foyer. The page holds all entries of the coming days; here they are put
// in the list of their time: now, next, later, or out of sight. The time is the server's, so that a
// television whose clock is wrong shows the right thing, also after hours without network.

import { countdown, pagesOf, placesInTime, shownDay } from "./stage_schedule.js";

const screen = document.querySelector("[data-screen]");
const EVERY = 20_000; // milliseconds between two requests, plus up to
const JITTER = 10_000; // this much, so that twelve screens do not ask at once
const STALE = 90_000; // without an answer for this long, the screen says so
const TURN_PAGE = 12_000;
const TIGHTEST = 5; // see data-tight in static/css/screen.css
const SMALLER = 3; // the same, in the foyer
const KEPT = "schermen-1";
const OFFSET = "scherm-klok"; // how far the device's clock is off, for a start without network
const TRUE_AT = `scherm-goed:${screen.dataset.fragment}`; // the server's time of its last answer
const BUILD = query(".boards").dataset.build;
const GROWN_UP = 60_000; // a page that is younger is not loaded again: two servers may differ

let offset = Number(localStorage.getItem(OFFSET) ?? 0);
let etag = "";
let answeredAt = 0;
let minute = -1;
let pages = [];
let page = 0;
let isStopped = false;

const clock = new Intl.DateTimeFormat("nl-NL", { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: screen.dataset.zone });

const now = () => Date.now() + offset;
const clockAt = (moment) => clock.format(moment).replace(":", ".").replace(/^0/, "");

function query(selector, root = screen) {
  return root.querySelector(selector);
}

function all(selector, root = screen) {
  return [...root.querySelectorAll(selector)];
}

// Time ---------------------------------------------------------------------------------------------

function tick() {
  const current = Math.floor(now() / 1000);
  if (Math.floor(current / 60) !== minute) {
    minute = Math.floor(current / 60);
    query("[data-clock]", document).textContent = clockAt(now());
    place(current);
  }
  showStale();
}

function place(current) {
  const entries = all(".entry").map((node) => ({
    node,
    starts: Number(node.dataset.starts),
    ends: Number(node.dataset.ends),
    day: node.dataset.day,
    isOff: "off" in node.dataset,
    isBreak: "break" in node.dataset,
  }));
  const day = shownDay(entries, current);
  for (const label of all("[data-label-of]")) label.hidden = label.dataset.labelOf !== day;
  query(".boards-over").hidden = day !== undefined;
  for (const board of all(".board")) {
    const own = entries.filter((entry) => board.contains(entry.node));
    const places = placesInTime(own, day, current);
    for (const [index, entry] of own.entries()) {
      move(entry.node, query(`[data-list="${places[index]}"]`, board));
      count(entry, current);
    }
    for (const name of ["now", "next", "later"]) {
      query(`.board-${name}`, board).hidden = !query(`[data-list="${name}"]`, board).children.length;
    }
    board.hidden = query(".board-now", board).hidden && query(".board-next", board).hidden;
  }
  fit();
}

// Puts the entry in the list, in order of time.
function move(node, list) {
  const after = [...list.children].find((other) => other !== node && Number(other.dataset.starts) > Number(node.dataset.starts));
  if (node.parentNode !== list || (after && node.compareDocumentPosition(after) & Node.DOCUMENT_POSITION_PRECEDING)) {
    list.insertBefore(node, after ?? null);
  }
}

function count(entry, current) {
  const left = query(".entry-left", entry.node);
  const soon = query(".entry-soon", entry.node);
  if (!left || !soon) return;
  const { oneLeft, left: someLeft, oneToGo, toGo } = screen.dataset;
  const { minutesLeft, minutesToGo, isOn, isSoon, isAtOnce } = countdown(entry, current);
  const bar = query("progress", left);
  bar.value = Math.min(Math.max(bar.max - minutesLeft, 0), bar.max);
  query("span", left).textContent = minutesLeft === 1 ? oneLeft : someLeft.replace("7357", minutesLeft);
  left.hidden = !isOn;
  soon.textContent = minutesToGo === 1 ? oneToGo : toGo.replace("7357", minutesToGo);
  soon.hidden = !isSoon;
  entry.node.classList.toggle("entry-at-once", isAtOnce);
}

function showStale() {
  const sign = query("[data-stale-sign]", document);
  const isStale = Date.now() - answeredAt > STALE;
  if (isStale && sign.hidden && lastGood()) sign.textContent = screen.dataset.stale.replace("7357", clockAt(lastGood()));
  sign.hidden = !isStale || !lastGood();
}

// Returns the server's time at which what is shown was true.
function lastGood() {
  return Number(query(".boards").dataset.trueAt ?? 0);
}

// Room ---------------------------------------------------------------------------------------------

// A screen has no scroll bar: smaller type until it fits; in the foyer, pages.
function fit() {
  const isPaged = document.body.classList.contains("screen-foyer");
  const boards = all(".board").filter((board) => !board.hidden);
  for (const board of all(".board")) board.classList.remove("off-page");
  pages = [boards];
  screen.dataset.tight = "0";
  if (!matchMedia("(min-width: 40rem)").matches) {
    showPage();
    return;
  }
  if (isPaged) pages = fewestPages(boards);
  else for (let tight = 1; tight <= TIGHTEST && overflows(); tight += 1) screen.dataset.tight = tight;
  showPage();
}

function overflows() {
  const boxes = all(".boards, .board-now, .board-next").filter((box) => !box.closest("[hidden]"));
  if (boxes.some((box) => box.scrollHeight > box.clientHeight + 2 || box.scrollWidth > box.clientWidth + 2)) return true;
  // At least the first of the later entries must fit as a whole.
  const list = query('.board-later:not([hidden]) [data-list="later"]');
  return Boolean(list) && list.children[0].offsetHeight > list.clientHeight;
}

// Smaller type if that saves a page.
function fewestPages(boards) {
  const large = pagesOf(boards, roomFor(boards));
  if (large.length < 2) return large;
  screen.dataset.tight = SMALLER;
  const small = pagesOf(boards, roomFor(boards));
  if (small.length < large.length) return small;
  screen.dataset.tight = "0";
  return large;
}

// The height below the top of the first board.
function roomFor(boards) {
  const box = query(".boards");
  return box.clientHeight - ((boards[0]?.offsetTop ?? 0) - box.offsetTop);
}

function showPage() {
  page %= pages.length;
  for (const board of all(".board")) board.classList.toggle("off-page", !board.hidden && !pages[page].includes(board));
  const button = query("[data-pages]", document);
  button.hidden = pages.length < 2;
  button.textContent = screen.dataset.page.replace("7357", page + 1).replace("7358", pages.length);
}

setInterval(() => {
  if (pages.length < 2 || isStopped) return;
  page += 1;
  showPage();
}, TURN_PAGE);

query("[data-pages]", document).addEventListener("click", (event) => {
  isStopped = !isStopped;
  event.currentTarget.setAttribute("aria-pressed", String(isStopped));
});

// Network ------------------------------------------------------------------------------------------

async function ask() {
  try {
    const response = await fetch(screen.dataset.fragment, {
      cache: "no-store",
      headers: etag ? { "If-None-Match": etag } : {},
      signal: AbortSignal.timeout(10_000),
    });
    const time = Number(response.headers.get("X-Now"));
    if ((response.ok || response.status === 304) && !response.redirected && time) {
      setClock(time);
      if (response.status === 200) {
        await show(await response.text(), time);
        etag = response.headers.get("ETag") ?? ""; // only now: half an answer does not count
        await keep().catch(() => {}); // a full disk is no reason to stop
      }
      query(".boards").dataset.trueAt = time;
      localStorage.setItem(TRUE_AT, time);
      answeredAt = Date.now();
      // Another version of this program: load its page too.
      if (query(".boards").dataset.build !== BUILD && performance.now() > GROWN_UP) location.reload();
    }
  } catch {
    // No network: the screen goes on with what it has.
  }
  tick();
  setTimeout(ask, EVERY + Math.random() * JITTER);
}

function setClock(time) {
  offset = time - Date.now();
  localStorage.setItem(OFFSET, offset);
}

async function show(html, time) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const fresh = box.content.querySelector(".boards");
  if (!fresh) return;
  fresh.dataset.trueAt = time;
  query(".boards").replaceWith(fresh);
  minute = -1;
}

// For a start without network: the last answer, and what the page is made of.
async function keep() {
  if (!("caches" in window)) return;
  const store = await caches.open(KEPT);
  await store.put(screen.dataset.fragment, new Response(query(".boards").outerHTML));
}

async function startFromKept() {
  if (!("caches" in window)) return;
  const known = await caches.match(screen.dataset.fragment, { cacheName: KEPT });
  const time = Number(localStorage.getItem(TRUE_AT));
  if (known && time > Number(screen.dataset.now)) await show(await known.text(), time);
}

async function register() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(screen.dataset.worker);
  const { active } = await navigator.serviceWorker.ready;
  const named = all("link[href], script[src]", document).map((node) => node.href || node.src);
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name); // fonts too
  const own = [...named, ...loaded].filter((address) => new URL(address).pathname.startsWith("/static/"));
  active.postMessage({ keep: [location.href, ...new Set(own)], build: BUILD });
}

// A television goes to sleep if nobody touches it.
async function stayAwake() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => {});
}

query(".boards").dataset.trueAt = screen.dataset.now;
await startFromKept().catch(() => {});
tick();
setInterval(tick, 1000);
ask();
addEventListener("resize", fit);
document.fonts?.ready.then(fit);
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
register().catch(() => {});
