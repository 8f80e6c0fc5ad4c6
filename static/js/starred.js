// What a visitor wants to see, kept on this device by edition, without an account. If the device
// knows a ticket of that edition, the stars are kept with it too.

const BETWEEN = 5 * 60_000; // milliseconds between two exchanges with the ticket if nothing changed

// Returns the codes of the slots with a star.
export function starsOf(edition) {
  return new Set(read(edition).codes);
}

// Sets or removes a star, and tells the ticket if there is one.
export function setStar(edition, code, isOn) {
  write(edition, withStar(read(edition), code, isOn));
  return sync(edition);
}

function withStar(kept, code, isOn) {
  const without = (codes) => codes.filter((each) => each !== code);
  return {
    ...kept,
    codes: isOn ? [...without(kept.codes), code] : without(kept.codes),
    add: isOn ? [...without(kept.add), code] : without(kept.add),
    remove: isOn ? without(kept.remove) : [...without(kept.remove), code],
  };
}

// Exchanges stars if there is something to send or the last time was long ago: not on every page.
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
  // A ticket that does not know these stars yet gets all of them.
  const add = before.ticket === ticket.url ? before.add : before.codes;
  const sent = { add, remove: before.remove };
  const stars = await exchange(ticket.url, sent).catch(() => null);
  if (!stars) return;
  // Read again: somebody may have tapped meanwhile.
  write(edition, { ...merged(read(edition), sent, stars), ticket: ticket.url, at: Date.now() });
}

// Returns the ticket's stars with the changes made after `sent`, which are still to be sent.
function merged(kept, sent, stars) {
  const add = kept.add.filter((each) => !sent.add.includes(each));
  const remove = kept.remove.filter((each) => !sent.remove.includes(each));
  const codes = [...new Set([...stars, ...add])].filter((each) => !remove.includes(each));
  return { codes, add, remove };
}

async function exchange(address, changes) {
  const answer = await fetch(`${address}/sterren`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(changes),
  });
  return answer.ok ? (await answer.json()).stars : null;
}

function read(edition) {
  return { codes: [], add: [], remove: [], ticket: null, at: 0, ...readJson(`festival.stars.${edition}`, {}) };
}

function write(edition, stars) {
  localStorage.setItem(`festival.stars.${edition}`, JSON.stringify(stars));
}

function readJson(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

// ---- the tickets that were opened on this device ----

const MOST_TICKETS = 50;

// Returns the first ticket of this edition that the device opened, as { url, edition, label }.
export function ticketOf(edition) {
  const tickets = readJson("festival.tickets", []);
  const isOurs = (each) => each?.edition === edition && new URL(each.url, location).origin === location.origin;
  return Array.isArray(tickets) ? tickets.find(isOurs) : undefined;
}

// Remembers that the page of `ticket` was opened at `path`, in either language; forgets it if
// `ticket` is null because it is no longer valid. Stars go to the first ticket of an edition, and
// not to every ticket of somebody else that is shown here once.
export function rememberTicket(path, ticket) {
  const here = plainPath(path);
  const known = JSON.parse(localStorage.getItem("festival.tickets")) ?? [];
  const opened = ticket && { url: here, ...ticket };
  const tickets = known.map((each) => (plainPath(each.url) === here ? opened : each)).filter(Boolean);
  if (opened && !tickets.includes(opened)) tickets.push(opened);
  localStorage.setItem("festival.tickets", JSON.stringify(tickets.slice(-MOST_TICKETS)));
}

function plainPath(address) {
  return new URL(address, location).pathname.replace(/^\/en\//, "/");
}
