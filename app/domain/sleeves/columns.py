"""The words of a sleeve, set in a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .chance import Chance
from .palettes import Scheme
from .svg import escaped, num, tag
from .typesetting import Setting, fit, shortened
from .typography import Face, is_plain, measure, runs_right_to_left

SIDE = 600.0
MARGIN = 38.0
IMPRINT = 17.0
"""Size of the line that names label and number."""
_CAPS = 0.74  # height of capitals, em


@dataclass(frozen=True, slots=True)
class House:
    """How a label sets its words: the same on all its sleeves."""

    title_face: Face
    name_face: Face
    case: str  # "", "upper" or "lower"
    anchor: str  # "start", "middle" or "end"
    name_first: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What is printed, cleaned and cased."""

    title: str
    name: str
    left: str
    right: str
    glyph: str = ""
    """What the letter picture shows instead of a title too short to set, if that is the case."""


@dataclass(slots=True)
class Column:
    """A column of text that grows downwards from `y`."""

    x: float
    y: float
    width: float
    anchor: str
    lines: list[str] = field(default_factory=list)

    def set(self, setting: Setting, fill: str, gap: float = 0.0) -> None:
        """Add the lines of `setting`, `gap` units under what stands there."""
        self.y += gap + setting.size * _CAPS
        for number, text in enumerate(setting.lines):
            if number:
                self.y += setting.size * setting.face.leading
            self.add(text, setting.size, setting.face, fill)
        self.y += setting.size * 0.2 * (setting.size < 200)

    def add(self, text: str, size: float, face: Face, fill: str, ornament: bool = False) -> None:
        """Add one line on the present baseline; an `ornament` is not there to be read."""
        anchor = "end" if self.anchor == "start" and runs_right_to_left(text) else self.anchor
        place = (self.x, self.y, self.width)
        self.lines.append(text_line(*place, text, size, face, fill, anchor, ornament))


def text_line(
    x: float,
    y: float,
    width: float,
    text: str,
    size: float,
    face: Face,
    fill: str,
    anchor: str,
    ornament: bool = False,
) -> str:
    """One line of text, aligned within the measure that begins at `x`."""
    backwards = runs_right_to_left(text)
    at = {"start": x, "middle": x + width / 2, "end": x + width}[anchor]
    if backwards and anchor != "middle":
        anchor = "start" if anchor == "end" else "end"
    squeezed = face.squeezed and is_plain(text)
    return tag(
        "text",
        escaped(text),
        x=at,
        y=y,
        font_size=size,
        font_family=face.family,
        font_weight=None if face.weight == 400 else str(face.weight),
        fill=fill,
        text_anchor=None if anchor == "start" else anchor,
        aria_hidden="true" if ornament else None,
        direction="rtl" if backwards else None,
        letter_spacing=face.tracking * size if face.tracking and not squeezed else None,
        textLength=measure(text, face) * size if squeezed else None,
        lengthAdjust="spacingAndGlyphs" if squeezed else None,
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a layout needs."""

    words: Words
    house: House
    scheme: Scheme
    chance: Chance
    picture: Callable[[float, float, float, float, bool], str]
    """Draws the composition at x, y, width, height, upside down if asked."""
    title_scale: float = 1.0


def imprint(sheet: Sheet, x: float, width: float, baseline: float) -> list[str]:
    face, words = sheet.house.name_face, sheet.words
    room = width / IMPRINT
    right = shortened(words.right, face, room * 0.5) if words.right else ""
    left_room = room - (measure(right, face) + 1 if right else 0)
    left = shortened(words.left, face, left_room) if words.left else ""
    ends = (("start", left), ("end", right))
    if sheet.house.anchor == "middle" and not (left and right):
        ends = (("middle", left or right), ("end", ""))
    return [
        text_line(x, baseline, width, text, IMPRINT, face, sheet.scheme.second, anchor)
        for anchor, text in ends
        if text
    ]


def _settings(sheet: Sheet, width: float, most_height: float) -> tuple[Setting, Setting | None]:
    """Title and name, fitted to a column."""
    words, house = sheet.words, sheet.house
    largest = min(118.0, max(72.0, width * 0.22)) * sheet.title_scale
    title = fit(words.title, house.title_face, width, largest, 25, 4, most_height * 0.72)
    if not words.name:
        return title, None
    size = max(23.0, min(40.0, title.size * 0.6, width * 0.075))
    return title, fit(words.name, house.name_face, width, size, 19, 2, most_height * 0.34)


def block(sheet: Sheet, x: float, width: float, most_height: float) -> Column:
    """Title and name one over the other, from y = 0."""
    title, name = _settings(sheet, width, most_height)
    column = Column(x, 0.0, width, sheet.house.anchor)
    first: tuple[Setting | None, str] = (title, sheet.scheme.ink)
    second: tuple[Setting | None, str] = (name, sheet.scheme.second)
    gap = 0.0
    for setting, fill in (second, first) if sheet.house.name_first else (first, second):
        if setting is not None:
            column.set(setting, fill, gap)
            gap = max(8.0, title.size * 0.16)
    return column


def stacked_imprint(sheet: Sheet, x: float, width: float) -> list[str]:
    face, drawn, y = sheet.house.name_face, [], SIDE - MARGIN + 4
    for text in (sheet.words.right, sheet.words.left):
        if text:
            short = shortened(text, face, width / IMPRINT)
            drawn.append(
                text_line(
                    x, y, width, short, IMPRINT, face, sheet.scheme.second, sheet.house.anchor
                )
            )
            y -= IMPRINT * 1.3
    return drawn


def moved(lines: list[str], y: float) -> str:
    return tag("g", "".join(lines), transform=f"translate(0 {num(y)})")


def ground(sheet: Sheet) -> str:
    return tag("rect", width=SIDE, height=SIDE, fill=sheet.scheme.ground)
