// Stars: a button at each moment on a page, which keeps the moment in `mijn dag` (starred.js).

import { overlap, programmeAt } from "./moments.js";
import { setStar, starsOf, syncWhenDue } from "./starred.js";

const MARK =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2.5l2.9 6.2 6.8.8-5 4.7 1.3 6.7-6-3.3-6 3.3 1.3-6.7-5-4.7 6.8-.8z"/></svg>';

const said = document.querySelector("[data-stars]");
if (said && canKeep()) {
  addButtons();
  document.addEventListener("programme-shown", addButtons);
  addEventListener("storage", showStars); // set on another tab
  syncWhenDue(said.dataset.edition).then(showStars);
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
  // So that the page about it can be read without network too; offline.js starts the worker.
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
