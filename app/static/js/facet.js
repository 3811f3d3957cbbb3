// Narrows a long list of answers while one types into its "Find…" box.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-find]")) return;
  const wanted = plain(event.target.value.trim());
  for (const item of event.target.closest(".menu-sheet").querySelectorAll("li")) {
    item.hidden = !plain(item.textContent).includes(wanted);
  }
});

// The search box shows the search of the shelf, also after a filter has been dropped in place.
document.addEventListener("htmx:pushedIntoHistory", (event) => {
  const box = document.querySelector("#search-q");
  if (box) box.value = new URL(event.detail.path, location.href).searchParams.get("q") ?? "";
});

// What a change of filter left is said aloud, from a place that was there before.
document.addEventListener("htmx:afterSettle", () => {
  const line = document.querySelector("[data-announce]");
  const count = document.querySelector("[data-announces]");
  if (line) line.textContent = count ? `Records ${count.textContent}` : "No record answers to all of this";
});
