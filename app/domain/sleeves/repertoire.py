"""Which compositions suit which music."""

from __future__ import annotations

from .art import blocks, circles, dots, letters, lines, scenes
from .art.board import Composition

COMPOSITIONS: dict[str, Composition] = {
    "arches": circles.arches,
    "bands": lines.bands,
    "bars": lines.bars,
    "blocks": blocks.blocks,
    "cascade": blocks.cascade,
    "checker": blocks.checker,
    "chevrons": lines.chevrons,
    "circles": dots.circle_grid,
    "contours": scenes.contours,
    "corona": circles.corona,
    "counterchange": circles.counterchange,
    "dusk": scenes.dusk,
    "eclipse": circles.eclipse,
    "grooves": circles.grooves,
    "halftone": dots.halftone,
    "horizon": scenes.horizon,
    "keys": lines.keys,
    "letter": letters.letter,
    "ribbons": lines.ribbons,
    "rosette": circles.rosette,
    "scales": dots.scales,
    "spiral": circles.spiral,
    "stacks": lines.stacks,
    "strings": lines.strings,
    "sunburst": circles.sunburst,
    "swell": scenes.swell,
    "terrazzo": dots.terrazzo,
    "tiles": blocks.tiles,
    "venn": circles.venn,
    "waves": scenes.waves,
}

POSTER = "poster"
"""Type alone: a layout without a composition."""

_SEAMLESS = (
    "arches bars blocks circles contours corona eclipse grooves halftone horizon letter ribbons "
    "rosette strings swell terrazzo venn waves"
)
SEAMLESS = frozenset(_SEAMLESS.split())
"""Compositions that may stand on the same ground as the text, without a border."""

_UPRIGHT = "arches blocks dusk horizon keys letter scales waves"
UPRIGHT = frozenset(_UPRIGHT.split())
"""Compositions with a top and a bottom: never turned over."""

_BY_STYLE: dict[str, str] = {
    "ambient": "dusk contours eclipse swell horizon",
    "drone": "eclipse swell dusk contours",
    "techno": "corona grooves circles stacks eclipse halftone checker",
    "house": "corona chevrons grooves circles bars venn tiles halftone",
    "disco": "sunburst corona chevrons ribbons circles rosette grooves arches",
    "drum n bass": "bands chevrons blocks stacks eclipse letter",
    "jungle": "bands blocks rosette letter",
    "idm": "blocks strings tiles checker stacks",
    "downtempo": "dusk venn contours waves grooves",
    "trip hop": "eclipse halftone contours dusk letter",
    "synth-pop": "bars checker terrazzo cascade dusk tiles",
    "new wave": "terrazzo checker bands tiles cascade counterchange",
    "post-punk": "strings counterchange checker bands poster",
    "punk": "poster letter halftone bands checker",
    "hardcore": "poster letter bands halftone",
    "garage rock": "poster halftone sunburst swell",
    "psychedelic rock": "swell waves rosette spiral sunburst contours",
    "prog rock": "horizon contours strings blocks spiral dusk",
    "krautrock": "cascade bands grooves strings checker",
    "metal": "horizon sunburst letter eclipse strings poster",
    "indie rock": "venn horizon tiles counterchange terrazzo poster dusk",
    "alternative rock": "counterchange halftone eclipse letter tiles poster",
    "shoegaze": "swell dusk halftone eclipse",
    "folk rock": "horizon sunburst rosette dusk",
    "hard bop": "bars keys tiles venn poster stacks corona",
    "bop": "bars keys counterchange poster",
    "cool jazz": "keys venn arches cascade stacks",
    "modal": "keys cascade venn stacks",
    "free jazz": "strings contours terrazzo bands letter",
    "fusion": "ribbons chevrons spiral blocks waves grooves scales",
    "soul-jazz": "ribbons keys bars arches",
    "swing": "keys arches circles bars",
    "big band": "bars circles arches keys",
    "bossa": "waves arches tiles dusk venn scales",
    "soundtrack": "eclipse venn sunburst poster counterchange dusk",
    "dub": "spiral grooves halftone eclipse",
    "ska": "checker stacks circles bands chevrons",
    "roots reggae": "sunburst bands horizon spiral",
    "blues rock": "sunburst letter bands horizon",
    "spoken": "poster letter halftone",
    "comedy": "poster terrazzo letter",
}
_BY_GENRE: dict[str, str] = {
    "Electronic": "grooves circles blocks swell eclipse halftone tiles stacks checker",
    "Rock": "sunburst bands swell horizon letter counterchange chevrons poster halftone strings",
    "Jazz": "keys bars venn stacks swell tiles cascade poster counterchange strings",
    "Funk / Soul": "ribbons arches sunburst waves grooves chevrons corona rosette poster scales",
    "Hip Hop": "letter halftone blocks bands poster grooves tiles chevrons corona stacks",
    "Pop": "terrazzo circles venn arches scales ribbons counterchange dusk tiles",
    "Reggae": "bands sunburst spiral arches halftone stacks",
    "Classical": "strings arches dusk contours keys poster venn",
    "Latin": "rosette scales tiles sunburst ribbons waves circles chevrons",
    "Folk, World, & Country": "horizon rosette tiles contours scales dusk arches",
    "Blues": "horizon stacks grooves halftone poster keys",
    "Stage & Screen": "eclipse venn sunburst poster counterchange arches",
    "Children's": "terrazzo circles arches blocks waves",
    "Non-Music": "poster letter tiles halftone",
    "Brass & Military": "bands sunburst arches stacks",
}
_ANY = (
    "grooves bands tiles venn halftone sunburst counterchange stacks ribbons cascade "
    "strings poster arches circles swell horizon"
)


def suitable(genres: tuple[str, ...], styles: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the compositions that suit the music, the most telling first, none twice."""
    found: list[str] = []
    for style in styles[:4]:
        lowered = style.casefold()
        match = max((key for key in _BY_STYLE if key in lowered), key=len, default="")
        found += _BY_STYLE.get(match, "").split()
    for genre in genres[:2]:
        found += _BY_GENRE.get(genre, "").split()
    return tuple(dict.fromkeys(found or _ANY.split()))
