// What this page did and can undo, and what it undid and can do again. A change is what is posted:
// { url, fields, code, version }, where `version` is that of the slot `code` before it.

export class Changes {
  // The last change at the end, each as the post that takes it back; and the reverse.
  undoable = [];
  redoable = [];
  // The newest version of each slot that an answer told, for a second change before the day is redrawn.
  #versions = new Map();

  // The version that a change to the slot builds on, where the page shows `shown`.
  versionOf(code, shown) {
    return Math.max(shown, this.#versions.get(code) ?? 0);
  }

  // Notes that the server did `change`, which `answer` says how to take back.
  record(change, answer, to = this.undoable) {
    const { code, version } = answer.slot;
    if (code) this.#versions.set(code, version);
    to.push({ ...answer.undo, code, version, before: { code: change.code, version: change.version } });
    if (to === this.undoable && !change.isRedone) this.redoable.length = 0;
  }

  // Notes what the page before did, which came as a form.
  takeOver(url, { version, ...fields }) {
    const [, code = ""] = /\/(?:momenten|blokken)\/([^/]+)/.exec(url) ?? [];
    this.undoable.push({ url, fields, code, version: Number(version), before: { code: "", version: 0 } });
  }

  // `change` was taken back, which led to `slot`: what was done before it to the same slot leads on
  // from the version that it comes back to.
  leadOn(from, change, slot) {
    if (!change.code) return;
    for (const other of from) {
      if (other.code !== change.before.code || other.version !== change.before.version) continue;
      other.url = other.url.replace(other.code, slot.code);
      Object.assign(other, slot);
    }
  }
}

// Which of `undo` and `redo` these keys ask for; null for all others.
export function shortcut({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (!(ctrlKey || metaKey) || altKey) return null;
  if (key.toLowerCase() === "y") return "redo";
  if (key.toLowerCase() !== "z") return null;
  return shiftKey ? "redo" : "undo";
}
