// Stars: what somebody wants to see, kept on this device by edition; no account. Where the device
// knows a ticket of that edition (ticket.js noted its address), the stars are kept with it too.

const BETWEEN = 5 * 60_000; // milliseconds between two exchanges with the ticket without news

const MARK =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2.5l2.9 6.2 6.8.8-5 4.7 1.3 6.7-6-3.3-6 3.3 1.3-6.7-5-4.7 6.8-.8z"/></svg>';

// The codes of the slots with a star.
export function starsOf(edition) {
  return new Set(read(edition).codes);
}

// Sets or takes a star, and tells the ticket when there is one.
export function setStar(edition, code, isOn) {
  const kept = read(edition);
  const without = (codes) => codes.filter((each) => each !== code);
  write(edition, {
    ...kept,
    codes: isOn ? [...without(kept.codes), code] : without(kept.codes),
    add: isOn ? [...without(kept.add), code] : without(kept.add),
    remove: isOn ? without(kept.remove) : [...without(kept.remove), code],
  });
  return sync(edition);
}

// The ticket of this edition that the device opened last, as {url, edition, label}.
export function ticketOf(edition) {
  const tickets = readJson("festival.tickets", []);
  const isOurs = (each) => each?.edition === edition && new URL(each.url, location).origin === location.origin;
  return Array.isArray(tickets) ? tickets.find(isOurs) : undefined;
}

// The same, when there is something to send or the last time was long ago: not with every page.
export async function syncWhenDue(edition) {
  const { add, remove, ticket, at } = read(edition);
  const isNew = add.length + remove.length > 0 || ticket !== (ticketOf(edition)?.url ?? null);
  if (isNew || Date.now() - at > BETWEEN) await sync(edition);
}

let last = Promise.resolve();
let next = null;

// Exchanges stars with the ticket; what was not sent yet waits for the next time. One exchange after
// the other: an older answer that comes later would take away what was starred meanwhile.
export function sync(edition) {
  next ??= last.then(() => {
    next = null;
    return syncNow(edition);
  });
  last = next.catch(() => {});
  return next;
}

async function syncNow(edition) {
  const ticket = ticketOf(edition);
  if (!ticket) return;
  const before = read(edition);
  // A ticket that these stars were never kept with gets all of them.
  const add = before.ticket === ticket.url ? before.add : before.codes;
  const { remove } = before;
  const stars = await exchange(ticket.url, { add, remove }).catch(() => null);
  if (!stars) return;
  const now = read(edition); // somebody may have tapped meanwhile
  const later = { add: now.add.filter((each) => !add.includes(each)), remove: now.remove.filter((each) => !remove.includes(each)) };
  const codes = [...new Set([...stars, ...later.add])].filter((each) => !later.remove.includes(each));
  write(edition, { codes, ...later, ticket: ticket.url, at: Date.now() });
}

async function exchange(address, changes) {
  const answer = await fetch(`${address}/sterren`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(changes),
  });
  return answer.ok ? (await answer.json()).stars : null;
}

// The programme as JSON, when it came from the server, and whether it was kept since then.
export async function programmeAt(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  const kept = answer.headers.get("X-Bewaard");
  return { programme: await answer.json(), at: kept ? new Date(kept) : new Date(), isKept: Boolean(kept) };
}

// Whether somebody cannot be at both as a whole.
export function overlap(one, other) {
  const are = one !== other && one.is_whole && other.is_whole && !one.is_cancelled && !other.is_cancelled;
  return Boolean(are) && Date.parse(one.from) < Date.parse(other.until) && Date.parse(other.from) < Date.parse(one.until);
}

function read(edition) {
  return { codes: [], add: [], remove: [], ticket: null, at: 0, ...readJson(`festival.stars.${edition}`, {}) };
}

function readJson(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(edition, stars) {
  localStorage.setItem(`festival.stars.${edition}`, JSON.stringify(stars));
}

function canKeep() {
  try {
    localStorage.setItem("festival.test", "1");
    localStorage.removeItem("festival.test");
    return true;
  } catch {
    return false; // the browser keeps nothing for us
  }
}

// ---- on pages with moments: a button at each ----

const said = document.querySelector("[data-stars]");
if (said && canKeep()) {
  addButtons();
  document.addEventListener("programme-shown", addButtons);
  addEventListener("storage", showStars); // set on another tab
  syncWhenDue(said.dataset.edition).then(showStars);
}

function addButtons() {
  for (const moment of document.querySelectorAll("[data-moment]")) {
    if (moment.querySelector(":scope > .star")) continue;
    const title = moment.querySelector(".card-title")?.textContent ?? document.querySelector("h1").textContent;
    const button = document.createElement("button");
    button.className = "star";
    button.type = "button";
    button.innerHTML = MARK;
    button.setAttribute("aria-label", `${said.dataset.star}: ${title.replaceAll("\u00ad", "").trim()}`);
    button.addEventListener("click", () => toggle(moment.dataset.moment, button));
    moment.append(button);
  }
  showStars();
}

function showStars() {
  const stars = starsOf(said.dataset.edition);
  for (const button of document.querySelectorAll("[data-moment] > .star")) {
    button.setAttribute("aria-pressed", String(stars.has(button.parentElement.dataset.moment)));
  }
}

async function toggle(code, button) {
  const isOn = button.getAttribute("aria-pressed") !== "true";
  setStar(said.dataset.edition, code, isOn).then(showStars);
  showStars();
  say(isOn ? said.dataset.kept : said.dataset.removed);
  if (!isOn) return;
  const page = button.parentElement.querySelector(".card-title a")?.href ?? location.href;
  // So that what it is about can be read without network too; offline.js starts the worker.
  navigator.serviceWorker?.ready.then(({ active }) => active.postMessage({ keepProgramme: { pages: [page] } }));
  const other = await overlapping(code).catch(() => null);
  if (other) say(`${said.dataset.kept} ${said.dataset.overlaps.replace("{}", other.title)}`);
}

async function overlapping(code) {
  const { programme } = await programmeAt(said.dataset.programme);
  const stars = starsOf(said.dataset.edition);
  const moments = programme.days.flatMap((day) => day.moments).filter((each) => stars.has(each.code));
  const mine = moments.find((each) => each.code === code);
  return mine && moments.find((each) => overlap(mine, each));
}

let silence;
function say(words) {
  const link = Object.assign(document.createElement("a"), { href: said.dataset.mine, textContent: said.dataset.look });
  said.replaceChildren(`${words} `, link);
  clearTimeout(silence);
  silence = setTimeout(() => said.contains(document.activeElement) || said.replaceChildren(), 12_000);
}
