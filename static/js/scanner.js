// The scanner at the gate: camera, answer, sound. Without it the page takes typed codes and names.
import { prepareZXingModule, readBarcodes } from "../vendor/zxing/reader/index.js";
import { exchange, learnTime, scanOf, sent, sizeFor, watchCodes, whyNoCamera } from "./scans.js";

const view = document.querySelector("[data-scanner]");
const video = view.querySelector("video");
const answer = document.querySelector("[data-answer]");
const next = document.querySelector("[data-next]");
const undoLast = document.querySelector("[data-undo-last]");
const link = document.querySelector("[data-link]");
const texts = view.dataset;

const LOOK_EVERY = 100; // milliseconds between two looks at the picture
const SHOW_WELCOME = 2500; // milliseconds; a refusal stays until somebody goes on

const codes = watchCodes();
let busy = false;
let timer = 0;
let lastNonce = "";
let sound;

prepareZXingModule({ overrides: { locateFile: () => texts.wasm } });

document.querySelector("[data-typed]").addEventListener("submit", (event) => take(event, "typed"));
for (const form of document.querySelectorAll("[data-found]")) {
  form.addEventListener("submit", (event) => take(event, "name"));
}
answer.addEventListener("submit", handOut);
next.querySelector("a").addEventListener("click", (event) => {
  event.preventDefault();
  resume();
});
undoLast.querySelector("button").addEventListener("click", undo);
// Browsers allow sound only after the page was touched once.
document.addEventListener("pointerdown", () => (sound ??= new AudioContext()), { once: true });
document.addEventListener("visibilitychange", () => document.hidden || keepAwake());

if (answer.firstElementChild) showing();
start();
setInterval(refreshCounts, 15000);

async function start() {
  say(texts.point);
  view.hidden = Boolean(answer.firstElementChild);
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    await video.play();
  } catch (error) {
    say(texts[whyNoCamera(error, isSecureContext)]);
    view.classList.add("scanner-blind");
    return;
  }
  keepAwake();
  look();
}

async function look() {
  const text = !busy && !view.hidden && video.videoWidth ? await read() : "";
  if (codes.isNew(text, performance.now())) await send({ text, method: "camera" });
  codes.see(text, performance.now());
  setTimeout(look, LOOK_EVERY);
}

const canvas = document.createElement("canvas");
const paper = canvas.getContext("2d", { willReadFrequently: true });

async function read() {
  [canvas.width, canvas.height] = sizeFor(video.videoWidth, video.videoHeight);
  paper.drawImage(video, 0, 0, canvas.width, canvas.height);
  const picture = paper.getImageData(0, 0, canvas.width, canvas.height);
  const found = await readBarcodes(picture, {
    formats: ["QRCode"],
    tryHarder: true,
    tryInvert: true,
    maxNumberOfSymbols: 1,
  });
  return found[0]?.text ?? "";
}

function take(event, method) {
  event.preventDefault();
  delete event.target.dataset.sent; // base.js guards against second clicks; here each is a new scan
  const field = event.target.elements.text;
  send({ text: field.value, method });
  if (method === "typed") field.value = "";
  document.activeElement?.blur();
}

// Sends a reading, or a scan that is tried again.
async function send(reading) {
  if (busy) return;
  busy = true;
  say(texts.busy);
  const scan = scanOf(reading);
  const reply = await post(texts.url, sent(scan));
  busy = false;
  if (!reply) return showUnsent(scan);
  lastNonce = reply.outcome === "admitted" ? scan.nonce : "";
  show(reply);
}

async function undo() {
  const reply = await post(texts.undo, { nonce: lastNonce });
  if (!reply) return;
  lastNonce = "";
  codes.forget();
  show(reply);
}

// One thing is handed out. Sent again, the same button says it once.
async function handOut(event) {
  event.preventDefault();
  const body = Object.fromEntries(new FormData(event.target));
  clearTimeout(timer);
  const reply = await post(texts.handOut, body);
  delete event.target.dataset.sent; // base.js guards against second clicks; without an answer it may be tried again
  if (reply) show(reply);
}

// Returns the server's answer; null if there was none, or if the page goes elsewhere.
async function post(url, body) {
  const { go, reply, isConnected } = await exchange(url, body, texts.csrf);
  if (go) {
    location.assign(go);
    return null;
  }
  connected(isConnected);
  return reply;
}

function show(reply) {
  answer.innerHTML = reply.html;
  counted(reply.counts);
  showing();
  if (reply.outcome === "admitted" && !reply.stays) timer = setTimeout(resume, SHOW_WELCOME);
  signal(reply.outcome ?? "undone");
}

function showUnsent(scan) {
  answer.replaceChildren(document.querySelector("[data-unsent]").content.cloneNode(true));
  answer.querySelector("[data-again]").addEventListener("click", () => send(scan));
  showing();
  signal("unsent");
}

function showing() {
  clearTimeout(timer);
  document.body.classList.add("scanner-answering");
  scrollTo(0, 0);
  view.hidden = true;
  next.hidden = false;
  undoLast.hidden = !lastNonce;
}

function resume() {
  clearTimeout(timer);
  document.body.classList.remove("scanner-answering");
  undoLast.hidden = true;
  answer.replaceChildren();
  next.hidden = true;
  view.hidden = false;
  codes.rest(performance.now());
  document.querySelector("[data-undo-form]")?.remove();
  if (location.search) history.replaceState(null, "", location.pathname);
  if (video.srcObject) say(texts.point);
}

function say(sentence) {
  view.querySelector("[data-say]").textContent = sentence;
}

function connected(good) {
  link.textContent = good ? link.dataset.good : link.dataset.lost;
  link.classList.toggle("scanner-lost", !good);
}

async function refreshCounts() {
  try {
    const response = await fetch(texts.counts, { signal: AbortSignal.timeout(8000) });
    if (response.redirected) return;
    learnTime(response.headers.get("Date"));
    counted((await response.json()).counts);
    connected(true);
  } catch {
    connected(false);
  }
}

function counted(counts) {
  if (!counts) return;
  for (const [name, number] of Object.entries(counts)) {
    document.querySelector(`[data-count="${name}"]`).textContent = number;
  }
}

// Two rising tones for welcome, two low ones for no: heard without looking, felt with gloves on.
function signal(outcome) {
  const good = outcome === "admitted" || outcome === "handed_out";
  navigator.vibrate?.(good ? 80 : [200, 100, 200]);
  if (!sound) return;
  tone(good ? 660 : 220, 0, good ? 0.12 : 0.25);
  tone(good ? 990 : 160, good ? 0.13 : 0.3, good ? 0.2 : 0.35);
}

function tone(frequency, delay, length) {
  const oscillator = sound.createOscillator();
  const volume = sound.createGain();
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0.3, sound.currentTime + delay);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + delay + length);
  oscillator.connect(volume).connect(sound.destination);
  oscillator.start(sound.currentTime + delay);
  oscillator.stop(sound.currentTime + delay + length);
}

// The screen of a phone at the gate stays on.
async function keepAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused if the battery is low: scanning goes on.
  }
}
