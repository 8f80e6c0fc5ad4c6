// Passkeys between the server, which writes bytes as base64url, and the browser, which wants bytes.

// Returns the options of the server, as navigator.credentials takes them.
export function readable(options) {
  const described = (list) => list.map((each) => ({ ...each, id: bytes(each.id) }));
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) publicKey.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) publicKey.allowCredentials = described(options.allowCredentials);
  return publicKey;
}

// Returns the credential of the browser, as the server reads it.
export function sendable(credential) {
  const { response } = credential;
  const written = { clientDataJSON: base64url(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) written[name] = base64url(response[name]);
  }
  if (response.getTransports) written.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    extensions: JSON.stringify(credential.getClientExtensionResults()),
    response: written,
  };
}

// The server refused, in its own words if it has any.
export class Refused extends Error {}

// Returns the sentence for an error; `texts` has those for errors that the browser only names.
export function sentenceFor(error, texts) {
  if (error instanceof Refused && error.message) return error.message;
  if (error.name === "NotAllowedError" || error.name === "AbortError") return texts.refused;
  if (error.name === "InvalidStateError") return texts.known;
  return texts.failed;
}

function bytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function base64url(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
