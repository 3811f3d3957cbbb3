/* Players from elsewhere: nothing is asked of them before somebody presses the button. */
const HOSTS = ["www.youtube-nocookie.com", "open.spotify.com", "embed.music.apple.com"];

export function startPlayers() {
  for (const player of document.querySelectorAll("[data-player]")) {
    const button = player.querySelector("button");
    if (!button || !isKnown(player.dataset.player)) continue;
    button.hidden = false;
    button.addEventListener("click", () => open(player));
  }
}

function isKnown(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" && HOSTS.includes(url.host);
  } catch {
    return false;
  }
}

function open(player) {
  const frame = document.createElement("iframe");
  frame.src = player.dataset.player;
  frame.title = player.dataset.title || "Player";
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-forms");
  player.querySelector("p").replaceWith(frame);
  frame.focus();
}
