// An action on the day screen asks its question in a dialog instead of on a page of its own.

const dialog = document.createElement("dialog");
dialog.id = "vraag-erover";
dialog.className = "today-dialog";
document.body.append(dialog);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-asks]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  ask(link.href);
});

// The number of minutes is asked within the dialog too.
dialog.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(event.target));
  ask(`${event.target.dataset.address}?${fields}`);
});

async function ask(address) {
  try {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const question = page.getElementById("vraag");
    if (!answer.ok || !question) throw new Error("no question");
    for (const form of question.querySelectorAll("form[method=get]")) form.dataset.address = answer.url.split("?")[0];
    dialog.replaceChildren(question);
    dialog.setAttribute("aria-label", page.title);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  } catch {
    location.assign(address); // signed out, or no network: let the browser say so
  }
}
