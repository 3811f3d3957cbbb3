// Makes the drawn graph a thing to handle: zoom, pan, move nodes, see neighbours, open a name.
// Without it the picture, its links and the table below say the same.
import { drag } from "d3-drag";
import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";

const figure = document.querySelector("[data-graph]");
const NARROW = "(width < 48rem)";

class Picture {
  constructor(root) {
    this.root = root;
    this.svg = root.querySelector("svg");
    this.stage = root.querySelector(".graph-stage");
    this.nodes = new Map([...root.querySelectorAll("[data-node]")].map((el) => [el.dataset.node, el]));
    this.ties = [...root.querySelectorAll(".tie")];
    root.classList.add("is-live");
    this.listen();
    this.letZoom();
    this.letDrag();
  }

  listen() {
    for (const [id, node] of this.nodes) {
      node.addEventListener("pointerenter", () => this.point(id));
      node.addEventListener("pointerleave", () => this.point(null));
      node.addEventListener("focus", () => node.matches(":focus-visible") && this.point(id));
      node.addEventListener("blur", () => this.point(null));
      node.addEventListener("click", (event) => this.open(event, id));
    }
  }

  // Shows what hangs on a node; null goes back to the chosen one, or to all.
  point(id) {
    const chosen = this.chosen();
    this.svg.classList.toggle("has-focus", Boolean(id));
    this.mark(id ?? chosen, id);
  }

  chosen() {
    return this.root.querySelector(".node.is-chosen")?.dataset.node ?? null;
  }

  mark(center, pointed) {
    const near = new Set([center]);
    for (const tie of this.ties) {
      const { from, to } = tie.dataset;
      const isNear = Boolean(center) && (from === center || to === center);
      tie.classList.toggle("is-near", isNear);
      if (isNear) near.add(from).add(to);
    }
    for (const [id, node] of this.nodes) {
      node.classList.toggle("is-near", Boolean(center) && near.has(id));
      node.classList.toggle("is-pointed", id === pointed);
    }
  }

  choose(id) {
    for (const [each, node] of this.nodes) {
      node.classList.toggle("is-chosen", each === id);
      if (each === id) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
    this.svg.classList.toggle("has-chosen", Boolean(id));
    this.mark(id, null);
  }

  async open(event, id) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const node = this.nodes.get(id);
    this.choose(id);
    const fresh = await fetchPanel(node.dataset.panel);
    if (this.chosen() !== id) return; // another was chosen in the meantime
    if (!fresh) {
      location.assign(node.getAttribute("href"));
      return;
    }
    showPanel(fresh, this.isRight(node));
    history.replaceState(history.state, "", node.getAttribute("href").replace(/#.*/, ""));
  }

  isRight(node) {
    const frame = this.svg.getBoundingClientRect();
    const body = node.querySelector(".node-body").getBoundingClientRect();
    return body.left > frame.left + frame.width * 0.6;
  }

  letZoom() {
    const box = this.svg.viewBox.baseVal;
    this.zoom = zoom()
      .scaleExtent([0.5, 8])
      .translateExtent([[-box.width / 2, -box.height / 2], [box.width * 1.5, box.height * 1.5]])
      // The wheel scrolls the page; with Ctrl, as pinching does, it zooms.
      .filter((event) => (event.type === "wheel" ? event.ctrlKey || event.metaKey : !event.button))
      .on("zoom", ({ transform }) => this.stage.setAttribute("transform", transform));
    select(this.svg).call(this.zoom);
    for (const button of this.root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.zoomBy(Number(button.dataset.zoom)));
    }
    this.root.querySelector("[data-fit]")?.addEventListener("click", () => this.fit());
  }

  zoomBy(factor) {
    select(this.svg).call(this.zoom.scaleBy, factor);
  }

  fit() {
    select(this.svg).call(this.zoom.transform, zoomIdentity);
  }

  // On a small screen names must be readable: begin close to the middle of everything.
  comeCloser() {
    const places = [...this.nodes.values()].map(placeOf);
    const middle = (axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
    const scale = this.svg.viewBox.baseVal.width / 460;
    select(this.svg).call(this.zoom.scaleTo, scale);
    select(this.svg).call(this.zoom.translateTo, middle("x"), middle("y"));
  }

  letDrag() {
    const picture = this;
    const move = drag()
      .container(() => this.stage)
      .clickDistance(4)
      .subject(function () {
        return placeOf(this);
      })
      .on("drag", function (event) {
        picture.moveTo(this, event.x, event.y);
      });
    select(this.svg).selectAll("[data-node]").call(move);
  }

  moveTo(node, x, y) {
    node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    const id = node.dataset.node;
    for (const tie of this.ties) {
      if (tie.dataset.from === id) setEnd(tie, 1, x, y);
      if (tie.dataset.to === id) setEnd(tie, 2, x, y);
    }
  }
}

function placeOf(node) {
  const { e, f } = node.transform.baseVal.getItem(0).matrix;
  return { x: e, y: f };
}

function setEnd(tie, which, x, y) {
  tie.setAttribute(`x${which}`, x.toFixed(1));
  tie.setAttribute(`y${which}`, y.toFixed(1));
}

async function fetchPanel(url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#node");
}

// The element stays, so that screen readers notice what changes in it.
function showPanel(fresh, isLeft) {
  const panel = document.querySelector("#node");
  panel.replaceChildren(...document.adoptNode(fresh).childNodes);
  panel.classList.toggle("is-left", isLeft);
  panel.hidden = false;
  panel.scrollTop = 0;
  if (matchMedia(NARROW).matches) panel.scrollIntoView({ block: "nearest" });
}

function letClose(picture) {
  const panel = document.querySelector("#node");
  const close = (event) => {
    event.preventDefault();
    const node = picture.nodes.get(picture.chosen());
    const url = panel.querySelector("[data-close]").getAttribute("href");
    panel.hidden = true;
    picture.choose(null);
    history.replaceState(history.state, "", url);
    node?.focus();
  };
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) close(event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !document.querySelector("dialog[open]")) close(event);
  });
}

// The slider says its number while it moves, and draws when it rests.
function letOptions(form) {
  const slider = form.querySelector("[type=range]");
  slider.addEventListener("input", () => (form.querySelector("output").value = slider.value));
  form.addEventListener("change", () => form.requestSubmit());
}

// Behind its button on phones: open stays open while names are chosen.
function letShow(picture) {
  const narrow = matchMedia(NARROW);
  const open = (isOpen) => {
    picture.root.classList.toggle("is-open", isOpen);
    if (isOpen && narrow.matches) picture.comeCloser();
  };
  document.querySelector('a[href="#picture"]')?.addEventListener("click", () => open(true));
  picture.root.querySelector(".graph-hide")?.addEventListener("click", () => open(false));
  if (location.hash === "#picture") open(true);
}

if (figure) {
  const picture = new Picture(figure);
  letClose(picture);
  letShow(picture);
}
document.querySelectorAll("[data-graph-options]").forEach(letOptions);
