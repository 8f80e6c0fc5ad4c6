// Selling at a gate: the sum follows the number, and what was typed stays when the network fails.
const amount = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });
let busy = false;

ready();
document.addEventListener("change", (event) => event.target.closest("[data-sale]") && showTotal());
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sale]")) send(event);
});

function ready() {
  document.querySelector("[data-sum]")?.setAttribute("hidden", "");
  showTotal();
}

function showTotal() {
  const form = document.querySelector("[data-sale]");
  const number = form?.elements.number.value;
  if (!number) return;
  let cents = form.dataset.unit * number;
  for (const extra of form.querySelectorAll("[data-extra]")) cents += extra.dataset.extra * extra.querySelector("select").value;
  document.querySelector("[data-total]").textContent = amount.format(cents / 100);
}

// The same form again sells nothing more, so whoever does not know what became of it sends it again.
async function send(event) {
  event.preventDefault();
  const by = event.submitter?.value;
  if (!by || busy) return; // Enter in a field says not how it was paid
  busy = true;
  const sent = new FormData(event.target);
  sent.append("paid_by", by);
  try {
    const answer = await fetch(location.href, { method: "POST", body: sent, signal: AbortSignal.timeout(15000) });
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (answer.redirected) return location.assign(answer.url);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    const problem = document.querySelector("[data-lost]").content.cloneNode(true);
    document.querySelector("[data-problems]").replaceChildren(problem);
    document.querySelector("[data-problems] [role=alert]").focus();
  }
  busy = false;
}

function show(page) {
  document.querySelector("main").replaceWith(page.querySelector("main"));
  ready();
  document.querySelector(".error-summary")?.focus();
}
