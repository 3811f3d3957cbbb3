"""A shelf of hard cases as the files a publish writes: what the tests build the theme with."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

SCRIPT = "<script>window.ran = true</script>"
SHORTCODE = "{{< youtube id=AAAAAAAAAAA >}} {{% x %}} {{ .Site }}"
LONG = "Ausführlich " * 417  # 5,004 characters
PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

TITLES = {
    "back-in-black-1": "AC\\DC",
    "quotes-2": "\"Heroes\" | 'It's' : - # & more",
    "shortcode-3": SHORTCODE,
    "script-4": SCRIPT + '"><img src=x onerror="window.ran = true">',
    "rtl-5": "أغاني المساء",
    "jiu-shi-rang-6": "となりのトトロ",
    "emoji-7": "🔥🎷 Hot",
    "long-8": LONG,
    "no-tracks-9": "The No Tracks",
    "box-10": "Two Hundred Tracks",
    "bangs-11": "!!!",
    "close-12": "</title></script><!-- ]]> ../../x CON",
    "video-13": "Video",
    "pair-14": "Pair",
}
ARTISTS = {
    "jiu-shi-rang": "久石譲",
    "fairuz": "فيروز",
    "artist-99": "!!!",
    "miles-davis": "Miles Davis",
    "john-coltrane": "John Coltrane",
    "simon-garfunkel": "Simon & Garfunkel",
}
ARTISTS_OF = {
    "jiu-shi-rang-6": ["jiu-shi-rang"],
    "rtl-5": ["fairuz"],
    "bangs-11": ["artist-99"],
    "quotes-2": ["simon-garfunkel"],
    "emoji-7": ["simon-garfunkel"],
    "pair-14": ["miles-davis", "john-coltrane"],
}
# So many labels that their list has letters.
LABELS = ("2 tone", *(first + second for first in "abcdefghijk" for second in "aeiouy"))
# What is laid out from the front matter, alone and with something of somebody's own below it.
RELEASE = "## Release Information\n\n| | |\n| --- | --- |\n| Format | Vinyl |\n\nData by X.\n"
BODIES = {101: RELEASE, 102: f"{RELEASE}\nBought in Rome\n---\n\nOn a rainy day.\n"}
COLOURS = {"back-in-black-1": "#050505", "box-10": "#c3004a", "video-13": "#fff200"}


def write_shelf(site: Path, spare: int = 70) -> None:
    """Write the hard cases into `site`/content, and `spare` plain albums so that the wall pages."""
    albums = site / "content" / "albums"
    _write(albums / "_index.md", {"title": "Albums", "as_of": "2026-03-09"})
    for number, slug in enumerate(TITLES):
        _write(albums / slug / "index.md", front_matter(slug, number), body(slug))
        if slug in COLOURS:
            picture(albums / slug / f"{slug}.jpg", COLOURS[slug])
    picture(albums / "video-13" / "back.jpg", "#204060")
    for number in range(100, 100 + spare):
        slug = f"plain-{number}"
        _write(albums / slug / "index.md", front_matter(slug, number), BODIES.get(number, ""))
    _write_terms(site / "content")


def front_matter(slug: str, number: int) -> dict[str, Any]:
    """What stands above the text of an album."""
    title, artists = TITLES.get(slug, f"Plain {number}"), ARTISTS_OF.get(slug, ["miles-davis"])
    by = " & ".join(ARTISTS[each] for each in artists)
    matter: dict[str, Any] = {
        "title": f"{by} - {title}",
        "artist_name": by,
        "artist": artists,
        "album_name": title,
        "date": f"2019-{number % 12 + 1:02}-01T12:00:00.000000Z",
        "release_id": str(number),
        "slug": slug,
        "hideSummary": True,
        "genres": ["Funk / Soul" if number % 2 else "Jazz"],
        "genre": ["funk-soul" if number % 2 else "jazz"],
        "style": ["rock-roll"],
        "label": ["columbia"],
        "folder": ["jazz"],
        "discogs": discogs(number, title),
        "tracks": tracks(slug),
        "credits": [
            {"role": "Trumpet", "artists": [{"name": "Miles Davis", "slug": "miles-davis"}]},
            {"role": SCRIPT, "artists": [{"name": SHORTCODE, "tracks": "A1 to A3"}]},
        ],
        "description": f"Text with {SCRIPT} and {SHORTCODE}.",
        "description_source": "Wikipedia",
        "description_url": "https://en.wikipedia.org/wiki/Kind_of_Blue",
        "description_licence": "CC BY-SA 4.0",
        "attribution": [{"text": "Data provided by Discogs.", "url": discogs(number, "")["url"]}],
    }
    if slug == "pair-14":
        matter["additional_images"] = ["https://i.discogs.com/back"]
    if slug in COLOURS:
        matter["cover"] = {"image": f"{slug}.jpg", "alt": f"{title} by {by}", "source": "Us"}
        matter["sleeve"] = {"colour": COLOURS[slug]}
    if slug == "close-12":
        matter["sleeve"] = {"colour": "red;}</style><script>window.ran = true</script>"}
    return {key: value for key, value in matter.items() if value}


def discogs(number: int, title: str) -> dict[str, Any]:
    return {
        "url": f"https://www.discogs.com/release/{number}",
        "labels": [{"name": "Columbia", "slug": "columbia", "catno": "CL 1355"}],
        "label": "Columbia",
        "catno": "CL 1355",
        "country": "US",
        "formats": ["2× Vinyl (180 gram) LP, Album", "CD Album"],
        "year": 1997,
        "original_year": 1950 + number % 40,
        "links": [
            {
                "provider": "x",
                "title": "Elsewhere",
                "url": "https://example.com/",
                "confidence": "exact",
            },
            {
                "provider": "y",
                "title": "Bad",
                "url": "javascript:window.ran=true",
                "confidence": "derived",
            },
        ],
        "identifiers": [{"kind": "Barcode", "values": ["5 099", SCRIPT]}],
        "companies": [{"role": "Pressed By", "names": ["Plant", SCRIPT]}],
        "folder": ["Jazz", SCRIPT],
        "release_notes": f"Recorded in one day.\n{SCRIPT}",
        "notes": f"{title} {SCRIPT}"[:400],
    }


def tracks(slug: str) -> list[dict[str, Any]]:
    """Two hundred for the box, none for one, and four lines with a heading for the others."""
    if slug == "no-tracks-9":
        return []
    if slug == "box-10":
        return [
            {
                "position": f"{n // 20 + 1}-{n % 20 + 1}",
                "title": f"Part {n} of {TITLES['quotes-2']}",
                "duration": "3:08",
                "kind": "track",
                "depth": 0,
                "side": str(n // 20 + 1),
            }
            for n in range(200)
        ]
    rows = [("A1", "So What", "9:22", "A"), ("A2", SCRIPT, "9:46", "A"), ("B1", "🔥", "11:33", "B")]
    heading = {"title": "Live", "kind": "heading", "depth": 0}
    lines = [
        {"position": a, "title": b, "duration": c, "side": d, "kind": "track", "depth": 0}
        for a, b, c, d in rows
    ]
    return [*lines[:2], heading, lines[2]]


def body(slug: str) -> str:
    """The text of an album, with players where a shortcode of ours belongs."""
    parts = [escaped(f"Text with {SCRIPT} and {SHORTCODE}."), "## Tracklisting", "| A | B |"]
    if slug == "video-13":
        parts += [
            "## Apple Music",
            '{{< applemusic url="https://music.apple.com/gb/album/x/1" >}}',
            "## Spotify",
            '{{< spotify type="album" id="1weenld61qoidwYuZ1GESA" width="100%" height="500" >}}',
            "## Videos",
            '{{< youtube id="zqNTltOGh5c" title="So What" >}}',
            '{{< youtube id="../../evil" title="Nothing" >}}',
            '{{< applemusic url="https://evil.example/" >}}',
            "## Release Images",
            "{{< imageGrid >}}",
        ]
    if slug == "pair-14":
        parts += ["## Release Images", '{{< imageGrid "https://i.discogs.com/back" >}}']
    parts += [
        "## Release Information",
        "[x](javascript:window.ran=true) ![y](https://elsewhere.invalid/dot.png)",
    ]
    return "\n\n".join(parts)


def escaped(text: str) -> str:
    """Markdown that shows `text`: every sign of ASCII that could mean something, as an entity."""
    return "".join(f"&#{ord(sign)};" if sign in PUNCTUATION else sign for sign in text)


def picture(path: Path, colour: str) -> None:
    """A square JPEG of one colour, wide enough to be scaled down for the wall."""
    content = io.BytesIO()
    Image.new("RGB", (900, 900), colour).save(content, "JPEG")
    path.write_bytes(content.getvalue())


def _write_terms(content: Path) -> None:
    for slug, name in ARTISTS.items():
        matter = {"title": name, "name": name, "summary": f"First.\n\n{SCRIPT}", "sort": name}
        _write(content / "artist" / slug / "_index.md", {**matter, "summary_source": "Wikipedia"})
    terms = {
        "label": {"columbia": "Columbia", **{n.replace(" ", "-"): n for n in LABELS}},
        "genre": {"jazz": "Jazz", "funk-soul": "Funk / Soul"},
        "style": {"rock-roll": "Rock & Roll"},
    }
    for kind, names in terms.items():
        for slug, name in names.items():
            _write(content / kind / slug / "_index.md", {"title": name, "sort": name.lower()})


def _write(path: Path, matter: dict[str, Any], text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Every JSON value is YAML.
    lines = [
        f"{key}: {value if key == 'date' else json.dumps(value, ensure_ascii=False)}"
        for key, value in matter.items()
    ]
    path.write_text("\n".join(["---", *lines, "---", "", text, ""]), encoding="utf-8")
