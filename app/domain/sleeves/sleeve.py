"""From the facts of a record to its sleeve."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .art.board import Board
from .chance import Chance
from .colour import chroma
from .columns import SIDE, House, Sheet, Words
from .facts import SleeveFacts, printable, printable_catno, printable_label, printable_name
from .layouts import LAYOUTS
from .palettes import Palette, Scheme, choose_scheme, palettes_of
from .repertoire import COMPOSITIONS, POSTER, SEAMLESS, UPRIGHT, suitable
from .svg import rect, tag, window
from .typography import FACES

VERSION = "1"

_FACES_FOR: dict[str, str] = {
    "Classical": "serif|serif|bold serif|light",
    "Jazz": "grotesque|slab|narrow|geometric|bold serif",
    "Electronic": "grotesque|light|typewriter|geometric|narrow",
    "Hip Hop": "narrow|grotesque|slab|narrow",
    "Folk, World, & Country": "serif|bold serif|slab|geometric",
    "Blues": "slab|bold serif|narrow",
    "Stage & Screen": "bold serif|narrow|light|geometric",
}
_FACES_FOR_ANY = "grotesque|narrow|geometric|bold serif|slab|grotesque|serif|light|typewriter"
_NAME_FACES = {
    "grotesque": "grotesque|light|serif",
    "light": "light|grotesque",
    "narrow": "narrow|grotesque",
    "geometric": "geometric|light",
    "serif": "serif|light",
    "bold serif": "serif|light",
    "slab": "grotesque|slab",
    "typewriter": "typewriter|grotesque",
}
_FRAMES = tuple(name for name in LAYOUTS if name != POSTER)
_FIGURES = "arches blocks corona dusk grooves horizon letter rosette venn"
_ONE_FIGURE = frozenset(_FIGURES.split())  # must not be covered or squeezed
_ARTICLES = frozenset(
    ("the", "a", "an", "der", "die", "das", "le", "la", "les", "el", "los", "las")
)


@dataclass(frozen=True, slots=True)
class Design:
    """The decisions taken for one sleeve, before anything is drawn."""

    words: Words
    house: House
    scheme: Scheme
    composition: str
    frame: str
    chance: Chance
    title_scale: float


def design(facts: SleeveFacts) -> Design:
    """Decide composition, inks, type and layout. Equal facts, equal design."""
    label = printable_label(facts.label).casefold()
    series = Chance("series", label or printable_name(facts.artist).casefold())
    inks = Chance("inks", label)
    one = Chance("sleeve", *_key(facts))
    title = printable(facts.title) or printable_name(facts.artist) or "Untitled"
    composition = _composition(facts, title, series, one)
    palette = one.pick(inks.some(palettes_of(facts.year), 3))
    house = _house(facts, series)
    words = _words(facts, title, house.case)
    if composition == "letter" and _is_sign(title) and words.name:
        words = replace(words, title=words.name, name="", glyph=title)
    frame = _frame(words, composition, series, one)
    scheme = _scheme(palette, composition, frame, one)
    number = Chance("number", printable_catno(facts.catno))
    return Design(words, house, scheme, composition, frame, one, number.pick((0.8, 1.0, 1.0)))


def _key(facts: SleeveFacts) -> tuple[str, ...]:
    lists = ("\x1e".join(facts.genres), "\x1e".join(facts.styles))
    plain = (facts.title, facts.artist, facts.label, facts.catno)
    return (*plain, str(facts.year), *lists, str(facts.seed))


def _scheme(palette: Palette, composition: str, frame: str, one: Chance) -> Scheme:
    if frame == "plate":  # a plate must stand off the picture it lies on
        scheme = choose_scheme(palette, one, seamless=False, bold=False)
        tones = tuple(tone for tone in scheme.tones if tone != scheme.ground)
        return replace(scheme, tones=tones)
    if composition == POSTER:
        return choose_scheme(palette, one, seamless=True, bold=True)
    seamless = composition in SEAMLESS and one.yes(0.6)
    return choose_scheme(palette, one, seamless, bold=False)


def _composition(facts: SleeveFacts, title: str, series: Chance, one: Chance) -> str:
    if _is_sign(title) and one.yes(0.8 if len(title) < 3 else 0.4):
        return "letter"
    found = suitable(facts.genres, facts.styles)
    return one.pick(series.some(found[:10], 4))


def _is_sign(title: str) -> bool:
    """Whether a title is so short that it is a picture itself."""
    return len(title) <= 4 and " " not in title


def _house(facts: SleeveFacts, series: Chance) -> House:
    genre = facts.genres[0] if facts.genres else ""
    title_face = series.pick(_FACES_FOR.get(genre, _FACES_FOR_ANY).split("|"))
    name_face = series.pick(_NAME_FACES[title_face].split("|"))
    cases = {"narrow": ("upper", "upper", ""), "grotesque": ("", "", "upper", "lower")}
    case = series.pick(cases.get(title_face, ("", "", "upper")))
    anchor = series.pick(
        ("start", "start", "start", "middle" if "serif" in title_face else "start")
    )
    return House(FACES[title_face], FACES[name_face], case, anchor, series.yes(0.4))


def _words(facts: SleeveFacts, title: str, case: str) -> Words:
    name = printable_name(facts.artist)
    if case == "upper" and len(title) <= 60:
        title = title.upper()
    elif case == "lower":
        title, name = title.lower(), name.lower()
    if name.casefold() == title.casefold():  # self-titled: once is enough
        name = ""
    year = str(facts.year) if facts.year else ""
    right = printable_catno(facts.catno) or year
    return Words(
        title, name, printable_label(facts.label) or (year if right != year else ""), right
    )


def _frame(words: Words, composition: str, series: Chance, one: Chance) -> str:
    if composition == POSTER:
        return POSTER
    names = series.some(_FRAMES, 4)
    banned = set()
    longest = max(map(len, words.title.split()), default=0)
    if longest > 10 or len(words.title) > 45 or composition == "keys":
        banned.add("beside")
    if composition in _ONE_FIGURE:
        banned |= {"plate", "beside"}
    names = [name for name in names if name not in banned] or ["head", "foot"]
    return one.pick(names)


def accent_of(facts: SleeveFacts) -> str:
    """The colour one remembers the sleeve by, as "#rrggbb"."""
    scheme, sleeve = design(facts).scheme, draw(facts)
    inks = (scheme.ground, scheme.field, *scheme.tones[:2])
    return max((ink for ink in inks if ink in sleeve), key=chroma)


def draw(facts: SleeveFacts) -> str:
    """The sleeve as an SVG document."""
    plan = design(facts)

    def picture(x: float, y: float, width: float, height: float, turned: bool) -> str:
        scheme = plan.scheme
        glyph = _glyph(plan)
        titled = bool(plan.words.glyph)
        board = Board(
            width,
            height,
            scheme.field,
            scheme.tones,
            plan.chance,
            glyph,
            open=scheme.field == scheme.ground,
            glyph_is_title=titled,
        )
        content = "".join(COMPOSITIONS[plan.composition](board))
        if turned and plan.composition not in UPRIGHT:
            content = tag("g", content, transform=f"matrix(1 0 0 -1 0 {height:.1f})")
        return window(x, y, width, height, rect(0, 0, width, height, scheme.field) + content)

    sheet = Sheet(plan.words, plan.house, plan.scheme, plan.chance, picture, plan.title_scale)
    content = "".join(LAYOUTS[plan.frame](sheet))
    return tag(
        "svg", content, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {SIDE:.0f} {SIDE:.0f}"
    )


def _glyph(plan: Design) -> str:
    title = plan.words.title
    if plan.words.glyph:
        return plan.words.glyph
    telling = [word for word in title.split() if word.casefold() not in _ARTICLES]
    letters = [char for char in "".join(telling or title) if char.isalnum()]
    return (letters[0] if letters else title[0]).upper()[:1]
