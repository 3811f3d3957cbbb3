// Numbers the lines of a JSON textarea and shows the one an error is on.
function number(gutter, area, wrong) {
  const lines = area.value.split("\n").length;
  gutter.replaceChildren(
    ...Array.from({ length: lines }, (_, at) => line(at + 1, at + 1 === wrong)).flat(),
  );
}

function line(at, isWrong) {
  if (!isWrong) return [`${at}\n`];
  const marked = document.createElement("b");
  marked.textContent = at;
  return [marked, "\n"];
}

function improve(editor) {
  const gutter = editor.querySelector("pre");
  const area = editor.querySelector("textarea");
  const wrong = Number(editor.dataset.errorLine) || 0;
  let lines = 0;
  const renumber = () => {
    const now = area.value.split("\n").length;
    if (now !== lines) number(gutter, area, wrong);
    lines = now;
  };
  area.addEventListener("input", renumber);
  area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop));
  new ResizeObserver(() => (gutter.style.height = `${area.offsetHeight}px`)).observe(area);
  renumber();
  if (wrong) goTo(area, wrong);
}

function goTo(area, wrong) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, wrong - 1).join("\n").length + (wrong > 1 ? 1 : 0);
  area.focus({ preventScroll: true });
  area.setSelectionRange(start, start + (lines[wrong - 1]?.length ?? 0));
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, wrong - 6);
}

document.querySelectorAll("[data-json-editor]").forEach(improve);
