"""A shelf made to break a published site: every text of it tries something.

Whatever gets through calls `canary()`, loads from canary.invalid, or leaves what an executed
template or shortcode would print; bench/crawl.py looks for all of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from app.domain.records import (
    CompanyRecord,
    CopyRecord,
    CreditRecord,
    FolderRecord,
    FormatRecord,
    IdentifierRecord,
    LabelRecord,
    ReleaseRecord,
    TrackRecord,
    VideoRecord,
)
from app.extensions import db
from app.models import Article, Artist, Link, Release
from app.services.bulk import in_chunks
from app.services.copy_writer import store_copies
from app.services.folders import store_folders

SEED = 13
AT_ONCE = 1_000
FIRST_DAY = datetime(2004, 3, 1, tzinfo=UTC)

SCRIPTS = (
    "<script>canary(1)</script>",
    "<SCRIPT/x>canary(2)</SCRIPT >",
    "<scr<script>ipt>canary(3)</scr</script>ipt>",
    "<script\n>canary(4)</script\n>",
    "<script src=//canary.invalid/x.js></script>",
    "<script src='https://canary.invalid/m.js' type=module></script>",
    '"><script>canary(5)</script>',
    "'><script>canary(6)</script>",
    "--><script>canary(7)</script>",
    "]]><script>canary(8)</script>",
    "</title><script>canary(9)</script>",
    "</textarea><script>canary(10)</script>",
    "</style><script>canary(11)</script>",
    "</script><script>canary(12)</script>",
    "</SCRIPT\t><script>canary(13)</script><!--",
    "</template></select></option><script>canary(14)</script>",
    "</noscript><script>canary(15)</script>",
    "<!--<script>canary(16)</script>",
    "&lt;script&gt;canary(17)&lt;/script&gt;",
    "&#60;script&#62;canary(18)&#60;/script&#62;",
    "&amp;lt;script&amp;gt;canary(19)&amp;lt;/script&amp;gt;",
    "\\u003cscript\\u003ecanary(20)\\u003c/script\\u003e",
    "\\x3cscript\\x3ecanary(21)\\x3c/script\\x3e",
    "%3Cscript%3Ecanary(22)%3C/script%3E",
    "\uff1cscript\uff1ecanary(23)\uff1c/script\uff1e",
    "<svg><script>canary(24)</script></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=canary(25)>",
    "<noscript><p title='</noscript><img src=x onerror=canary(26)>'>",
    "\u2028canary(27)\u2029//",
    "';canary(28);//",
    '";canary(29);//',
    "`${canary(30)}`",
    "</script\u0000><script>canary(31)</script>",
)
HANDLERS = (
    "<img src=x onerror=canary(40)>",
    "<img/src='x'/onerror='canary(41)'>",
    '"><img src=x onerror="canary(42)">',
    "'><svg/onload=canary(43)>",
    "<svg onload=canary(44)//",
    "<body onload=canary(45)>",
    "<details open ontoggle=canary(46)>",
    "<input autofocus onfocus=canary(47)>",
    "<video><source onerror=canary(48)></video>",
    "<audio src=x onerror=canary(49)>",
    "<iframe srcdoc='<script>parent.canary(50)</script>'></iframe>",
    "<object data='https://canary.invalid/o'></object><embed src=//canary.invalid/e>",
    "<base href=//canary.invalid/>",
    "<meta http-equiv=refresh content='0;url=//canary.invalid/'>",
    "<link rel=stylesheet href=//canary.invalid/x.css>",
    "<form action=//canary.invalid/><button>x</button></form>",
    '" onmouseover="canary(51)" x="',
    "' onfocus='canary(52)' autofocus='",
    "x onclick=canary(53) y",
    "<a href='javascript:canary(54)'>x</a>",
    "<img src=//canary.invalid/pixel.png>",
    "</main></body></html><script>canary(55)</script>",
)
STYLES = (
    "</style><style>@import '//canary.invalid/x.css';</style>",
    "red;}body{background:url(//canary.invalid/b.png)}",
    "<div style='background:url(//canary.invalid/d.png)'>x</div>",
    "expression(canary(60))",
)
ADDRESSES = (
    "javascript:canary(70)",
    "JaVaScRiPt:canary(71)",
    " javascript:canary(72)",
    "java\tscript:canary(73)",
    "java\nscript:canary(74)",
    "\x01javascript:canary(75)",
    "javascript&colon;canary(76)",
    "&#106;avascript:canary(77)",
    "vbscript:canary(78)",
    "data:text/html,<script>canary(79)</script>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQuY2FuYXJ5KDgwKTwvc2NyaXB0Pg==",
    'https://elsewhere.invalid/"onclick="canary(81)',
    "https://elsewhere.invalid/'><script>canary(82)</script>",
    "https://elsewhere.invalid/) [x](javascript:canary(83))",
    "https://elsewhere.invalid/?a={{< youtube CANARYCANARY >}}&b=%22%3E",
    "https://elsewhere.invalid/%0a%0djavascript:canary(84)",
    "//canary.invalid/x",
    "https://elsewhere.invalid/a|b",
    "http://[::1",
    "file:///etc/passwd",
)
TEMPLATES = (
    "{{< youtube CANARYCANARY >}}",
    '{{< youtube id="CANARYCANARY" title="x" >}}',
    '{{% youtube "CANARYCANARY" %}}',
    '{{< spotify type="album" id="CANARYCANARYCANARYCANA" >}}',
    '{{< applemusic url="https://music.apple.com/CANARYCANARY" >}}',
    '{{< imageGrid "https://shortcode.invalid/x.png" >}}',
    "{{< x >}}",
    "{{% x %}}",
    "{{</* x */>}}",
    "{{< /x >}}",
    "{{<",
    "{{%",
    ">}}",
    "{{ .Site }}",
    "{{ add 40 2 }}canary",
    '{{ printf "%s%s" "canary" "ran" }}',
    '{{ readFile "hugo.toml" }}',
    '{{ getJSON "https://canary.invalid/x.json" }}',
    '{{ define "main" }}executed{{ end }}',
    "{{- /* comment */ -}}",
    "{% include 'x' %}{{ 7*7 }}${7*7}<%= 7*7 %>#{7*7}",
    "{{<highlight go>}}x{{</highlight>}}",
    '{{< ref "/albums" >}}',
    '{{< figure src="https://canary.invalid/f.png" >}}',
)
YAMLS = (
    "---",
    "---\ntitle: executed\n---\n",
    "+++",
    "+++\ntitle = 'executed'\n+++\n",
    "...",
    "...\n---\nx: y",
    "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]",
    "&anchor",
    "*anchor",
    "<<: *anchor",
    "!!python/object/apply:os.system ['x']",
    "!!binary AAAA",
    "{a: b",
    "[x, y",
    "- x",
    "? x",
    ": x",
    "key: value",
    "%YAML 1.1",
    "# comment",
    "x # comment",
    "| \n  x",
    "> x",
    "'",
    '"',
    "\\",
    '\\"',
    "\t",
    "@x",
    "`x`",
    "yes",
    "null",
    "~",
    "0x1f",
    "1e3",
    "12:30:45",
    "2001-01-01",
    ".inf",
    "_build:\n  render: never",
    "draft: true",
)
MARKDOWNS = (
    "[x](javascript:canary(90))",
    "![x](https://canary.invalid/i.png)",
    "[x]: javascript:canary(91)",
    "[x][y]\n\n[y]: https://canary.invalid/",
    "<javascript:canary(92)>",
    "<https://canary.invalid/>",
    "# heading",
    "## Tracklisting",
    "## Release Information {#x .y onclick=canary(93)}",
    "x {onclick=canary(94)}",
    "Heading\n=======",
    "Heading\n---",
    "```\ncode\n```",
    "~~~ canary {onclick=1}\n~~~",
    "    code",
    "| a | b |\n| --- | --- |\n| c | d |",
    "a | b || c \\| d",
    "* x\n* y",
    "1. x",
    "1986. A great album",
    "> quote",
    "***",
    "\\<script\\>canary(95)\\</script\\>",
    "x\\",
    "**bold** _it_ ~~no~~ `code` $math$",
    "[^1]\n\n[^1]: footnote",
    "Term\n: definition",
    "- [ ] task",
    ":smile: --- ... (c) 'quotes'",
    "&copy;&nbsp;&#x41;",
)
DISCOGS_MARKUP = (
    "[a=<script>canary(100)</script>]",
    '[l="><img src=x onerror=canary(101)>]',
    "[url=javascript:canary(102)]x[/url]",
    '[url=https://elsewhere.invalid/"onclick="canary(103)]x[/url]',
    "[url=https://elsewhere.invalid/) [x](javascript:canary(104)]y[/url]",
    "[b]<b onclick=canary(105)>[/b][i]{{< x >}}[/i]",
    "[a1][l2][m3][r4][a999999999999]",
    "[b][i][url=https://elsewhere.invalid/][/b][/i]",
    "[img]https://canary.invalid/i.png[/img]",
)
NAMES = (
    "", " ", "\u00a0", "\u200b", "\u3164", "!!!", "★", "†", "AC\\DC", '"Heroes"', "O'Hara & Söhne",
    "../../x", "../../../etc/passwd", "/etc/passwd", "..", ".", "./.", "\\..\\..\\x", "C:\\x",
    "CON", "con.txt", "NUL", "LPT1", "aux.", "index", "_index", "_index.md", "index.html", "page",
    "page/1", "albums", "artist", "shelf.json", "public", "layouts", ".git", ".gatefold", "~", "-",
    "--panicOnWarning", "a" * 300, "x/y/z", "a?b#c%20d", "%2e%2e%2f", "Funk / Soul", "久石譲",
    "أغاني المساء", "שיר לילה", "नदी के गीत", "🔥🎷", "👨\u200d👩\u200d👧\u200d👦", "Z̷̢a̵l̶g̸o̷",
    "ﬁ", "İi̇ıI", "ß",
    "\u202eexe.gpj", "\u2066x\u2069", "a\u0000b", "a\x07b\x1b[31m", "a\x85b", "a\ufeffb", "\ufffe",
    "\U000e0041", "Titel " * 834, "mot" * 1667, "夜" * 5_000, "<b>" * 1_000, "{{<" * 1_500,
    "undefined", "NaN", "true", "0", "-1", "constructor", "__proto__", "hasOwnProperty",
)  # fmt: skip
TEXTS: tuple[str, ...] = (
    *(*SCRIPTS, *HANDLERS, *STYLES, *ADDRESSES, *TEMPLATES),
    *(*YAMLS, *MARKDOWNS, *DISCOGS_MARKUP, *NAMES),
)


def releases(size: int, seed: int = SEED) -> Iterator[ReleaseRecord]:
    """`size` releases, every text in them hostile; each text is the title of some in turn."""
    chance = random.Random(seed)
    for number in range(size):
        title = TEXTS[number % len(TEXTS)]
        if number >= len(TEXTS) and chance.random() < 0.5:
            title = chance.choice((f"{title} {_any(chance)}", f"{title}\n{_any(chance)}"))[:5_000]
        yield _release(chance, number, title)


def _any(chance: random.Random) -> str:
    return chance.choice(TEXTS)


def _some(chance: random.Random, at_most: int) -> list[str]:
    return [_any(chance) for _ in range(chance.randrange(at_most + 1))]


def _credit(chance: random.Random, role: str = "") -> CreditRecord:
    place = chance.randrange(len(TEXTS) * 4)  # several namesakes with ids of their own
    anv = _any(chance) if chance.random() < 0.2 else ""
    tracks = _any(chance) if role else ""
    join = _any(chance)[:20] if chance.random() < 0.3 else ""
    return CreditRecord(TEXTS[place % len(TEXTS)], 10_000 + place, anv, join, role, tracks)


def _track(chance: random.Random, place: int) -> TrackRecord:
    kind = "heading" if chance.random() < 0.1 else "track"
    position = f"A{place}" if chance.random() < 0.7 else _any(chance)[:60]
    duration = "3:08" if chance.random() < 0.7 else _any(chance)[:60]
    artists = (_credit(chance),) if chance.random() < 0.2 else ()
    return TrackRecord(_any(chance), position, duration, kind, artists)


def _release(chance: random.Random, number: int, title: str) -> ReleaseRecord:
    video = chance.choice(ADDRESSES) if chance.random() < 0.5 else "https://youtu.be/ylXk1LBvIqU"
    return ReleaseRecord(
        title=title,
        discogs_id=1_000 + number,
        artists=tuple(_credit(chance) for _ in range(chance.choice((1, 1, 1, 2, 5)))),
        labels=tuple(
            LabelRecord(TEXTS[place], _any(chance)[:200], 500 + place)
            for place in {chance.randrange(len(TEXTS)) for _ in range(chance.randrange(3))}
        ),
        formats=(
            FormatRecord(_any(chance)[:80], 2, (_any(chance)[:80],), _any(chance)[:80]),
            FormatRecord("Vinyl", 1, ("LP",)),
        )[chance.randrange(2) :],
        year=chance.choice((None, 1, 1977, 9_999)),
        genres=tuple(dict.fromkeys(text[:200] for text in _some(chance, 2) if text.strip())),
        styles=tuple(dict.fromkeys(text[:200] for text in _some(chance, 2) if text.strip())),
        country=_any(chance)[:80],
        released=chance.choice(("1977-00-00", "1977", _any(chance)[:40])),
        notes="\n".join(_some(chance, 3)),
        tracks=tuple(_track(chance, place) for place in range(chance.choice((0, 2, 4, 8)))),
        credits=tuple(_credit(chance, _any(chance)[:200]) for _ in range(chance.randrange(3))),
        videos=(VideoRecord(video, _any(chance)), VideoRecord(_any(chance), _any(chance))),
        identifiers=tuple(
            IdentifierRecord(_any(chance)[:200], _any(chance)[:200], text)
            for text in _some(chance, 2)
        ),
        companies=tuple(
            CompanyRecord(_any(chance)[:200], _any(chance)[:200], text) for text in _some(chance, 2)
        ),
    )


def fill(owner_id: int, size: int) -> None:
    """Put the hostile shelf up by the door a sync uses; then what other services said. Commits."""
    names = dict.fromkeys(text[:200] for text in TEXTS if text.strip())
    folders = [FolderRecord(place, name, 0) for place, name in enumerate(names, 1)]
    store_folders(owner_id, folders)
    for records in in_chunks(releases(size), AT_ONCE):
        store_copies(owner_id, [_copy(record, len(folders)) for record in records])
    db.session.commit()
    _tell(owner_id)
    db.session.commit()


def _copy(record: ReleaseRecord, folders: int) -> CopyRecord:
    number = record.discogs_id or 0
    text = TEXTS[number * 7 % len(TEXTS)]
    return CopyRecord(
        release=record,
        instance_id=number,
        folder_discogs_id=number % folders + 1,
        added_at=FIRST_DAY + timedelta(hours=number),
        rating=number % 6 or None,
        media_condition=text[:200],
        sleeve_condition=text[:200],
        notes=text,
    )


def _tell(owner_id: int) -> None:
    """Links, articles and profiles, as hostile as the rest."""
    chance = random.Random(SEED)
    numbers = db.session.scalars(select(Release.discogs_id).order_by(Release.id)).all()
    links: list[dict[str, Any]] = []
    articles: list[dict[str, Any]] = []
    for number in numbers:
        page = f"https://en.wikipedia.invalid/{number}/{_any(chance)[:300]}"
        links.append(_link(owner_id, number, "wikipedia", page, ""))
        links.append(_link(owner_id, number, "spotify", chance.choice(ADDRESSES), _any(chance)))
        links.append(_link(owner_id, number, "itunes", chance.choice(ADDRESSES), _any(chance)))
        about = {"title": _any(chance)[:200], "text": "\n\n".join(_some(chance, 3)) or "x"}
        articles.append({"url": page, "language": "en", "licence": _any(chance)[:200], **about})
    db.session.execute(insert(Link), links)
    db.session.execute(insert(Article), articles)
    for place, artist in enumerate(db.session.scalars(select(Artist.id)).all()):
        words = TEXTS[place % len(TEXTS)]
        db.session.execute(update(Artist).where(Artist.id == artist).values(profile=words))


def _link(
    owner_id: int, number: int | None, provider: str, url: str, remote_id: str
) -> dict[str, Any]:
    thing = {"entity": "title", "key": f"r{number}", "provider": provider, "url": url}
    verdict = {"badge": "exact", "score": 1.0, "state": "accepted"}
    return {"owner_id": owner_id, **thing, **verdict, "remote_id": remote_id[:200]}
