// The keyboard: "/" searches, "g c" goes, j k and the arrows walk along the records.
import { pickAt } from "./basket.js";
import { openDialog } from "./dialog.js";

const PAUSE = 1200; // ms in which the second key of "g c" must follow
let goingUntil = 0;

const isWriting = (target) =>
  target.isContentEditable ||
  target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");

const ITEM = ".tile, .records tbody tr, [data-item]";
const items = () => [...document.querySelectorAll(ITEM)];
const current = () => document.activeElement.closest?.(ITEM);

function focusItem(item) {
  item?.querySelector("a")?.focus();
  item?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = items();
  const at = all.indexOf(current());
  focusItem(at < 0 ? all[0] : all[Math.min(Math.max(at + by, 0), all.length - 1)]);
}

// How many records stand in a row of the wall (1 in a table).
function columns() {
  const all = items();
  const top = all[0]?.offsetTop;
  const next = all.findIndex((item) => item.offsetTop !== top);
  return next < 0 ? all.length : next;
}

const press = (selector) => {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
};

function arrow(key) {
  if (current()) {
    step({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns() }[key]);
    return true;
  }
  if (document.activeElement !== document.body) return false;
  if (key === "ArrowLeft") return press("a[data-neighbour=prev]");
  if (key === "ArrowRight") return press("a[data-neighbour=next]");
  return false;
}

function pick(event) {
  const box = current()?.querySelector("input[name=copy]");
  if (box) pickAt(box, event.shiftKey);
  return box ? true : press("[data-pick]");
}

const COMMANDS = {
  "/": () => {
    const box = document.querySelector("#search-q");
    box?.focus();
    box?.select();
    return Boolean(box);
  },
  "?": () => openDialog("keys"),
  g: () => (goingUntil = performance.now() + PAUSE) > 0,
  j: () => step(1) ?? true,
  k: () => step(-1) ?? true,
  x: pick,
  e: () => press("[data-edit]"),
  s: () => press("[data-shuffle]"),
  ArrowLeft: () => arrow("ArrowLeft"),
  ArrowRight: () => arrow("ArrowRight"),
  ArrowUp: () => arrow("ArrowUp"),
  ArrowDown: () => arrow("ArrowDown"),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isWriting(event.target) || document.querySelector("dialog[open]")) return;
  const going = performance.now() < goingUntil;
  goingUntil = 0;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const done = going
    ? /^[a-z]$/.test(key) && press(`[data-go=${key}]`)
    : COMMANDS[key]?.(event);
  if (done) event.preventDefault();
});
