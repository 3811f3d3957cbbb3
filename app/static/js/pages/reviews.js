// Reviews by keyboard: a, r and n answer for the candidate in focus, u takes the last answer back,
// e opens the editor of what it is about.
const PAUSE = 1200; // ms in which a key after "g" is the second key of "g a"
let going = 0;
let sent = false;

const isWriting = (target) => target.matches("textarea, select, input") || target.isContentEditable;

// The button of this key nearest to the focus: in its candidate, in its question, on the page.
function buttonOf(key) {
  const focus = document.activeElement;
  const near = [focus.closest("[data-item]"), focus.closest("[data-question]"), document];
  return near.map((place) => place?.querySelector(`[data-answer~="${key}"]`)).find(Boolean);
}

document.addEventListener("keydown", (event) => {
  const isGoing = performance.now() < going;
  going = event.key === "g" ? performance.now() + PAUSE : 0;
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isGoing || isWriting(event.target) || document.querySelector("dialog[open]")) return;
  if (!"arnue".includes(event.key.toLowerCase()) || event.key.length !== 1) return;
  const button = buttonOf(event.key.toLowerCase());
  if (!button || sent) return;
  event.preventDefault();
  if (!button.form) return button.click();
  sent = true; // the page is on its way; a second press must not answer for what comes next
  button.form.requestSubmit(button);
});

window.addEventListener("pageshow", () => {
  sent = false;
});
