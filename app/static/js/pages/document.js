// A problem's link puts the cursor where the problem is.
function goTo(area, line, column) {
  const lines = area.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  // Columns count characters, the textarea counts UTF-16 units.
  const at = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
  area.focus({ preventScroll: true });
  area.setSelectionRange(at, at + 1);
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 4);
  area.scrollIntoView({ block: "center" });
}

document.querySelectorAll("a[data-line]").forEach((link) => {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    goTo(document.getElementById("document"), Number(link.dataset.line), Number(link.dataset.column));
  });
});
