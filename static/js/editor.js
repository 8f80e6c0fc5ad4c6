// The timetable editor: sends every action to the server and shows the day as it comes back.
// Without this file the same links and forms do the same, one page at a time. Dragging and moving
// with the keyboard are in editor_moving.js.

import { Changes, shortcut } from "./editor_changes.js";
import { startMoving } from "./editor_moving.js";
import { clock } from "./editor_placing.js";
import { holdsAll } from "./search.js";

const editor = document.querySelector("[data-editor]");
const board = editor?.querySelector("[data-board]");
const said = editor?.dataset;
const POLL_MS = 15000;

const changes = new Changes();
const { undoable, redoable } = changes;
let moving = null;
let waitingBoard = null;

if (board) start();

function start() {
  moving = startMoving(editor, board, { place, takeOff, announce, ended: showWaiting });
  prepare();
  editor.querySelector("[data-hint]").hidden = false;
  // This page can also undo what the previous page did.
  for (const [name, stack, other] of [["undo", undoable, redoable], ["redo", redoable, undoable]]) {
    const button = editor.querySelector(`[data-${name}]`);
    button.hidden = false;
    button.addEventListener("click", () => turnBack(stack, other));
  }
  takeOver(editor.querySelector("[data-undo-form]"));
  document.addEventListener("keydown", shortcuts);
  board.addEventListener("submit", sendForm);
  board.addEventListener("input", search);
  board.addEventListener("click", showCard);
  setInterval(poll, POLL_MS);
  document.addEventListener("visibilitychange", poll);
}

// ---- actions ----

function place(card, { stage, starts, minutes, day }) {
  const fields = { day: day ?? said.day, stage, starts: clock(starts), ends: clock(starts + minutes), anyway: "1" };
  return act({ url: card.dataset.url, fields, ...seen(card) });
}

function takeOff(card) {
  return act({ url: card.dataset.offUrl, fields: {}, ...seen(card) });
}

function seen(card) {
  const { code = "", version = "0" } = card.dataset;
  return { code, version: changes.versionOf(code, Number(version)) };
}

async function act(action, to = undoable) {
  const answer = await send(action);
  if (!answer?.ok) return null;
  changes.record(action, answer, to);
  redraw(answer);
  announce([answer.said, answer.clashes.length ? fill(said.saidClashes, { clashes: answer.clashes.join(" ") }) : ""].join(" "));
  return answer;
}

// Undo is a change like any other, so undoing an undo is redo.
async function turnBack(from, to) {
  const action = from.pop();
  showStacks();
  if (!action) return;
  const answer = await act({ ...action, isRedone: true }, to);
  if (answer) changes.leadOn(from, action, answer.slot);
  if (answer && to === redoable) announce(said.saidUndone);
  showStacks();
}

async function send({ url, fields, version }) {
  const body = new URLSearchParams({ ...fields, version, shown: said.day });
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": said.csrf },
      body,
    });
    const told = await answer.json();
    if (answer.ok) {
      complain("");
      return told;
    }
    complain(told.message ?? told.response?.errors?.join(" ") ?? answer.statusText);
    if (told.board) redraw(told);
    else {
      moving.forget();
      if (answer.status === 409) await refresh(); // it is gone
    }
  } catch {
    complain(said.saidLost);
    moving.forget();
  }
  return null;
}

// A form on the board itself (accept a clash, warn of it again).
async function sendForm(event) {
  const form = event.target.closest("[data-live-form]");
  if (!form) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  delete fields.csrf_token;
  await act({ url: form.action, fields, code: "", version: 0 });
}

// What the previous page can undo, which came as a form.
function takeOver(form) {
  if (!form) return;
  const { csrf_token: _token, ...fields } = Object.fromEntries(new FormData(form));
  changes.takeOver(form.action, fields);
  form.remove();
  showStacks();
}

function shortcuts(event) {
  const wanted = event.target.closest("input, textarea, select") ? null : shortcut(event);
  if (!wanted) return;
  event.preventDefault();
  if (wanted === "redo") turnBack(redoable, undoable);
  else turnBack(undoable, redoable);
}

function showStacks() {
  editor.querySelector("[data-undo]").disabled = !undoable.length;
  editor.querySelector("[data-redo]").disabled = !redoable.length;
}

// ---- what is shown ----

