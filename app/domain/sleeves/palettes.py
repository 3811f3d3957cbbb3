"""The inks: a few curated palettes for each era, and how a sleeve takes its colours from one."""

from __future__ import annotations

from dataclasses import dataclass

from .chance import Chance
from .colour import READABLE, contrast, distance, legible

Palette = tuple[str, str, str, str, str]
"""Paper, ink, and three colours."""

_ERAS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (
        1955,  # letterpress on uncoated board: oxblood, bottle green, mustard
        (
            "f1e6cf 2a1d17 8c2f24 c79a3b 3f5446",
            "efe3c8 1f2a38 a2342b 6f8791 c9a35a",
            "e9dcc1 2b2320 4a5d45 b8562f 9c8458",
            "f3ead7 33161b 7a1f2b b98a4a 2f4858",
            "e6d8b8 1b1b19 9c6b30 58433a b93f2c",
        ),
    ),
    (
        1965,  # two-colour modernism: cobalt, vermilion, ochre
        (
            "f4efe3 15171c 1f4fa3 e2572b f0b429",
            "f2ede0 141414 d8392b 2b7a78 e8c547",
            "efe9dc 1b1f2a e67e22 3b6ea5 a9b8bd",
            "f5f0e1 10222b 0f7c8a f2a33a c8402f",
            "f1ead9 211a1d b5305c f0c24b 4c6b8a",
            "eef0ea 131c2e 2456c4 8fb7d9 ee6c2d",
            "f3eddc 1c2416 6b8e23 e9b824 d1462f",
        ),
    ),
    (
        1973,  # poster inks: magenta, orange, violet, sun yellow
        (
            "fbf0d6 2a123f ff6b2c d81e6b f9c22e",
            "f6ecd2 14342b e5532d f2b134 5a9e6f",
            "fdf1dc 3b0d3a e63973 f58f29 6c4ab6",
            "f3efe0 10304a f0562f ffcc33 2e9ca6",
            "f7e9d0 3a1f10 c8451d f3a712 7a9a3a",
            "f9efe0 231a54 3f51c5 ff8fa3 ffb627",
            "f4f0e3 16262b 0f8b8d ec9a29 a8201a",
            "f6f0ea 221d35 7b4fa3 8fc1a9 f2c14e",
        ),
    ),
    (
        1980,  # brown, tangerine, avocado, wine
        (
            "f5e6cb 2d1a12 c4501b e89b2d 6b3a1f",
            "f4e8d1 1d2b24 d9822b 6f8f3f a63d2f",
            "f1e1c6 2a1626 a8324a e7a33e 5b2a57",
            "efe7d6 172a3a d4572a f1bf5a 3f7f8c",
            "f7ead6 1a1a2e e0457b f4a259 5b5ea6",
            "f3ead4 10302f 1d6b63 e9a23b d65a31",
            "f2efe2 14233f 2d5f9a 86b6c9 e8663d",
            "f6eadf 2b1f2e d9738a 7d9a86 f0c987",
            "eef0e4 1a2b21 2f7d4f c9d36a e4572e",
        ),
    ),
    (
        1988,  # new wave: hot pink, cyan, signal yellow, grey
        (
            "f4f1ea 17161d ff3d7f 19b5c9 ffd23f",
            "eceff1 101820 e4002b 8a9ba8 f7d117",
            "f6eef0 1d1340 f72585 4361ee 7ee0d6",
            "f3f0e7 12263a 06a77d f1a208 d5456b",
            "e8e6e1 1c1c1c d7263d 9a9a96 2e86ab",
            "f5efe6 2b1055 7597de f55d8d ffc857",
        ),
    ),
    (
        1996,  # acid and earth: lime, violet, rust, denim
        (
            "f2f0e4 14130f d3dc1f ef476f 118ab2",
            "efeae0 1e1b18 b23a2a d9a441 4f6d5b",
            "f0efe9 1a1033 6a2fd0 22c7a9 ff7a3d",
            "eae4d9 22262b 7b8c6a a65a3a c9b891",
            "f4f2ec 0f1f3d 1f6feb f5a300 e63b2e",
            "ece9f2 16121f 8e44ad f4d03f e74c3c",
        ),
    ),
    (
        2006,  # cool offset: steel, lime, signal orange
        (
            "eef1f2 1b232a 5b7c99 f26a21 b8c4cc",
            "f1f3ee 182420 8fb339 2f6f6a d9e3d0",
            "f4f1ee 221f26 c2476b 8a7fa8 e9c9b1",
            "edf0f4 10182b 2d5bd0 9ec5e8 ff5a4f",
            "f3efe8 24211f a3552f 6f8586 d9b779",
            "f2f2ef 111111 e63329 bdbdb7 f2b705",
        ),
    ),
    (
        2100,  # clay, sage, ultramarine, lilac, coral
        (
            "f6efe9 1f2430 e2725b 8aa39b f2c9b8",
            "f3f1fa 1e1b3a 5b4ee0 ff8a70 c7bdf5",
            "f2f4ec 17281f 2f6b4f e8b23a b9d3b0",
            "fbf1ea 2b1420 d13f67 f6a96c 7c2f55",
            "eef4f6 0d2230 0f6f95 f25f4c a5d3dd",
            "f5f1e6 1b1a17 ef5b2b f7c548 3d7068",
            "f7eef1 2a1a3e 8f3f97 f3a6b8 f4c542",
        ),
    ),
)
_UNDATED = (
    "f2ede4 1e1e1c c4472f 3c5a72 d9ae4c",
    "efece3 1d2725 2f6f62 d98b3a b5473c",
    "f1edf0 241c2c 7a4988 d96c75 e6b655",
    "eceeea 16222e 33658a f26419 86bbd8",
    "f4eee2 2a1f1a a4452c 6d7f5a e2b04a",
)


