// How the scanner handles what it reads, and what the server answers.
import { serverTime } from "./clock.js";

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

// The server's clock, as far as this device knows it: the difference is learned from each answer.
let ahead = 0; // milliseconds that the server's clock is ahead of this device's

export function learnTime(header) {
  const server = serverTime(header);
  if (!Number.isNaN(server)) ahead = server - Date.now();
}

// Returns a reading as it is kept until the server answers. Every try sends the same nonce, so the
// server counts the reading once.
export function scanOf(reading) {
  return { nonce: nonce(), read: performance.now(), clock: Date.now(), ...reading };
}

// Returns what is sent for a scan now. Its age is measured without the device's clock, which may be
// wrong or be set meanwhile.
export function sent({ read, clock, ...scan }) {
  return { ...scan, age: Math.round(performance.now() - read), scanned_at: new Date(clock + ahead).toISOString() };
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
    learnTime(response.headers.get("Date"));
    const reply = await response.json();
    if (reply.go) return { go: reply.go };
    return { reply: response.ok ? reply : null, isConnected: response.ok || response.status === 409 };
  } catch {
    return { reply: null, isConnected: false };
  }
}
