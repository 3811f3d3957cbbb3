// Lays JSON out as the server does: an entry that fits on one line stands on one line.
const LINE_WIDTH = 140;

const isContainer = (value) => value !== null && typeof value === "object";
const parts = (value) => (Array.isArray(value) ? value : Object.values(value));
const isEmpty = (value) => parts(value).length === 0;

function holdsContainers(value) {
  if (Array.isArray(value)) return value.some(isContainer);
  return Object.values(value).some((part) =>
    Array.isArray(part) ? holdsContainers(part) : isContainer(part),
  );
}

function onOneLine(value) {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (!isContainer(value)) return JSON.stringify(value);
  const named = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${onOneLine(part)}`);
  return `{${named.join(", ")}}`;
}

export function laidOut(value, indent = 0, room = 0) {
  const line = onOneLine(value);
  if (!isContainer(value) || isEmpty(value)) return line;
  if (line.length <= room && !holdsContainers(value)) return line;
  const deeper = indent + 2;
  const within = LINE_WIDTH - deeper;
  const [opening, closing] = Array.isArray(value) ? "[]" : "{}";
  const lines = Array.isArray(value)
    ? value.map((part) => laidOut(part, deeper, within - 1))
    : Object.entries(value).map(([key, part]) => {
        const name = JSON.stringify(key);
        return `${name}: ${laidOut(part, deeper, within - name.length - 3)}`;
      });
  const margin = `\n${" ".repeat(deeper)}`;
  return `${opening}${margin}${lines.join(`,${margin}`)}\n${" ".repeat(indent)}${closing}`;
}
