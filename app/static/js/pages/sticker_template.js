// A placeholder's button puts it where the cursor is in the field one was typing in last.
const area = document.querySelector("#text_template");
let field = area;

document.addEventListener("focusin", ({ target }) => {
  if (target === area || target.name?.startsWith("columns.")) field = target;
});

function insert(text) {
  const into = text === "\n" ? area : field;
  into.setRangeText(text, into.selectionStart, into.selectionEnd, "end");
  into.focus();
  into.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const button of document.querySelectorAll("[data-inserts]")) {
  button.addEventListener("click", () => insert(button.dataset.inserts));
}
