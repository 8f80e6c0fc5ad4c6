// Nu en straks: fetched anew every minute while somebody looks. Only what is different changes, so
// that neither the focus nor the place on the screen is lost.

const MINUTE = 60_000;

if (document.querySelector("[data-now]")) {
  setInterval(() => document.hidden || look(), MINUTE);
  document.addEventListener("visibilitychange", () => document.hidden || look());
}

async function look() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-now]");
  const here = document.querySelector("[data-now]");
  if (!fresh) return;
  document.querySelector("[data-now-time]").textContent = page.querySelector("[data-now-time]").textContent;
  const parts = new Map([...here.children].map((part) => [part.dataset.part, part]));
  let before = null;
  for (const part of [...fresh.children]) {
    const old = parts.get(part.dataset.part);
    parts.delete(part.dataset.part);
    const stays = old?.isEqualNode(part);
    if (!old) (before ? before.after(part) : here.prepend(part));
    else if (!stays) replace(old, part);
    before = stays ? old : part;
  }
  for (const gone of parts.values()) if (!gone.contains(document.activeElement)) gone.remove();
}

// In place of `old`, with the focus on the same link where it was in there.
function replace(old, part) {
  const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
  old.replaceWith(part);
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
