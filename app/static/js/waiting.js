// A form whose answer takes its time says so meanwhile, and is not sent twice.
const SHOWN_AFTER = 400; // ms; what is quicker needs no word

function tell(form) {
  const line = document.createElement("p");
  line.className = "soft waits";
  line.setAttribute("role", "status");
  line.append(form.dataset.waits);
  const bar = document.createElement("progress");
  bar.setAttribute("aria-hidden", "true");
  form.after(line);
  line.append(bar);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.waits) return;
  // A disabled button would not be sent along.
  setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  form.waits = setTimeout(() => tell(form), SHOWN_AFTER);
});

// Come back to by the Back button, the page is as it was.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-waits]")) {
    clearTimeout(form.waits);
    form.querySelectorAll("button").forEach((button) => (button.disabled = false));
  }
  document.querySelectorAll(".waits").forEach((line) => line.remove());
});
