// The filters of the programme without loading a page: the same address, only the result changes.
// Without JavaScript, or if anything here fails, the form and its links work by themselves.

import { serverTime, timeOn } from "./clock.js";

const form = document.querySelector("[data-filters]");
let waiting = new AbortController();

if (form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await show(addressOf(form));
    // After a press on the button, show the result; on a phone it is below all the choices.
    const result = document.getElementById("resultaat");
    if (result.getBoundingClientRect().top > innerHeight / 2) result.scrollIntoView();
  });
  // Choices apply at once, typing after a pause. Neither moves the focus or the scroll position.
  form.addEventListener("change", () => show(addressOf(form)));
  let typing;
  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(typing);
    typing = setTimeout(() => show(addressOf(form)), 300);
  });
}

function addressOf(filters) {
  const chosen = [...new FormData(filters)].filter(([, value]) => value);
  return `${location.pathname}?${new URLSearchParams(chosen)}`;
}

async function show(address) {
  waiting.abort();
  waiting = new AbortController();
  try {
    const answer = await fetch(address, { signal: waiting.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const result = page.getElementById("resultaat");
    if (!result) throw new Error("no result");
    const here = document.getElementById("resultaat");
    // The sentence with the number stays the same element, so that it is read aloud.
    const count = here.querySelector(".programme-count");
    const newCount = result.querySelector(".programme-count");
    count.replaceChildren(...newCount.childNodes);
    newCount.replaceWith(count);
    here.replaceChildren(...result.childNodes);
    document.title = page.title;
    history.replaceState(null, "", address);
    document.dispatchEvent(new Event("programme-shown"));
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(address);
  }
}

// ---- the line for the time in the grid ----

let ahead = 0; // milliseconds that the server's clock is ahead of this device's

drawNow();
correctClock();
setInterval(drawNow, 60_000);
document.addEventListener("programme-shown", drawNow);

function drawNow() {
  document.querySelector(".now-line")?.remove();
  const grid = document.querySelector(".as-grid[data-day]");
  const at = grid && timeOn(grid.dataset, Date.now() + ahead);
  if (!at) return;
  const line = document.createElement("div");
  line.className = `now-line h-${at.hour} m-${Math.floor(at.minute / 5) * 5}`;
  line.ariaHidden = "true"; // the cards say the same in words
  line.append(Object.assign(document.createElement("span"), { textContent: grid.dataset.nu }));
  grid.append(line);
}

// In the grid, go to the line: the card that the link leads to may be far to the side.
document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-to-now]") && document.querySelector(".now-line");
  if (!line?.checkVisibility()) return;
  event.preventDefault();
  line.scrollIntoView({ block: "center", inline: "nearest" });
  line.closest(".as-grid").focus({ preventScroll: true });
});

async function correctClock() {
  if (!document.querySelector(".as-grid[data-day]")) return;
  const { day } = document.querySelector(".as-grid[data-day]").dataset;
  if (Math.abs(Date.parse(`${day}T12:00`) - Date.now()) > 2 * 86_400_000) return;
  const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
  const server = serverTime(answer?.headers.get("Date"));
  if (!Number.isNaN(server)) ahead = server - Date.now();
  drawNow();
}
