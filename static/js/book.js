// The page of a workshop, on a device that knows a ticket: book with it here, in one tap. What it
// clashes with and what can be done then comes from the ticket's own page, before the tap.

import { ticketOf } from "./starred.js";

const { edition } = document.querySelector("[data-stars]").dataset;
const ticket = known();
if (ticket) {
  for (const place of document.querySelectorAll("[data-boek]")) show(place).catch(() => {}); // the link stays
}

function known() {
  try {
    return ticketOf(edition);
  } catch {
    return undefined; // the browser keeps nothing for us
  }
}

async function show(place) {
  const language = document.documentElement.lang === "en" ? "/en" : "";
  const answer = await fetch(`${language}${ticket.url}/boeken/${place.dataset.boek}`);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector("[data-plek]");
  if (part) place.replaceChildren(part);
}
