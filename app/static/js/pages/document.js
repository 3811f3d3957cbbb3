// The editor of a record: its form and its JSON follow each other, and nothing typed is lost unasked.
import { laidOut } from "../json_layout.js";
import { improve, keysIn, read, typedIn, write } from "../typed_form.js";

const editor = document.querySelector("[data-editor]");
const textForm = editor.querySelector("[data-text]");
const typedForm = editor.querySelector("[data-typed]");
const fields = editor.querySelector("[data-fields]");
const waiting = editor.querySelector("[data-no-form]");
const area = document.getElementById("document");
let isChanged = editor.dataset.unsaved !== undefined;

// The plain textarea; CodeMirror takes its place once it is there.
let source = {
  host: area,
  get text() {
    return area.value;
  },
  set text(text) {
    area.value = text;
  },
  focus: () => area.focus(),
  goTo(line, column) {
    const lines = area.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    // Columns count characters, the textarea counts UTF-16 units.
    const at = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
    area.focus({ preventScroll: true });
    area.setSelectionRange(at, at + 1);
    area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 4);
    area.scrollIntoView({ block: "center" });
  },
};

function parsed() {
  try {
    const value = JSON.parse(source.text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function textChanged() {
  isChanged = true;
  if (!fields) return;
  const told = parsed();
  typedForm.hidden = !told;
  waiting.hidden = Boolean(told);
  if (told) write(fields, told);
}

function formChanged(place) {
  isChanged = true;
  const told = parsed();
  if (!told || !place) return;
  const now = read(fields);
  for (const key of keysIn(place)) {
    if (key in now) told[key] = now[key];
    else delete told[key];
  }
  source.text = laidOut(told);
}

async function find(text) {
  const body = new FormData();
  body.set("document", text);
  body.set("csrf_token", textForm.elements.csrf_token.value);
  try {
    const answer = await fetch(editor.dataset.check, { method: "POST", body });
    return answer.ok ? (await answer.json()).problems : [];
  } catch {
    return [];
  }
}

function show(side) {
  editor.dataset.side = side;
  editor.querySelectorAll("a[data-side]").forEach((link) => {
    if (link.dataset.side === side) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

area.addEventListener("input", textChanged);
if (fields) {
  improve(fields, formChanged);
  // What was typed before this script was here, or put back by the browser.
  typedIn(fields).forEach(formChanged);
  // The text says all the fields say, and what no form can show besides.
  typedForm.enctype = "multipart/form-data";
  typedForm.addEventListener("formdata", ({ formData }) => {
    const ours = new Set(["csrf_token", "side", "version", "base", "action", "beside"]);
    for (const name of [...formData.keys()]) if (!ours.has(name)) formData.delete(name);
    formData.set("document", source.text);
  });
}

if (area.value !== area.defaultValue) textChanged();

textForm.querySelector("[data-format]").addEventListener("click", (event) => {
  const told = parsed();
  if (!told) return; // the server says what is wrong
  event.preventDefault();
  source.text = laidOut(told);
  source.focus();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  const form = document.activeElement.closest("form");
  const wanted = form === textForm || !typedForm || typedForm.hidden ? textForm : typedForm;
  wanted.querySelector("[data-save]").click();
});

document.addEventListener("click", (event) => {
  const problem = event.target.closest("a[data-line]");
  const link = event.target.closest('a[href="#as-json"], a[href="#as-form"]');
  if (problem) {
    event.preventDefault();
    show("json");
    source.goTo(Number(problem.dataset.line), Number(problem.dataset.column));
  } else if (link) {
    show(link.hash === "#as-json" ? "json" : "form");
    if (link.dataset.side) event.preventDefault();
  }
});

[textForm, typedForm].forEach((form) => form?.addEventListener("submit", () => (isChanged = false)));
window.addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});

show(typedForm ? editor.dataset.first : "json");

import("../code_editor.js").then(({ codeEditor }) => {
  const label = textForm.querySelector("label[for=document]");
  source = codeEditor(area, { label: label.textContent, find, changed: textChanged });
  const plain = area.closest("[data-json-editor]");
  plain.before(source.host);
  plain.hidden = true;
  label.addEventListener("click", () => source.focus());
  const first = document.querySelector("a[data-line]");
  if (first && editor.dataset.side === "json") {
    source.goTo(Number(first.dataset.line), Number(first.dataset.column));
  }
}, () => {});
