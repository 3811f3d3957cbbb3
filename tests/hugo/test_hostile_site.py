"""A shelf whose every text attacks becomes a site on which nothing of it happens.

`python -m bench.hostile_site 10k` is the same for ten thousand records and every page.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser

from bench.crawl import chosen, crawl, misnamed, paths_of, served
from bench.hostile import TEXTS
from bench.hostile_site import publish, warnings_in
from tests.hugo_program import build
from tests.servers import ROOT

OPENED = 60
ATTACKS = {
    "<script>canary(1)</script>": "CALLED 1",
    "<img src=x onerror=canary(2)>": "CALLED 2",
    "<p onclick='x()'>": "onclick=x()",
    "<a href='java\nscript:x()'>x</a>": "href=java",
    "<img src='//canary.invalid/x.png'>": "asked for http://canary.invalid/x.png",
    "<div data-player='https://x/CANARY'></div>": "a player of a record",
    "<p>42canary</p>": "executed: 42canary",
    "<h1>x</h1>": "2 × h1",
    '<script type="application/ld+json">{"name": x}</script>': "JSON-LD: SyntaxError",
}


def test_no_text_of_a_hostile_shelf_does_anything_on_its_site(
    app: Flask, browser: Browser, tmp_path: Path
) -> None:
    target = tmp_path / "site"
    shutil.copytree(ROOT / "hugo", target)
    with app.app_context():
        made = publish(len(TEXTS), target)
    warnings = warnings_in(build(target, "http://127.0.0.1/"))
    with served(target / "public") as url:
        found = crawl(browser, url, chosen(paths_of(target / "public"), OPENED), ["canary"])
    assert [*made.wrong, *warnings, *found.wrong, *misnamed(found, made.titles)] == []
    assert len(made.titles) == len(TEXTS)
    assert len(found.seen) == OPENED


def test_a_crawl_sees_each_kind_of_attack_that_gets_through(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "robots.txt").write_text("User-agent: *")
    page = '<!doctype html><a class="skip-link"></a><header class="site-bar"></header>'
    page += '<main><h1>x</h1>{}</main><footer class="site-foot"></footer>'
    for place, attack in enumerate(["", *ATTACKS]):
        (tmp_path / f"{place}.html").write_text(page.format(attack), encoding="utf-8")
    with served(tmp_path) as url:
        quiet = crawl(browser, url, ["/0.html"], [])
        found = crawl(browser, url, paths_of(tmp_path), [])
    assert quiet.wrong == []
    assert [sign for sign in ATTACKS.values() if not any(sign in w for w in found.wrong)] == []
