// <button data-opens="id"> shows a <dialog>; the browser gives focus back to the button. A link with
// data-opens leads to a page that does the same, without script or in a new tab.
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return false;
  dialog.showModal();
  return true;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    if (!event.ctrlKey && !event.metaKey && openDialog(opener.dataset.opens)) event.preventDefault();
  } else if (event.target.matches("dialog.dialog[open]")) event.target.close(); // on the backdrop
});
