// How the scanner handles what it reads, and what the server answers.

const SAME_CODE = 4000; // milliseconds in which a code still in view is not scanned again
const WIDEST = 960; // pixels; more costs time and reads no better
const PATIENCE = 8000; // milliseconds to wait for an answer

// Tells whether a code of the camera is new. Times are milliseconds of any clock.
export function watchCodes() {
  let last = "";
  let at = 0;
  return {
    isNew: (text, now) => Boolean(text) && (text !== last || now - at > SAME_CODE),
    see(text, now) {
      if (text) [last, at] = [text, now];
    },
    // The next visitor: the same code counts as still in view for SAME_CODE from now.
    rest: (now) => (at = now),
    forget: () => (last = ""),
  };
}

// Returns the size to which a picture is scaled before it is read.
export function sizeFor(width, height) {
  const scale = Math.min(1, WIDEST / width);
  return [Math.round(width * scale), Math.round(height * scale)];
}

// Returns what is sent for a reading. Every try sends the same nonce, so the server counts the
// reading once.
export function scanOf(reading) {
  return { nonce: nonce(), scanned_at: new Date().toISOString(), ...reading };
}

// Not randomUUID: browsers give that to pages over https only.
function nonce() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Returns why the camera did not start, as the name of the sentence to show.
export function whyNoCamera(error, isSecure) {
  if (!isSecure) return "insecure"; // there is no navigator.mediaDevices then
  return error.name === "NotAllowedError" ? "denied" : "none";
}

// Returns the answer to `body` as { reply, isConnected }; `reply` is null if none came or the
// server refused. Returns { go } if the page must go elsewhere.
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
