// The shop and the order form: what it costs together, and which chosen places clash, at once.
// Without JavaScript the next page says the sum, and the server says what clashes.

for (const form of document.querySelectorAll("form[data-telt]")) {
  form.addEventListener("change", () => show(form));
  addEventListener("pageshow", () => show(form)); // the back button fills it in again
  show(form);
}

function show(form) {
  const sum = form.querySelector("[data-som]");
  const counted = form.querySelector("[data-centen]") ? tickets(form, sum.dataset) : places(form, sum.dataset);
  sum.querySelector("[data-plekken]")?.remove();
  if (form.querySelector("[data-centen]")) {
    sum.textContent = counted;
    sum.hidden = !counted;
  } else if (counted) {
    const more = Object.assign(document.createElement("span"), { textContent: ` · ${counted}` });
    more.dataset.plekken = "";
    sum.append(more);
  }
  for (const list of form.querySelectorAll("[data-botst]")) showClashes(list);
}

function tickets(form, words) {
  const selects = [...form.querySelectorAll("[data-centen]")];
  const number = selects.reduce((sum, select) => sum + Number(select.value), 0);
  const cents = selects.reduce((sum, select) => sum + price(Number(select.value), priceOf(form, select.dataset)), 0);
  if (!number) return "";
  const money = new Intl.NumberFormat(words.taal, { style: "currency", currency: "EUR" }).format(cents / 100);
  return `${counting(number, words)} · ${cents ? money : words.gratis}`;
}

// What a ticket costs: where buyers choose it themselves, what they chose.
function priceOf(form, prices) {
  const level = prices.zelf && form.querySelector(`[name="prijs-${prices.zelf}"]:checked`);
  if (!level) return prices;
  const typed = form.querySelector(`[name="bedrag-${prices.zelf}"]`).value.replace(/[^\d,.]/g, "").replace(",", ".");
  return { ...prices, centen: level.dataset.cent ?? (Math.round(Number(typed) * 100) || 0) };
}

// What so many cost: a code may be good for some of them.
function price(number, { centen, metCode = centen, metCodeHoogstens = 0 }) {
  const cheaper = Math.min(number, Number(metCodeHoogstens));
  return cheaper * Number(metCode) + (number - cheaper) * Number(centen);
}

function places(form, words) {
  const number = form.querySelectorAll("[data-van]:checked").length;
  return number ? counting(number, words) : "";
}

function counting(number, words) {
  return number === 1 ? words.een : words.meer.replace("{}", number);
}

// Says at each chosen place of one ticket what else was chosen at that time.
function showClashes(list) {
  const chosen = [...list.querySelectorAll("[data-van]:checked")];
  for (const box of list.querySelectorAll("[data-van]")) {
    const said = box.closest("label").querySelector(".choose-clash");
    const others = chosen.filter((other) => box.checked && other !== box && overlap(box.dataset, other.dataset));
    said.textContent = others.length ? `${list.dataset.botst} ${others.map((each) => each.dataset.titel).join(", ")}` : "";
    box.closest("label").classList.toggle("choose-clashing", others.length > 0);
  }
}

function overlap(one, other) {
  return Number(one.van) < Number(other.tot) && Number(other.van) < Number(one.tot);
}
