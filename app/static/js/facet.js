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
