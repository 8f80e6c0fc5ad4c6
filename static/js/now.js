// Nu en straks: fetched again every minute while the page is visible. Only what differs is
// replaced, so that neither the focus nor the place on the screen is lost.

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
  const { put, gone } = changes([...here.children], [...fresh.children]);
  for (const { part, old, before } of put) {
    if (old) replace(old, part);
    else if (before) before.after(part);
    else here.prepend(part);
  }
  for (const part of gone) if (!part.contains(document.activeElement)) part.remove();
}

// Returns what turns the parts `here` into those of a `fresh` page: `put` are parts that replace
// `old`, or else come after `before`, or else at the top; `gone` are parts to remove.
export function changes(here, fresh) {
  const parts = new Map(here.map((part) => [part.dataset.part, part]));
  const put = [];
  let before = null;
  for (const part of fresh) {
    const old = parts.get(part.dataset.part);
    parts.delete(part.dataset.part);
    const stays = old?.isEqualNode(part);
    if (!stays) put.push({ part, old, before });
    before = stays ? old : part;
  }
  return { put, gone: [...parts.values()] };
}

// Replaces `old` and keeps the focus on the same link.
function replace(old, part) {
  const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
  old.replaceWith(part);
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
