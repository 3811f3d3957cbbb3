// Sheets under buttons close when something else is pressed, and stay open while filters change.
const open = () => [...document.querySelectorAll("[data-menu][open]")];

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

// htmx swaps the shelf with its filters: what was open, and the sheet of phones, opens again.
let kept = [];
let sheet = null;
let focused = null;

const answer = (item) => item?.querySelector("bdi")?.textContent;

document.addEventListener("htmx:beforeSwap", () => {
  kept = open().map((menu) => ({ id: menu.id, top: menu.querySelector(".menu-sheet").scrollTop }));
  sheet = document.querySelector("#filters:popover-open")?.scrollTop ?? null;
  focused = answer(document.activeElement?.closest("[data-menu] li"));
});

document.addEventListener("htmx:afterSwap", () => {
  const filters = document.querySelector("#filters");
  if (sheet !== null && filters && !filters.matches(":popover-open")) {
    filters.showPopover();
    filters.scrollTop = sheet;
  }
  for (const { id, top } of kept) reopen(document.getElementById(id), top);
  kept = [];
});

function reopen(menu, top) {
  if (!menu) return;
  menu.open = true;
  menu.querySelector(".menu-sheet").scrollTop = top;
  const same = [...menu.querySelectorAll("li")].find((item) => answer(item) === focused);
  (same?.querySelector("a") ?? menu.querySelector("summary")).focus({ preventScroll: true });
}
