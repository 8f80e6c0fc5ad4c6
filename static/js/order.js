// The order's page: this device knows the buyer's own tickets from now on, to book with them.

import { rememberTicket } from "./starred.js";

for (const { dataset } of document.querySelectorAll("[data-kaartje-van]")) {
  try {
    rememberTicket(dataset.kaartjeVan, { edition: dataset.editie, label: dataset.naam });
  } catch {
    // A device that stores nothing still shows its tickets.
  }
}
