// Passkeys: bytes for the browser, base64url for the server, and what people read when it fails.

import assert from "node:assert/strict";
import test from "node:test";

import { readable, Refused, sendable, sentenceFor } from "../../static/js/credentials.js";

const buffer = (...numbers) => Uint8Array.from(numbers).buffer;

test("what the server wrote becomes bytes", () => {
  const options = readable({
    challenge: "-_8",
    rpId: "festival.example.org",
    user: { id: "AQI", name: "fatma@example.org" },
    excludeCredentials: [{ type: "public-key", id: "AQID" }],
  });
  assert.deepEqual(options.challenge, Uint8Array.of(251, 255));
  assert.deepEqual(options.user, { id: Uint8Array.of(1, 2), name: "fatma@example.org" });
  assert.deepEqual(options.excludeCredentials, [{ type: "public-key", id: Uint8Array.of(1, 2, 3) }]);
  assert.equal(options.rpId, "festival.example.org");
  assert.ok(!("allowCredentials" in options));
});

test("signing in names the keys that are allowed", () => {
  const options = readable({ challenge: "AQ", allowCredentials: [{ type: "public-key", id: "Ag" }] });
  assert.deepEqual(options.allowCredentials, [{ type: "public-key", id: Uint8Array.of(2) }]);
  assert.ok(!("user" in options));
});

const KEY = {
  id: "key",
  rawId: buffer(251, 255),
  type: "public-key",
  authenticatorAttachment: "platform",
  getClientExtensionResults: () => ({ credProps: { rk: true } }),
};

test("a new key is sent with its attestation and its transports", () => {
  const response = { clientDataJSON: buffer(1), attestationObject: buffer(2), getTransports: () => ["internal"] };
  assert.deepEqual(sendable({ ...KEY, response }), {
    id: "key",
    rawId: "-_8",
    type: "public-key",
    authenticatorAttachment: "platform",
    extensions: '{"credProps":{"rk":true}}',
    response: { clientDataJSON: "AQ", attestationObject: "Ag", transports: ["internal"] },
  });
});

test("a signature is sent without what is not there", () => {
  const response = { clientDataJSON: buffer(1), authenticatorData: buffer(2), signature: buffer(3), userHandle: null };
  const { response: written } = sendable({ ...KEY, response });
  assert.deepEqual(written, { clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw" });
});

const TEXTS = { refused: "You stopped.", known: "This key is known.", failed: "It did not work." };
const named = (name) => Object.assign(new Error("in the browser's words"), { name });

test("each thing that goes wrong has its sentence", () => {
  assert.equal(sentenceFor(new Refused("The server's words."), TEXTS), "The server's words.");
  assert.equal(sentenceFor(new Refused(""), TEXTS), TEXTS.failed);
  assert.equal(sentenceFor(named("NotAllowedError"), TEXTS), TEXTS.refused);
  assert.equal(sentenceFor(named("AbortError"), TEXTS), TEXTS.refused);
  assert.equal(sentenceFor(named("InvalidStateError"), TEXTS), TEXTS.known);
  assert.equal(sentenceFor(named("TypeError"), TEXTS), TEXTS.failed);
});
