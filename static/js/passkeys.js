// Passkeys: asks the server for a challenge, lets the browser answer it, sends the answer back.
// Each form[data-passkey] is followed by the hidden form[data-passkey-answer] that carries it.

import { readable, Refused, sendable, sentenceFor } from "./credentials.js";

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

function tell(problem, error) {
  problem.textContent = sentenceFor(error, problem.dataset);
  problem.hidden = false;
}
