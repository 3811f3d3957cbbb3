// Light or dark by hand. The choice is a cookie, so the server can write it into the page before
// anything is drawn; choosing what the system says anyway takes the cookie away again.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const YEAR = 31536000;

const shown = () => root.dataset.theme ?? (system.matches ? "dark" : "light");

function choose(theme) {
  const own = theme !== (system.matches ? "dark" : "light");
  if (own) root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.cookie = `theme=${theme}; path=/; max-age=${own ? YEAR : 0}; samesite=lax`;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) choose(shown() === "dark" ? "light" : "dark");
});
