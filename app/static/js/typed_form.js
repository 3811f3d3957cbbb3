// The fields of a form as a document, and back; entries are added, moved and removed in place.
const WHOLE_NUMBER = /^-?\d{1,15}$/;
const HOLDER = "[data-entry], [data-fields], [data-blank-root]";

// What of a kind stands in `holder` itself, not in an entry of one of its lists.
const own = (holder, selector) =>
  [...holder.querySelectorAll(selector)].filter((each) => each.parentElement.closest(HOLDER) === holder);

const entriesOf = (list) => [...list.children].filter((each) => each.matches("[data-entry]"));
const blankOf = (list) => [...list.children].find((each) => each.matches("template[data-blank]"));
const freshEntry = (list) => blankOf(list).content.firstElementChild.cloneNode(true);

function valueOf(control) {
  const text = control.value;
  const nothing = control.dataset.null === undefined ? undefined : null;
  if (control.dataset.kind === "words") {
    return text.split("\n").map((word) => word.trim()).filter(Boolean);
  }
  if (control.dataset.kind === "number") {
    const written = text.trim();
    if (!written) return nothing;
    return WHOLE_NUMBER.test(written) ? Number(written) : written;
  }
  return text === "" && nothing === null ? null : text;
}

function listed(list) {
  const blank = JSON.stringify(read(freshEntry(list)));
  return entriesOf(list).map(read).filter((entry) => JSON.stringify(entry) !== blank);
}

// All fields of a holder by name. An entry with nothing in it is left out.
export function read(holder) {
  const told = {};
  for (const each of own(holder, "[data-field], [data-list]")) {
    if (each.dataset.list === undefined) {
      const value = valueOf(each);
      if (value !== undefined) told[each.dataset.field] = value;
    } else {
      const entries = listed(each);
      if (each.dataset.list !== "sub_tracks" || entries.length) told[each.dataset.list] = entries;
    }
  }
  return told;
}

function writtenIn(control, value) {
  if (control.dataset.kind === "words") return value.join("\n");
  return value === null || value === undefined ? "" : String(value);
}

function fits(control, value) {
  if (control.dataset.kind === "words") {
    return Array.isArray(value) && value.every((word) => typeof word === "string");
  }
  return value === undefined || value === null || ["string", "number"].includes(typeof value);
}

const areEntries = (value) =>
  Array.isArray(value) && value.length <= 200 && value.every((each) => each && typeof each === "object" && !Array.isArray(each));

function writeList(list, value) {
  const entries = entriesOf(list);
  entries.slice(value.length).forEach((entry) => entry.remove());
  for (let at = entries.length; at < value.length; at++) insertEntry(list);
  entriesOf(list).forEach((entry, at) => write(entry, value[at], read(freshEntry(list))));
  renumber(list);
}

// Show the fields of `document`; what it leaves out becomes what `missing` says, or stays.
export function write(holder, document, missing = {}) {
  const shown = read(holder);
  for (const each of own(holder, "[data-field], [data-list]")) {
    const key = each.dataset.field ?? each.dataset.list;
    const value = key in document ? document[key] : missing[key];
    if (!(key in document) && !(key in missing)) continue;
    if (JSON.stringify(shown[key]) === JSON.stringify(value)) continue;
    if (each.dataset.list !== undefined) {
      if (areEntries(value ?? [])) writeList(each, value ?? []);
    } else if (fits(each, value)) {
      each.value = writtenIn(each, value);
    }
  }
}

function insertEntry(list) {
  const entry = freshEntry(list);
  const before = [...list.children].find((each) => each.matches('[data-row="add"]'));
  list.insertBefore(entry, before);
  return entry;
}

function rename(control, name) {
  const label = control.id && control.closest(".field")?.querySelector("label");
  control.name = name;
  if (control.matches("[data-here]")) return;
  control.id = name;
  if (label) label.htmlFor = name;
}

function renumber(list) {
  const { name, word } = list.dataset;
  const entries = entriesOf(list);
  entries.forEach((entry, at) => {
    entry.setAttribute("aria-label", `${word} ${at + 1}`);
    own(entry, "[data-field]").forEach((each) => rename(each, `${name}.${at}.${each.dataset.field}`));
    own(entry, "[data-number]").forEach((each) => (each.textContent = at + 1));
    own(entry, "[data-list]").forEach((inner) => {
      inner.dataset.name = `${name}.${at}.${inner.dataset.list}`;
      rename(inner.querySelector("[data-here]"), inner.dataset.name);
      renumber(inner);
    });
  });
  const count = list.closest("details")?.querySelector("[data-count]");
  if (count) count.textContent = entries.length;
}

const firstControl = (holder) => holder?.querySelector("[data-field]");

function act(button) {
  const list = button.closest("[data-list]");
  const entry = button.closest("[data-entry]");
  switch (button.dataset.row) {
    case "add":
      renumberAfter(list, () => firstControl(insertEntry(list))?.focus());
      return;
    case "remove": {
      const beside = entry.nextElementSibling?.matches("[data-entry]") ? entry.nextElementSibling : entry.previousElementSibling;
      renumberAfter(list, () => entry.remove());
      (firstControl(beside) ?? list.querySelector(':scope > [data-row="add"]')).focus();
      return;
    }
    case "up":
      if (entry.previousElementSibling?.matches("[data-entry]")) entry.previousElementSibling.before(entry);
      break;
    default:
      if (entry.nextElementSibling?.matches("[data-entry]")) entry.nextElementSibling.after(entry);
  }
  renumber(list);
  button.focus();
}

function renumberAfter(list, change) {
  change();
  renumber(list);
}

// Lets the buttons of entries work here and now; tells `changed` which element of the form changed.
export function improve(fields, changed) {
  fields.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-row]");
    if (!button) return;
    event.preventDefault();
    const place = button.closest(".form-field");
    act(button);
    changed(place);
  });
  fields.addEventListener("input", (event) => changed(event.target.closest(".form-field")));
}

// The names of the fields that stand in one part of the form.
export const keysIn = (place) => {
  const found = place.querySelector("[data-field], [data-list]");
  return found ? [found.dataset.list ?? found.dataset.field] : [];
};

function servedValue(control) {
  const served = [...(control.options ?? [])].find((option) => option.defaultSelected) ?? control.options?.[0];
  if (served) return served.value;
  return control.matches("input") ? control.defaultValue.replace(/[\r\n]/g, "") : control.defaultValue;
}

// The parts of the form in which a field says something else than the page came with.
export const typedIn = (fields) =>
  new Set(
    [...fields.querySelectorAll("[data-field]")]
      .filter((control) => control.value !== servedValue(control))
      .map((control) => control.closest(".form-field")),
  );
