// Says before a form is sent that it is too large: a refusal afterwards could not give its text back.
const overall = Number(document.body.dataset.mostFormBytes);
const encoder = new TextEncoder();

function bytes(form, submitter) {
  const data = [...new FormData(form, submitter)];
  const sent = data.map(([name, value]) => [name, typeof value === "string" ? value.replace(/\r?\n/g, "\r\n") : value]);
  if (form.enctype !== "multipart/form-data") return new URLSearchParams(sent).toString().length;
  return sent.reduce((sum, [name, value]) => sum + name.length + 150 + (value.size ?? encoder.encode(value).length), 0);
}

function sentence(size, most) {
  const limit = Math.round(most / 2 ** 20);
  const here = Math.max(Math.ceil((size / 2 ** 20) * 10) / 10, limit + 0.1);
  return `This is ${here} MB, and ${limit} MB is the most. Nothing was sent, and nothing is lost.`;
}

function alertIn(form) {
  const found = form.querySelector("[data-too-large]");
  if (found) return found;
  const made = document.createElement("p");
  made.className = "field-error";
  made.dataset.tooLarge = "";
  made.setAttribute("role", "alert");
  form.append(made);
  return made;
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const most = Number(form.dataset.mostBytes) || overall;
    const size = form.method === "post" ? bytes(form, event.submitter) : 0;
    if (size <= most) {
      form.querySelector("[data-too-large]")?.remove();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    alertIn(form).textContent = sentence(size, most);
  },
  true,
);
