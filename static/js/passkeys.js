// Passkeys: asks the server for a challenge, lets the browser answer it, sends the answer back.
// Each form[data-passkey] is followed by the hidden form[data-passkey-answer] that carries it.

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || !navigator.credentials) {
    document.querySelector("[data-no-passkeys]")?.removeAttribute("hidden");
    continue;
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.reportValidity()) answer(form);
  });
}

async function answer(form) {
  const problem = form.querySelector("[data-problem]");
  const button = form.querySelector("button");
  problem.hidden = true;
  button.disabled = true;
  try {
    const { options, state } = await challenge(form);
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: readable(options) })
      : await navigator.credentials.get({ publicKey: readable(options) });
    const reply = form.parentElement.querySelector("form[data-passkey-answer]");
    reply.action = reply.action.replace("/-", `/${encodeURIComponent(state)}`);
    reply.elements.credential.value = JSON.stringify(sendable(credential));
    reply.submit();
  } catch (error) {
    tell(problem, error);
    button.disabled = false;
  }
}

async function challenge(form) {
  const fields = Object.fromEntries(new FormData(form));
  const response = await fetch(form.action, {
    method: "POST",
    headers: {
      "Accept": "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": fields.csrf_token,
    },
    body: JSON.stringify(fields),
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.response?.errors?.[0] ?? "");
  return { options: body.response.credential_options, state: body.response.wan_state };
}

class Refused extends Error {}

function tell(problem, error) {
  if (error instanceof Refused && error.message) problem.textContent = error.message;
  else if (error.name === "NotAllowedError" || error.name === "AbortError") problem.textContent = problem.dataset.refused;
  else if (error.name === "InvalidStateError") problem.textContent = problem.dataset.known;
  else problem.textContent = problem.dataset.failed;
  problem.hidden = false;
}

// The browser wants bytes where the server writes base64url.
function readable(options) {
  const described = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) publicKey.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) publicKey.allowCredentials = described(options.allowCredentials);
  return publicKey;
}

function sendable(credential) {
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

function bytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function base64url(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
