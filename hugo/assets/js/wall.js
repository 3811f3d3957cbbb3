/* Search and filters of the wall. The list of all records is fetched when somebody first asks for
   it; what is asked stands in the address, so it can be kept and sent on. */
import { filed, folded } from "./words.js";

const PAGE = 60;
const ORDERS = {
  artist: (a, b) => collate(a.byArtist, b.byArtist) || a.year - b.year,
  title: (a, b) => collate(a.byTitle, b.byTitle),
  year: (a, b) => (a.year || 9999) - (b.year || 9999),
};
const collate = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;

export function startWall() {
  const form = document.querySelector("[data-shelf]");
  if (form) new Wall(form).start();
}

class Wall {
  constructor(form) {
    this.form = form;
    this.paged = document.querySelector("[data-paged]");
    this.found = document.querySelector("[data-found]");
    this.list = this.found.querySelector("ul");
    this.more = document.querySelector("[data-more]");
    this.nothing = document.querySelector("[data-nothing]");
    this.count = document.querySelector("[data-count]");
    this.template = document.querySelector("template[data-tile]");
    this.total = this.count.textContent;
    this.matches = [];
  }

  start() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.look());
    this.form.addEventListener("reset", () => setTimeout(() => this.look()));
    this.form.addEventListener("focusin", () => this.load(), { once: true });
    this.more.addEventListener("click", () => this.showMore());
    const wanted = new URLSearchParams(location.search);
    if ([...wanted.keys()].some((name) => this.form.elements[name])) this.resume(wanted);
  }

  resume(wanted) {
    this.form.elements.q.value = wanted.get("q") || "";
    for (const select of this.form.querySelectorAll("select")) {
      select.value = wanted.get(select.name) || "";
      if (select.selectedIndex < 0) select.value = "";
    }
    this.look();
  }

  load() {
    this.loading ||= this.fetch();
    return this.loading;
  }

  async fetch() {
    try {
      const answer = await fetch(this.form.dataset.shelf);
      if (!answer.ok) throw new TypeError(`status ${answer.status}`);
      const shelf = await answer.json();
      this.base = shelf.base;
      this.records = shelf.albums.map(readRecord);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      this.loading = null;
      this.count.textContent = "The list of records could not be loaded. Try again.";
    }
  }

  async look() {
    await this.load();
    if (!this.records) return;
    const wanted = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => value));
    history.replaceState(null, "", wanted.size ? `?${wanted}` : location.pathname);
    const isAsking = wanted.size > 0;
    this.paged.hidden = isAsking;
    this.found.hidden = !isAsking;
    this.form.querySelector("[type=reset]").hidden = !isAsking;
    this.matches = isAsking ? this.matching(wanted) : [];
    this.nothing.hidden = !isAsking || this.matches.length > 0;
    this.list.replaceChildren();
    this.showMore();
    this.count.textContent = isAsking ? `${this.matches.length} of ${this.total}` : this.total;
  }

  matching(wanted) {
    const words = folded(wanted.get("q") || "").split(" ").filter(Boolean);
    const kept = this.records.filter(
      (one) =>
        words.every((word) => one.text.includes(word)) &&
        (!wanted.has("genre") || one.genres.includes(wanted.get("genre"))) &&
        (!wanted.has("format") || one.medium === wanted.get("format")) &&
        (!wanted.has("decade") || one.decade === wanted.get("decade")),
    );
    const order = ORDERS[wanted.get("sort")];
    return order ? kept.sort(order) : kept;
  }

  showMore() {
    const shown = this.list.childElementCount;
    const next = this.matches.slice(shown, shown + PAGE);
    this.list.append(...next.map((one) => this.tile(one)));
    this.more.hidden = shown + next.length >= this.matches.length;
    if (shown) this.list.children[shown].querySelector("a").focus();
  }

  tile(one) {
    const tile = this.template.content.cloneNode(true);
    const [drawn, image] = [tile.querySelector(".drawn"), tile.querySelector("img")];
    if (one.cover) {
      // Below its own page, unless the cover lies elsewhere.
      image.src = one.cover.startsWith("/") ? one.cover : this.base + one.path + one.cover;
      drawn.remove();
    } else {
      image.remove();
      draw(drawn, one);
    }
    const link = tile.querySelector("a");
    link.href = this.base + one.path;
    link.title = one.title;
    tile.querySelector("b").textContent = one.title;
    tile.querySelector("i").textContent = one.artist;
    const facts = [one.year || "", one.medium].filter(Boolean).join(" · ");
    tile.querySelector("p").textContent = facts;
    return tile;
  }
}

function readRecord([path, title, artist, year, medium, genres, words, cover, drawing]) {
  const text = `${folded(title)} ${folded(artist)} ${folded(words)} ${title} ${artist}`.toLowerCase();
  const decade = year ? `${Math.floor(year / 10) * 10}s` : "";
  const [byArtist, byTitle] = [filed(artist), filed(title)];
  return { path, title, artist, byArtist, byTitle, year, medium, genres, cover, drawing, text, decade };
}

/* As layouts/partials/card.html does it. */
function draw(panel, one) {
  const [art, palette] = [one.drawing % 8, Math.floor(one.drawing / 8) % 12];
  panel.classList.add(`drawn-${palette}`, `lay-${Math.floor(one.drawing / 96)}`);
  const use = panel.querySelector("use");
  use.setAttribute("href", `${use.getAttribute("href")}#p${art}`);
  panel.querySelector(".drawn-words span").textContent = one.title.slice(0, 60);
  panel.querySelector("small").textContent = one.artist.slice(0, 50);
}
