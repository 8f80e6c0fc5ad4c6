// Mijn dag: what is starred on this device, drawn from the programme as JSON; also without network.

import { written } from "./clock.js";
import { daysWith, isNow, isPast, overlap, programmeAt, tightWalk } from "./moments.js";
import "./offline.js";
import { setStar, starsOf, syncWhenDue, ticketOf } from "./starred.js";

const page = document.querySelector("[data-my-day]");
const { edition, calendar } = page.dataset;
const shared = new URLSearchParams(location.search).get("s")?.split(",").filter(Boolean);
const find = (selector) => page.querySelector(selector);

document.querySelector("[data-without]").hidden = true;
page.hidden = false;
find("[data-own]").hidden = Boolean(shared);
find("[data-take-over]").addEventListener("click", takeOver);
find("[data-share]").addEventListener("click", share);
find("[data-days]").addEventListener("click", remove);
let known;
load();
syncWhenDue(edition).then(() => known && show());

async function load() {
  try {
    known = await programmeAt(page.dataset.programme);
  } catch {
    page.dataset.failed = "";
    return;
  }
  show();
}

function show() {
  const { programme, at, isKept } = known;
  const days = daysWith(new Set(shared ?? starsOf(edition)), programme);
  find("[data-days]").replaceChildren(...days.map((day) => drawDay(day, programme)));
  const codes = days.flatMap((day) => day.moments.map((each) => each.code));
  find("[data-empty]").hidden = codes.length > 0;
  find("[data-ways]").hidden = codes.length === 0;
  find("[data-shared]").hidden = !shared;
  find("[data-calendar-link]").href = `${calendar}?s=${codes}`;
  find("[data-age] time").textContent = written(at, document.documentElement.lang, {
    zone: programme.zone,
    pattern: find("[data-age]").dataset.pattern,
  });
  find("[data-age]").hidden = false;
  find("[data-offline]").hidden = !isKept;
  const ticket = ticketOf(edition);
  find("[data-ticket]").hidden = !ticket || Boolean(shared);
  find("[data-here]").hidden = Boolean(ticket);
  if (ticket) find("[data-ticket] a").href = ticket.url;
}

function drawDay(day, programme) {
  const drawn = copy("mijn-dag-dag");
  drawn.querySelector("h2").textContent = day.label[0].toUpperCase() + day.label.slice(1);
  const points = day.moments.map((moment) => drawPoint(moment, notesOn(moment, day.moments, programme)));
  drawn.querySelector("ol").append(...points);
  return drawn;
}

function drawPoint(moment, notes) {
  const point = copy("mijn-dag-punt");
  const fill = (selector, text) => Object.assign(point.querySelector(selector), { textContent: text });
  const now = Date.now();
  point.id = `p-${moment.code}`;
  point.classList.toggle("past", isPast(moment, now));
  point.classList.toggle("now", isNow(moment, now));
  point.querySelector("[data-is-now]").hidden = !isNow(moment, now);
  point.classList.toggle("thread-cancelled", Boolean(moment.is_cancelled));
  fill("time", moment.time).dateTime = moment.from;
  fill("[data-was]", moment.was ?? "").parentElement.hidden = !moment.was;
  const link = Object.assign(fill(".thread-what a", moment.title), { href: moment.url });
  if (moment.lang) link.lang = moment.lang;
  point.querySelector("[data-kind]").prepend(copy(`soort-${moment.kind}`));
  fill("[data-where]", moment.stage_name);
  fill("[data-name]", moment.title.replaceAll("\u00ad", ""));
  point.querySelector("[data-remove]").dataset.remove = moment.code;
  point.querySelector("[data-remove]").hidden = Boolean(shared);
  point.querySelector(".states").append(...(moment.states ?? []).map(drawState), ...notes);
  return point;
}

function drawState(state) {
  const drawn = copy(`state-${state.shape}`);
  drawn.querySelector("[data-words]").textContent = state.words;
  drawn.querySelector(".state-reason").textContent = state.reason ?? "";
  drawn.querySelector("[data-lead]").textContent = state.lead ?? "";
  const link = drawn.querySelector("a");
  if (state.url) Object.assign(link, { href: state.url, textContent: state.link });
  else link.remove();
  return drawn;
}

// What clashes with `moment`: at the same time, or too far away from what is before it.
function notesOn(moment, moments, programme) {
  const notes = moments.filter((each) => overlap(moment, each)).map((other) => {
    const note = copy("mijn-dag-overlap");
    const link = Object.assign(document.createElement("a"), { href: `#p-${other.code}`, textContent: other.title });
    note.querySelector("[data-other]").append(link, ` (${other.time})`);
    return note;
  });
  const tight = tightWalk(moment, moments, programme);
  if (tight) {
    const note = copy("mijn-dag-lopen");
    const text = note.querySelector("[data-text]");
    text.textContent = text.dataset.text.replace("{gap}", tight.gap).replace("{from}", tight.from).replace("{walk}", tight.walk);
    notes.push(note);
  }
  return notes;
}

function remove(event) {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  const points = [...page.querySelectorAll("[data-remove]")];
  const at = points.indexOf(button);
  setStar(edition, button.dataset.remove, false);
  show();
  // Keyboard users go on where the button was.
  const left = page.querySelectorAll("[data-remove]");
  (left[Math.min(at, left.length - 1)] ?? find("[data-empty] a")).focus();
}

async function takeOver() {
  await Promise.all(shared.map((code) => setStar(edition, code, true)));
  location.assign(location.pathname);
}

async function share(event) {
  const codes = new URL(find("[data-calendar-link]").href).searchParams.get("s");
  const url = `${location.origin}${location.pathname}?s=${codes}`;
  if (navigator.share) await navigator.share({ title: document.title, url }).catch(() => {});
  else {
    await navigator.clipboard.writeText(url);
    find("[data-said]").textContent = event.target.textContent = event.target.dataset.copied;
  }
}

function copy(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}
