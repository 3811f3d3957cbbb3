// CodeMirror over a textarea, which stays what is sent. It lives in a shadow root: there its styles
// are constructed sheets, which a policy without inline styles allows. Tab is not among its keys: it
// leads out again.
import { json } from "@codemirror/lang-json";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { linter, lintGutter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";

const PAUSE = 700; // ms without typing before the text is checked

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--good)" },
  { tag: tags.punctuation, color: "var(--ink-soft)" },
]);

const box = { backgroundColor: "var(--raised)", color: "var(--ink)", borderColor: "var(--line-strong)" };
const look = EditorView.theme({
  "&": { height: "min(70dvh, 44rem)", color: "var(--ink)", backgroundColor: "var(--raised)", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)", paddingBlock: "var(--space-3)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--accent) 28%, transparent)",
  },
  ".cm-gutters": { color: "var(--ink-faint)", backgroundColor: "var(--sunken)", border: "0" },
  ".cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--accent) 6%, transparent)" },
  ".cm-activeLineGutter": { color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-wash)", outline: "1px solid var(--line-strong)" },
  ".cm-foldPlaceholder": { ...box },
  ".cm-tooltip": { ...box, maxWidth: "min(30rem, 90vw)" },
  ".cm-panels": { ...box, fontFamily: "var(--sans)" },
  ".cm-panels button, .cm-panels input": { ...box, backgroundImage: "none", font: "inherit" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-searchMatch": { backgroundColor: "color-mix(in oklab, var(--warn) 30%, transparent)" },
});

// The server counts characters, CodeMirror UTF-16 units; both count lines alike.
function offset(state, line, column) {
  const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return found.from + [...found.text].slice(0, column - 1).join("").length;
}

function diagnostic(state, { line, column, message }) {
  const from = offset(state, line, column);
  const word = state.wordAt(from) ?? { from, to: Math.min(from + 1, state.doc.lineAt(from).to) };
  return { from: word.from, to: Math.max(word.to, word.from), severity: "error", message };
}

// Left to itself Chromium keeps the style of what it replaces in a style attribute, which our
// policy blocks and reports.
function typedOverSelection(event, view) {
  const isPlain = event.inputType === "insertText" && event.data !== null && !view.composing;
  if (!isPlain || view.state.selection.main.empty) return false;
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

// `find` answers with the problems of a text; `changed` is told about what somebody types.
export function codeEditor(textarea, { label, find, changed }) {
  const host = document.createElement("div");
  host.className = "code-editor";
  const root = host.attachShadow({ mode: "open" });
  let isOurs = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        basicSetup,
        json(),
        syntaxHighlighting(colours),
        look,
        lintGutter(),
        linter(async (now) => (await find(now.state.doc.toString())).map((one) => diagnostic(now.state, one)), { delay: PAUSE }),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off", tabindex: "0" }),
        EditorView.domEventHandlers({ beforeinput: typedOverSelection }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          textarea.value = update.state.doc.toString();
          if (!isOurs) changed();
        }),
      ],
    }),
  });
  // One-letter commands of the page are none while somebody writes here.
  host.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  return {
    host,
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      isOurs = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      isOurs = false;
    },
    focus: () => view.focus(),
    goTo(line, column) {
      const at = offset(view.state, line, column);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
  };
}
