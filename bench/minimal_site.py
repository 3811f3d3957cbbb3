"""The least a site can be made of: templates that show title, text and the pages below, no more."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import copytree

# What each kind of page is published as is that of our theme.
_FILES = {
    "hugo.toml": """\
baseURL = "https://example.org/"
title = "Shelf"
disableKinds = ["RSS"]
[taxonomies]
artist = "artist"
label = "label"
genre = "genre"
style = "style"
folder = "folder"
[outputs]
home = ["html"]
section = ["html"]
taxonomy = ["html"]
term = ["html"]
""",
    "layouts/_default/single.html": "<!doctype html><title>{{ .Title }}</title>{{ .Content }}\n",
    "layouts/_default/list.html": (
        "<!doctype html><title>{{ .Title }}</title><h1>{{ .Title }}</h1>\n"
        '<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>\n{{ end }}'
        "</ul>\n"
    ),
    "layouts/shortcodes/applemusic.html": '{{ .Get "url" }}',
    "layouts/shortcodes/spotify.html": '{{ .Get "id" }}',
    "layouts/shortcodes/youtube.html": '{{ .Get "id" }}',
    "layouts/shortcodes/imageGrid.html": "{{ len .Page.Resources }}",
}


def write(site: Path, content: Path) -> None:
    """Put them into the new folder `site`, with the published pages in `content`."""
    for name, text in _FILES.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    copytree(content, site / "content", copy_function=os.link)
