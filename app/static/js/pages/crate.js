// Records of a crate are dragged to their place; the arrows beside them do the same.
const page = document.querySelector("#main");
let held = null;

const rowOf = (target) => target.closest?.("[data-packed] > [data-copy]");

page.addEventListener("pointerdown", (event) => {
  const row = event.target.closest(".packed-grip") && rowOf(event.target);
  if (row) row.draggable = true;
});

page.addEventListener("dragstart", (event) => {
  held = rowOf(event.target);
  if (!held) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", held.dataset.copy);
  held.classList.add("packed-held");
});

page.addEventListener("dragover", (event) => {
  const over = held && rowOf(event.target);
  if (!held) return;
  event.preventDefault();
  if (!over || over === held) return;
  const box = over.getBoundingClientRect();
  over[event.clientY > box.top + box.height / 2 ? "after" : "before"](held);
});

page.addEventListener("dragend", () => {
  const row = held;
  held = null;
  if (!row) return;
  row.draggable = false;
  row.classList.remove("packed-held");
  const form = page.querySelector("[data-drop]");
  // The last of a page is not the last of the crate: a neighbour on the page says where.
  const other = row.previousElementSibling ?? row.nextElementSibling;
  if (!other) return;
  form.elements.copy.value = row.dataset.copy;
  form.elements.other.value = other.dataset.copy;
  form.elements.side.value = row.previousElementSibling ? "after" : "before";
  form.requestSubmit();
});
