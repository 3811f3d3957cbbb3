"""A built site looked at page by page in Chromium: does anything in it do what a record says?

The pages' own content policy is switched off and script is on, so that what holds is escaping. A
page is opened in a frame of a page of the same site, many at a time.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, Response

FRAMES = 24
PAGES_A_TAB = 1_200  # a tab that has shown so many is closed for one with an empty memory
QUERIES = ("canary", "x", "e")
CANARY = "window.canary = (word) => { (window.top.called ||= []).push(`${word} ${location}`); };"

LOOK = r"""async (paths) => {
  const SILENT = new Set(["IFRAME", "OBJECT", "EMBED", "BASE", "FRAME", "FRAMESET", "MATH", "STYLE",
    "MARQUEE", "NOSCRIPT", "PORTAL", "APPLET", "AUDIO", "VIDEO", "TEXTAREA"]);
  const LOADS = ["src", "srcset", "poster", "data", "action", "formaction", "background", "ping"];
  const RUNNABLE = new Set(["href", "xlink:href", ...LOADS]);
  const EXECUTED = ["42canary", "canaryran"];
  const bad = [], seen = {};
  const own = (address) => new URL(address, location.href).origin === location.origin;
  const runs = (value) => /^(javascript|vbscript|data):/i.test(value.replace(/[\x00-\x20]/g, ""));
  function look(path, doc) {
    const say = (what) => bad.push(`${path}: ${what.slice(0, 300)}`);
    for (const one of doc.querySelectorAll("*")) {
      const tag = one.tagName.toUpperCase();
      if (SILENT.has(tag)) say(`<${tag}>`);
      if (tag === "SCRIPT" && one.type !== "application/ld+json" &&
          (!one.getAttribute("src") || one.textContent.trim())) say("a script: " + one.outerHTML);
      if (tag === "META" && one.httpEquiv && one.httpEquiv !== "Content-Security-Policy")
        say("meta " + one.httpEquiv);
      for (const { name, value } of one.attributes) {
        if (name.startsWith("on") || name === "style" || name === "srcdoc") say(`${name}=${value}`);
        if (RUNNABLE.has(name) && runs(value)) say(`${name}=${value}`);
        const loads = LOADS.includes(name) || (tag === "USE" && name.endsWith("href")) ||
          (tag === "LINK" && name === "href" && !/^(canonical|alternate)$/.test(one.rel));
        if (loads && value && !own(value)) say(`<${tag}> ${name}=${value}`);
        if (RUNNABLE.has(name) && value.startsWith("https://shortcode.invalid"))
          say(`a shortcode ran: ${value}`);
      }
      if (one.dataset && /CANARY/.test(one.dataset.player || "")) say("a player of a record");
    }
    const parts = ["h1", "main", "body > header.site-bar", "body > footer.site-foot"];
    for (const part of parts) {
      const count = doc.querySelectorAll(part).length;
      if (count !== 1) say(`${count} × ${part}`);
    }
    const [link, ...rest] = doc.body.children;
    if (rest.length !== 3 || link.className !== "skip-link") say("more stands beside the page");
    if (doc.compatMode !== "CSS1Compat") say("quirks");
    for (const word of EXECUTED)
      if (doc.documentElement.textContent.includes(word)) say("executed: " + word);
    const data = doc.querySelectorAll('script[type="application/ld+json"]');
    let named = null;
    for (const each of data) {
      try { named = JSON.parse(each.textContent).name; } catch (error) { say(`JSON-LD: ${error}`); }
    }
    const heading = doc.querySelector("h1");
    seen[path] = [named, heading && heading.textContent, data.length];
  }
  await Promise.all(paths.map((path) => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.src = path;
    frame.onload = () => {
      try { look(path, frame.contentDocument); } catch (error) { bad.push(`${path}: ${error}`); }
      frame.remove();
      done();
    };
    document.body.append(frame);
  })));
  const called = window.called || [];
  window.called = [];
  return { bad: [...bad, ...called.map((word) => "CALLED " + word)], seen };
}"""


@dataclass
class Found:
    """What a crawl saw: JSON-LD name, heading and number of JSON-LD blocks of each page; wrongs."""

    seen: dict[str, tuple[str | None, str | None, int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class _Server(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the crawl watches the browser."""

    def end_headers(self) -> None:
        if not self.path.endswith((".html", "/")):
            self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()