def _palette(text: str) -> Palette:
    paper, ink, first, second, third = (f"#{part}" for part in text.split())
    return paper, ink, first, second, third


def palettes_of(year: int | None) -> tuple[Palette, ...]:
    """The palettes of the era a year falls into; those of no era if it is unknown."""
    if not year:
        return tuple(map(_palette, _UNDATED))
    return tuple(map(_palette, next((texts for end, texts in _ERAS if year < end), _ERAS[-1][1])))


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a sleeve is printed in.

    `ink` and `second` are text colours, both readable on `ground`; the picture is drawn in
    `tones` (three or four, the strongest first) on `field`, which may be the ground itself.
    """

    ground: str
    ink: str
    second: str
    field: str
    tones: tuple[str, ...]


def choose_scheme(palette: Palette, chance: Chance, seamless: bool, bold: bool) -> Scheme:
    """Deal the colours of `palette` to their parts.

    `seamless` puts picture and text on one ground, else the picture has a field of its own;
    `bold` keeps the paper white off the ground.
    """
    paper, ink, *colours = palette
    papers = () if bold else (paper, paper)
    ground = chance.pick((*papers, ink, *colours, *colours[:2]))
    others = [colour for colour in palette if distance(colour, ground) > 110]
    field = ground if seamless else chance.pick(others)
    tones = [colour for colour in palette if distance(colour, field) > 110]
    tones.sort(key=lambda colour: colour in (paper, ink))
    turn = chance.count(0, max(0, sum(tone not in (paper, ink) for tone in tones) - 1))
    hues = [tone for tone in tones if tone not in (paper, ink)]
    tones = hues[turn:] + hues[:turn] + [tone for tone in tones if tone in (paper, ink)]
    return Scheme(ground, *_text_colours(palette, ground, chance), field, tuple(tones[:4]))


def _text_colours(palette: Palette, ground: str, chance: Chance) -> tuple[str, str]:
    main = legible(max(palette[:2], key=lambda colour: contrast(colour, ground)), ground)
    readable = [c for c in palette if c != main and contrast(c, ground) >= READABLE]
    return main, (chance.pick(readable) if readable else main)
