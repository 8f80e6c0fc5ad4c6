// Moving cards over the timetable: by dragging (interact.js: mouse, pen and touch, scrolling at the
// edges), with the keyboard, or with a click on the card and one on its new place.

import {
  clock,
  drawn,
  fitting,
  hours,
  isSame,
  minuteAt,
  quarterAfter,
  quarterBefore,
  STEP,
  stepped,
  stretched,
} from "./editor_placing.js";

const HOLD_MS = 300;

/* startMoving(editor, board, actions) → { isBusy, forget, redrawn }
   actions: place(card, {stage, starts, minutes, day?}), takeOff(card), announce(text), and ended(),
   called when nothing is being moved any more. Places and times are those of editor_placing.js. */
export function startMoving(editor, board, actions) {
  const said = editor.dataset;
  const wide = matchMedia("(min-width: 900px)");
  // What is being moved: { card, target, isPicked } while it is dragged, stretched or picked up.
  let moved = null;
  let ghost = null;
  let swallowClick = false;

  // ---- where things are ----

  const columns = () => [...board.querySelectorAll("[data-stage]")];

  function measures() {
    const { firstHour, lastHour } = board.querySelector("[data-sheet]").dataset;
    const [first, last] = [firstHour * 60, lastHour * 60];
    const column = columns()[0].getBoundingClientRect();
    return { first, last, row: (column.height / (last - first)) * STEP };
  }

  function minuteIn(column, y) {
    return minuteAt(y - column.getBoundingClientRect().top, measures());
  }

  function now(card) {
    const column = card.closest("[data-stage]");
    return column && { column, starts: Number(card.dataset.starts), minutes: Number(card.dataset.minutes) };
  }

  // ---- showing it ----

  function show(target) {
    const preview = board.querySelector("[data-preview]");
    moved.target = target;
    preview.hidden = !target;
    if (!target) return;
    const { first, row } = measures();
    target.column.append(preview);
    preview.style.top = `${((target.starts - first) / STEP) * row}px`;
    preview.style.height = `${(target.minutes / STEP) * row}px`;
    preview.firstElementChild.textContent = hours(target);
  }

  function forget() {
    ghost?.remove();
    ghost = null;
    moved?.card.classList.remove("picked");
    moved = null;
    board.classList.remove("dragging");
    board.querySelector(".leaving")?.classList.remove("leaving");
    const preview = board.querySelector("[data-preview]");
    if (preview) preview.hidden = true;
    actions.ended();
  }

  // Ends the move before the action begins. The preview stays until the day is redrawn.
  function drop(day) {
    const { card, target } = moved;
    const isHere = isSame(target, now(card)) && !day;
    const preview = board.querySelector("[data-preview]");
    forget();
    if (!target || isHere) {
      actions.announce(said.saidPutBack);
      return;
    }
    preview.hidden = false;
    actions.place(card, { stage: target.column.dataset.stage, starts: target.starts, minutes: target.minutes, day });
  }

  function takeOff() {
    const { card } = moved;
    forget();
    if (card.dataset.offUrl) actions.takeOff(card);
  }

  // ---- dragging ----

  function startDrag(event) {
    const card = event.target;
    if (moved) forget();
    const box = card.getBoundingClientRect();
    moved = { card, target: null, grabbed: { x: event.clientX0 - box.left, y: event.clientY0 - box.top } };
    ghost = card.cloneNode(true);
    ghost.removeAttribute("id");
    ghost.classList.add("dragged");
    ghost.style.width = `${Math.min(box.width, 260)}px`;
    ghost.style.maxHeight = `${Math.min(box.height, 160)}px`;
    editor.append(ghost);
    card.classList.add("picked");
    board.classList.add("dragging");
  }

  function drag(event) {
    if (!moved) return;
    const { card, grabbed } = moved;
    const { clientX: x, clientY: y } = event;
    ghost.style.left = `${x - Math.min(grabbed.x, 240)}px`;
    ghost.style.top = `${y - Math.min(grabbed.y, 140)}px`;
    const under = document.elementFromPoint(x, y);
    const side = under?.closest(".editor-side");
    board.querySelector(".leaving")?.classList.remove("leaving");
    if (side && card.dataset.offUrl) side.classList.add("leaving");
    const sheet = board.querySelector(".board").getBoundingClientRect();
    const isInside = x > sheet.left && x < sheet.right && y > sheet.top && y < sheet.bottom;
    const column = isInside && columns().find((each) => isAcross(each, x));
    const top = card.matches(".placed") ? y - grabbed.y : y - 8;
    const minutes = Number(card.dataset.minutes);
    show(column ? fitting({ column, starts: minuteIn(column, top), minutes }, measures()) : null);
  }

  function endDrag(event) {
    if (!moved) return;
    swallow();
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const tab = under?.closest(".tabs a");
    const day = tab && new URL(tab.href).searchParams.get("dag");
    const { card } = moved;
    if (day && day !== said.day && now(card)) {
      moved.target = now(card);
      drop(day);
    } else if (under?.closest(".editor-side")) takeOff();
    else drop();
  }

  function isAcross(column, x) {
    const { left, right } = column.getBoundingClientRect();
    return x >= left && x < right;
  }

  function startStretch(event) {
    if (moved) forget();
    moved = { card: event.target, target: now(event.target) };
    board.classList.add("dragging");
  }

  function stretch(event) {
    if (!moved) return;
    const from = now(moved.card);
    show(stretched(from, minuteIn(from.column, event.clientY), measures()));
  }

  function endStretch() {
    if (!moved) return;
    swallow();
    drop();
  }

  // Ignores the click that ends a drag.
  function swallow() {
    swallowClick = true;
    setTimeout(() => (swallowClick = false));
  }

  // Each redraw makes a new box that scrolls. On a narrow screen the stages are lists, where a
  // position has no time: there the form asks for it.
  function redrawn() {
    const enabled = wide.matches;
    const autoScroll = { container: board.querySelector(".board"), margin: 48, speed: 500 };
    globalThis.interact?.(".placed, .waiting").draggable({ enabled, autoScroll });
    globalThis.interact?.(".placed").resizable({ enabled });
  }

  // A finger that swipes over a card scrolls; one that rests on it first drags it.
  function takeTime({ pointerType }) {
    const hold = pointerType === "touch" ? HOLD_MS : 0;
    globalThis.interact?.(".placed, .waiting").draggable({ enabled: wide.matches, hold });
  }

  function stay(event) {
    if (moved && !moved.isPicked && event.cancelable) event.preventDefault();
  }

  function listen() {
    // If the browser could not load interact.js, the keyboard and the forms still work.
    if (!globalThis.interact) return;
    interact(".placed, .waiting").draggable({
      ignoreFrom: "a, .edge",
      listeners: { start: startDrag, move: drag, end: endDrag },
    });
    interact(".placed").resizable({
      edges: { bottom: ".edge" },
      listeners: { start: startStretch, move: stretch, end: endStretch },
    });
  }

  // ---- keyboard, and clicking twice ----

  function pickUp(card) {
    if (moved) forget();
    moved = { card, isPicked: true };
    card.classList.add("picked");
    show(fitting(now(card) ?? firstFree(card), measures()));
    actions.announce(fill(said.saidPicked, { what: card.dataset.title }));
  }

  // Where a card without a place begins: at the top left of what is in view.
  function firstFree(card) {
    const box = board.querySelector(".board").getBoundingClientRect();
    const inView = columns().find((each) => each.getBoundingClientRect().left >= box.left + 40) ?? columns()[0];
    const head = inView.getBoundingClientRect().top > box.top ? inView.getBoundingClientRect().top : box.top + 60;
    return { column: inView, starts: quarterAfter(minuteIn(inView, head)), minutes: Number(card.dataset.minutes) };
  }

  function keys(event) {
    const { key } = event;
    if (moved && key === "Escape") {
      event.preventDefault();
      forget();
      actions.announce(said.saidPutBack);
    }
    if (!moved?.isPicked || event.target.closest("input, textarea, select")) return;
    const target = stepped(moved.target, event, columns());
    if (key === "Delete" || key === "Backspace") takeOff();
    else if (key === "Tab") return forget();
    else if (target) step(target);
    else return;
    event.preventDefault();
  }

  function step(target) {
    show(fitting(target, measures()));
    board.querySelector("[data-preview]").scrollIntoView({ block: "nearest", inline: "nearest" });
    const stage = moved.target.column.dataset.name;
    actions.announce(fill(said.saidAt, { stage, hours: hours(moved.target) }));
  }

  function click(event) {
    if (swallowClick || !wide.matches) return;
    const card = event.target.closest("[data-grip]")?.closest(".placed, .waiting");
    const isByKeyboard = event.detail === 0;
    const column = event.target.closest("[data-stage]");
    if (!moved?.isPicked) {
      if (card) pickUp(card);
    } else if (isByKeyboard && card) {
      if (card === moved.card) drop();
      else pickUp(card);
    } else if (card === moved.card) forget();
    else if (column) {
      const starts = quarterBefore(minuteIn(column, event.clientY));
      show(fitting({ column, starts, minutes: moved.target.minutes }, measures()));
      drop();
    } else if (card) pickUp(card);
  }

  // ---- a break or blocker: drawn with the mouse on an empty spot ----

  function draw(event) {
    const column = event.target.closest("[data-stage]");
    if (!wide.matches || !column || event.button !== 0 || event.pointerType !== "mouse" || moved) return;
    if (event.target.closest(".placed")) return;
    const begun = event.clientY;
    const from = minuteIn(column, begun);
    const follow = ({ clientY }) => {
      if (!moved && Math.abs(clientY - begun) < 8) return;
      moved ??= { card: column, target: null };
      show(fitting(drawn(column, from, minuteIn(column, clientY)), measures()));
    };
    const finish = () => {
      removeEventListener("pointermove", follow);
      removeEventListener("pointerup", finish);
      removeEventListener("pointercancel", finish);
      const target = moved?.card === column && moved.target;
      if (moved?.card === column) forget();
      if (!target) return;
      swallow();
      const [starts, ends] = [clock(target.starts), clock(target.starts + target.minutes)];
      const where = new URLSearchParams({ dag: said.day, van: starts, tot: ends, podium: column.dataset.stage });
      location.assign(`${said.blockUrl}?${where}`);
    };
    addEventListener("pointermove", follow);
    addEventListener("pointerup", finish);
    addEventListener("pointercancel", finish);
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  }

  listen();
  wide.addEventListener("change", () => {
    if (moved) forget();
    redrawn();
  });
  addEventListener("pointerdown", takeTime, true); // before interact.js looks
  board.addEventListener("touchmove", stay, { passive: false });
  board.addEventListener("contextmenu", stay);
  document.addEventListener("keydown", keys);
  board.addEventListener("click", click);
  board.addEventListener("pointerdown", draw);
  return { isBusy: () => moved !== null, forget, redrawn };
}
