// What the gate makes of what it reads, and of the server's answers.

const SAME_CODE = 4000; // milliseconds in which a code still in view is not scanned again
const WIDEST = 960; // pixels; more costs time and reads no better
const PATIENCE = 8000; // milliseconds before an answer does not come any more

// Which code of the camera is a new one. Times are milliseconds of any clock.
export function watchCodes() {
  let last = "";
  let at = 0;
  return {
    isNew: (text, now) => Boolean(text) && (text !== last || now - at > SAME_CODE),
    see(text, now) {
      if (text) [last, at] = [text, now];
    },
    // The visitor is gone: from now on the same code counts as still in view.
    rest: (now) => (at = now),
    forget: () => (last = ""),
  };
}

// The size at which a picture is looked at.
export function sizeFor(width, height) {
  const scale = Math.min(1, WIDEST / width);
  return [Math.round(width * scale), Math.round(height * scale)];
}

// What is sent for a reading. The nonce is made once and kept over every try, so the server counts
// it once.
export function scanOf(reading) {
  return { nonce: crypto.randomUUID(), scanned_at: new Date().toISOString(), ...reading };
}

// The answer to `body` as { reply, isConnected }, without reply when there was none and nobody knows
// what became of the scan; { go } when the page must go on elsewhere.
export async function exchange(url, body, csrf) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, Accept: "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    // Signed out, or this phone is new: the page itself knows what to do.
    if (response.redirected || response.status === 401 || response.status === 403) return { go: location.href };
    const reply = await response.json();
    if (reply.go) return { go: reply.go };
    return { reply: response.ok ? reply : null, isConnected: response.ok || response.status === 409 };
  } catch {
    return { reply: null, isConnected: false };
  }
}
