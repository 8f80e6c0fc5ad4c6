// The filters of the programme without loading a page: the same address, only the result changes.
// Without JavaScript, or when anything here fails, the form and its links do it by themselves.

const form = document.querySelector("[data-filters]");
let waiting = new AbortController();

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(addressOf(form));
  });
  // Choices show at once, typing after a breath. Nothing moves the focus or the scroll.
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
  } catch (problem) {
    if (problem.name !== "AbortError") location.assign(address);
  }
}
