// <button data-opens="id"> shows a <dialog>; the browser gives focus back to the button.
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return false;
  dialog.showModal();
  return true;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) openDialog(opener.dataset.opens);
  else if (event.target.matches("dialog.dialog[open]")) event.target.close(); // on the backdrop
});
