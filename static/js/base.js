// What every page gets on top of working without JavaScript.

// An opener links to its dialog as a section of the page. Here the dialog opens over the page.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const closer = event.target.closest("[data-closes]");
  if (opener) open(event, opener.dataset.opens);
  else if (closer) close(event, closer.dataset.closes);
  else if (event.target.closest("[data-prints]")) window.print();
});

function open(event, id) {
  const dialog = document.getElementById(id);
  if (!dialog?.showModal) return;
  event.preventDefault();
  if (!dialog.open) dialog.showModal();
  // The browser focuses what comes first. Enter must not delete anything at once.
  if (document.activeElement?.matches(".button-danger")) dialog.querySelector("[data-closes]")?.focus();
}

function close(event, id) {
  const dialog = document.getElementById(id);
  if (!dialog?.open) return;
  event.preventDefault();
  dialog.close();
}

// After a form came back with errors, the focus starts there.
document.querySelector("[data-takes-focus]")?.focus();

// A second click on a slow phone must not send a form twice; after some seconds it may be meant.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});

// A page that the back button shows again is as it was left: its form may be sent with other words.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// <button data-copies="id"> copies one line to the clipboard: an address, or an IBAN without the blanks for reading.
for (const button of document.querySelectorAll("[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.dataset.compact ?? source.textContent.trim());
    button.textContent = button.dataset.copied ?? button.textContent;
  });
}
