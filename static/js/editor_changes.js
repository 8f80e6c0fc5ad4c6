// What this page can undo and redo. A change is what is posted: { url, fields, code, version },
// where `version` is that of the slot `code` before it.

export class Changes {
  // The posts that undo the changes, the last change at the end; and those that redo them.
  undoable = [];
  redoable = [];
  // The newest version of each slot in an answer, for a second change before the day is redrawn.
  #versions = new Map();

  // Returns the version that a change to the slot builds on; the page shows version `shown`.
  versionOf(code, shown) {
    return Math.max(shown, this.#versions.get(code) ?? 0);
  }

  // Records that the server made `change`; `answer` says how to undo it.
  record(change, answer, to = this.undoable) {
    const { code, version } = answer.slot;
    if (code) this.#versions.set(code, version);
    to.push({ ...answer.undo, code, version, before: { code: change.code, version: change.version } });
    if (to === this.undoable && !change.isRedone) this.redoable.length = 0;
  }

  // Records what the previous page did, which came as a form.
  takeOver(url, { version, ...fields }) {
    const [, code = ""] = /\/(?:momenten|blokken)\/([^/]+)/.exec(url) ?? [];
    this.undoable.push({ url, fields, code, version: Number(version), before: { code: "", version: 0 } });
  }

  // Undoing `change` led to `slot`. Earlier changes of the same slot in `from` now build on that
  // version of it.
  leadOn(from, change, slot) {
    if (!change.code) return;
    for (const other of from) {
      if (other.code !== change.before.code || other.version !== change.before.version) continue;
      other.url = other.url.replace(other.code, slot.code);
      Object.assign(other, slot);
    }
  }
}

// Returns `undo` or `redo` if these keys ask for it; null otherwise.
export function shortcut({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (!(ctrlKey || metaKey) || altKey) return null;
  if (key.toLowerCase() === "y") return "redo";
  if (key.toLowerCase() !== "z") return null;
  return shiftKey ? "redo" : "undo";
}
