/* Runs before the page is drawn: script is there, and which of light and dark was chosen. */
(function () {
  const root = document.documentElement;
  root.classList.add("has-script");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is closed to us: the system decides.
  }
})();
