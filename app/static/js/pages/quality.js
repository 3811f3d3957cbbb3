// Gaps and conflicts by keyboard: a, l, n, d and u press their buttons, digits choose.
const PAUSE = 1200; // ms in which a key after "g" is the second key of "g a"
let going = 0;
let sent = false;

const isText = (target) =>
  target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=file])") ||
  target.isContentEditable;
// In a field for a year no letter is ever typed, so the keys work there too.
const isWriting = (target, key) =>
  isText(target) && !(target.inputMode === "numeric" && /^[a-z]$/.test(key));

function choose(key) {
  const groups = [...document.querySelectorAll("[data-numbered]")];
  const of = (place) => place.querySelector(`[data-number="${key}"]`);
  if (!groups.length) return document.querySelector(`button[data-number="${key}"]`);
  // The group in focus, else the first without an answer.
  const group =
    groups.find((each) => each.contains(document.activeElement) && !each.dataset.done) ||
    groups.find((each) => !each.querySelector(":checked")) ||
    groups[0];
  const input = of(group);
  if (!input) return null;
  if (input.type === "checkbox") {
    input.checked = !input.checked;
    return null;
  }
  input.checked = true;
  input.focus();
  group.dataset.done = "";
  const left = groups.find((each) => !each.querySelector(":checked"));
  left?.querySelector("input")?.focus();
  // All that is asked has its answer: on to the next.
  return left ? null : input.form.querySelector("[data-answer~=a]");
}

document.addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isGoing = performance.now() < going;
  going = key === "g" ? performance.now() + PAUSE : 0;
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (key === "Escape" && isText(event.target)) {
    event.target.blur();
    return;
  }
  if (isGoing || isWriting(event.target, key)) return;
  const isDigit = /^\d$/.test(key);
  if (isDigit && isText(event.target)) return;
  const button = isDigit ? choose(key) : /^[a-z]$/.test(key) && document.querySelector(`[data-answer~=${key}]`);
  if (isDigit || button) event.preventDefault();
  if (!button || sent) return;
  if (button.form?.requestSubmit && button.type === "submit") {
    if (!button.formNoValidate && !button.form.reportValidity()) return;
    sent = true; // the page is on its way; a second press must not answer for what comes next
    button.form.requestSubmit(button);
  } else {
    button.click();
  }
});

window.addEventListener("pageshow", () => {
  sent = false;
});