@contextmanager
def served(public: Path) -> Iterator[str]:
    """The address of a built site while the block runs, without the slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, directory=str(public))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def paths_of(public: Path) -> list[str]:
    """The address of every page that is no pointer Hugo makes for the first page of a list."""
    pages = (path.relative_to(public) for path in public.rglob("*.html"))
    kept = (page for page in pages if page.parts[-3:] != ("page", "1", "index.html"))
    return sorted("/" + quote(page.as_posix().removesuffix("index.html")) for page in kept)


def chosen(paths: Sequence[str], at_most: int | None, seed: int = 1) -> list[str]:
    """All of `paths`, or that many by chance."""
    if at_most is None or at_most >= len(paths):
        return list(paths)
    return sorted(random.Random(seed).sample(paths, at_most))


def crawl(
    browser: Browser, url: str, paths: Sequence[str], queries: Sequence[str] = QUERIES
) -> Found:
    """Open every one of `paths` below `url`, and the wall with a search for each of `queries`."""
    found = Found()
    context = browser.new_context(bypass_csp=True)
    context.add_init_script(CANARY)
    context.on("request", partial(_note_request, found, url))
    context.on("response", partial(_note_response, found, url))
    tabs = [paths[at : at + PAGES_A_TAB] for at in range(0, len(paths), PAGES_A_TAB)]
    for some in tabs:
        page = _tab(context, url, found)
        for at in range(0, len(some), FRAMES):
            _add(found, page.evaluate(LOOK, list(some[at : at + FRAMES])))
        page.close()
    for query in queries:
        _search(context, url, query, found)
    context.close()
    return found


def _tab(context: BrowserContext, url: str, found: Found) -> Page:
    page = context.new_page()
    page.on("dialog", partial(_note_dialog, found))
    page.goto(f"{url}/robots.txt")
    return page


def _add(found: Found, told: Mapping[str, Any]) -> None:
    found.wrong += told["bad"]
    found.seen.update({path: tuple(values) for path, values in told["seen"].items()})


def _search(context: BrowserContext, url: str, query: str, found: Found) -> None:
    """The tiles that script makes of the same records."""
    page = context.new_page()
    page.on("dialog", partial(_note_dialog, found))
    page.goto(f"{url}/albums/?q={query}&sort=title")
    page.locator("[data-found]:not([hidden]) .tile").first.wait_for()
    page.wait_for_load_state("networkidle")
    found.wrong += [f"CALLED {name} in a search" for name in page.evaluate("window.called || []")]
    inside = page.locator("[data-found] :is(script, iframe, [onerror], [href^='javascript'])")
    if inside.count():
        html = inside.first.evaluate("one => one.outerHTML")
        found.wrong.append(f"a search for {query} made {html:.200}")
    page.close()


def _note_request(found: Found, url: str, request: Request) -> None:
    if not request.url.startswith(url + "/"):
        found.wrong.append(f"asked for {request.url[:200]}")


def _note_response(found: Found, url: str, response: Response) -> None:
    if response.status >= 400 and response.request.resource_type != "favicon":
        found.wrong.append(f"{response.status} for {response.url[:200]}")


def _note_dialog(found: Found, dialog: Dialog) -> None:
    found.wrong.append(f"a dialog: {dialog.message[:200]}")
    dialog.dismiss()


def misnamed(found: Found, titles: Mapping[str, str]) -> Iterable[str]:
    """Pages of `titles` (path to title) on which heading or linked data say something else."""
    for path, title in titles.items():
        if path not in found.seen:
            continue
        named, heading, blocks = found.seen[path]
        if (named, blocks) != (title, 1):
            yield f"{path}: linked data name {named!r:.80}, not {title!r:.80}"
        if not _is_headed(heading or "", title):
            yield f"{path}: the heading is {heading!r:.80}, not {title!r:.80}"


def _is_headed(heading: str, title: str) -> bool:
    """Whether a heading is the title, or its beginning and an ellipsis."""
    whole, shown = " ".join(title.split()), " ".join(heading.split())
    return shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1].rstrip()))
