// Confirmations are popovers without a script; with one they become modal dialogs.
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("button[popovertarget]");
    const dialog = opener && document.getElementById(opener.getAttribute("popovertarget"));
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    if (dialog.contains(opener)) {
      dialog.close();
      return;
    }
    dialog.removeAttribute("popover");
    dialog.showModal();
  });
}
