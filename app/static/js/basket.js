// Picks go to the server one by one, so they last across pages and filters. Without script the
// same form sends them together: `shown` are the records on the page, `copy` those with a tick.
let lastPicked = null;

const PICK = "#picks input[name=copy]";
const boxes = () => [...document.querySelectorAll(PICK)];

function send(changed) {
  const form = document.querySelector("#picks");
  const body = new URLSearchParams({ shown: changed.map((box) => box.value).join(",") });
  for (const box of changed) if (box.checked) body.append("copy", box.value);
  const token = form.elements.csrf_token.value;
  return fetch(form.action, {
    method: "POST",
    headers: { "X-CSRFToken": token, "HX-Request": "true" },
    body,
  });
}

async function keep(changed) {
  guess(changed.reduce((sum, box) => sum + (box.checked ? 1 : -1), 0));
  const answer = await send(changed).catch(() => null);
  if (answer?.ok) show(await answer.text());
  else undo(changed);
}

// The number at once; the server's own count follows.
function guess(by) {
  const basket = document.querySelector("#basket");
  const count = basket?.querySelector("[data-basket-count]");
  if (!count) return;
  const next = Math.max(0, Number(count.textContent.replace(/\D/g, "")) + by);
  count.textContent = next.toLocaleString("en");
  basket.hidden = next === 0;
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("#basket");
  if (fresh) document.querySelector("#basket")?.replaceWith(document.adoptNode(fresh));
}

function undo(changed) {
  guess(changed.reduce((sum, box) => sum + (box.checked ? -1 : 1), 0));
  for (const box of changed) box.checked = !box.checked;
}

function range(box) {
  const all = boxes();
  const [from, to] = [all.indexOf(lastPicked), all.indexOf(box)].sort((a, b) => a - b);
  return from < 0 ? [box] : all.slice(from, to + 1);
}

// Gives `box` the other state; with `many`, everything from the last one picked the same state.
export function pickAt(box, many) {
  box.checked = !box.checked;
  picked(box, many);
}

function picked(box, many) {
  const reached = many ? range(box) : [box];
  const changed = reached.filter((other) => other === box || other.checked !== box.checked);
  for (const other of changed) other.checked = box.checked;
  lastPicked = box;
  keep(changed);
}

document.addEventListener("click", (event) => {
  if (event.target.matches(PICK)) picked(event.target, event.shiftKey);
});
