// Counts down how long chosen tickets are kept, and warns two minutes before the end. Without JavaScript the page
// says until what time, and the button that keeps them longer is there all along.

const WARNING = 120; // seconds

for (const bar of document.querySelectorAll("[data-hold]")) countDown(bar);

function countDown(bar) {
  const part = (name) => bar.querySelector(`[data-hold-${name}]`);
  const endsAt = Date.now() + Number(bar.dataset.hold) * 1000;
  let said = "";
  if (!Number(bar.dataset.hold)) return;

  const say = (what) => {
    if (said === what) return;
    said = what;
    part("said").textContent = part("said").dataset[what];
  };
  const show = () => {
    const left = Math.ceil((endsAt - Date.now()) / 1000);
    bar.classList.toggle("hold-soon", left <= WARNING);
    if (left > 0) {
      // What is offered from a waiting list is kept for hours: the page says until when.
      part("left").textContent = left > 3600 ? "" : inWords(left, part("left").dataset);
      if (left <= WARNING) say("warning");
      return;
    }
    clearInterval(ticking);
    part("kept").hidden = true;
    part("over").hidden = false;
    say("over");
  };
  const ticking = setInterval(show, 1000);
  show();
}

function inWords(seconds, words) {
  if (seconds < 60) return words.seconds.replace("{}", seconds);
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? words.minute : words.minutes.replace("{}", minutes);
}