function redraw({ board: html, draft_version: version }) {
  if (moving.isBusy()) {
    waitingBoard = { board: html, draft_version: version };
    return;
  }
  waitingBoard = null;
  const keep = remembered();
  board.innerHTML = html; // drawn by our own template
  board.dataset.draft = version;
  prepare();
  restore(keep);
  showStacks();
}

function showWaiting() {
  if (waitingBoard) redraw(waitingBoard);
}

function prepare() {
  for (const grip of board.querySelectorAll("[data-grip]")) grip.hidden = false;
  const button = board.querySelector("[data-search] button");
  if (button) button.hidden = true;
  moving.redrawn();
}

// Redrawing keeps what the maker was doing: scrolling, the focus, what is open or half typed.
function remembered() {
  const focused = board.contains(document.activeElement) ? document.activeElement : null;
  return {
    scrolled: [...board.querySelectorAll("[data-scroll], .editor-side")].map((each) => [name(each), each.scrollLeft, each.scrollTop]),
    open: [...board.querySelectorAll("details[open]")].map((each) => each.id),
    typed: [...board.querySelectorAll("input[id]")].filter((each) => each.value).map((each) => [each.id, each.value]),
    focus: focused?.id || null,
    card: focused?.closest("[data-code]")?.dataset.code || null,
  };
}

function restore({ scrolled, open, typed, focus, card }) {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, value] of typed) {
    const input = document.getElementById(id);
    if (input) input.value = value;
  }
  search({ target: board.querySelector("[data-search] [type=search]") });
  for (const [key, left, top] of scrolled) {
    const each = board.querySelector(key);
    if (each) Object.assign(each, { scrollLeft: left, scrollTop: top });
  }
  const again = (focus && document.getElementById(focus)) || (card && board.querySelector(`[data-code="${card}"] [data-grip]`));
  again?.focus({ preventScroll: true });
}

function name(scrolling) {
  return scrolling.dataset.scroll ? `[data-scroll="${scrolling.dataset.scroll}"]` : ".editor-side";
}

function announce(text) {
  editor.querySelector("[data-live]").textContent = text;
}

function complain(text) {
  const place = editor.querySelector("[data-say]");
  place.replaceChildren();
  if (!text) return;
  const notice = editor.querySelector("template[data-bad]").content.cloneNode(true);
  const sentence = notice.querySelector("p");
  sentence.lastChild.textContent = ` ${text}`;
  place.append(notice);
  place.scrollIntoView({ block: "nearest" });
}

function showCard(event) {
  const link = event.target.closest("[data-show]");
  const card = link && document.getElementById(`m-${link.dataset.show}`);
  if (!card) return;
  event.preventDefault();
  card.scrollIntoView({ block: "center", inline: "center" });
  card.classList.remove("shown");
  requestAnimationFrame(() => card.classList.add("shown"));
  card.querySelector("[data-grip]").focus({ preventScroll: true });
}

function search({ target }) {
  if (!target?.closest?.("[data-search]")) return;
  for (const each of board.querySelectorAll(".waiting")) each.hidden = !holdsAll(each.dataset.words, target.value);
}

// ---- others who work on it at the same time ----

async function poll() {
  if (document.hidden) return;
  try {
    const answer = await fetch(said.versionUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { draft_version: version } = await answer.json();
    if (version <= Number(board.dataset.draft)) return;
  } catch {
    return; // no connection: the next action says so
  }
  if (moving.isBusy() || board.querySelector("details[open] input:focus")) offer();
  else await refresh();
}

function offer() {
  const place = editor.querySelector("[data-say]");
  if (place.querySelector("[data-refresh]")) return;
  place.replaceChildren(editor.querySelector("template[data-changed]").content.cloneNode(true));
  place.querySelector("[data-refresh]").addEventListener("click", () => {
    moving.forget();
    refresh();
  });
}

async function refresh() {
  let page;
  try {
    const answer = await fetch(location.href);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    complain(said.saidLost);
    return;
  }
  const newer = page.querySelector("[data-board]");
  if (!newer) {
    location.reload(); // signed out, or the last stage is gone
    return;
  }
  // A refusal stays to be read; the notice of changes is no longer needed.
  if (editor.querySelector("[data-refresh]")) complain("");
  redraw({ board: newer.innerHTML, draft_version: newer.dataset.draft });
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
}
