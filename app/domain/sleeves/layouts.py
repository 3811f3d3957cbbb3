"""Where picture and words stand on the square."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .chance import Chance
from .colour import mix
from .palettes import Scheme
from .svg import escaped, num, tag
from .typesetting import Setting, fit, shortened
from .typography import Face, is_plain, measure, runs_right_to_left

SIDE = 600.0
MARGIN = 38.0
_IMPRINT = 17.0
_CAPS = 0.74  # height of capitals, em


@dataclass(frozen=True, slots=True)
class House:
    """How a label sets its words: the same on all its sleeves."""

    title_face: Face
    name_face: Face
    case: str  # "", "upper" or "lower"
    anchor: str  # "start", "middle" or "end"
    name_first: bool
    imprint_first: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What is printed, cleaned and cased."""

    title: str
    name: str
    left: str
    right: str


@dataclass(slots=True)
class Column:
    """A column of text that grows downwards from `y`."""

    x: float
    y: float
    width: float
    ground: str
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


def _imprint(sheet: Sheet, x: float, width: float, baseline: float) -> list[str]:
    face, words = sheet.house.name_face, sheet.words
    room = width / _IMPRINT
    right = shortened(words.right, face, room * 0.5) if words.right else ""
    left_room = room - (measure(right, face) + 1 if right else 0)
    left = shortened(words.left, face, left_room) if words.left else ""
    ends = (("start", left), ("end", right))
    if sheet.house.anchor == "middle" and not (left and right):
        ends = (("middle", left or right), ("end", ""))
    return [
        text_line(x, baseline, width, text, _IMPRINT, face, sheet.scheme.second, anchor)
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


def _block(sheet: Sheet, x: float, width: float, most_height: float) -> Column:
    """Title and name one over the other, from y = 0."""
    title, name = _settings(sheet, width, most_height)
    column = Column(x, 0.0, width, sheet.scheme.ground, sheet.house.anchor)
    first: tuple[Setting | None, str] = (title, sheet.scheme.ink)
    second: tuple[Setting | None, str] = (name, sheet.scheme.second)
    gap = 0.0
    for setting, fill in (second, first) if sheet.house.name_first else (first, second):
        if setting is not None:
            column.set(setting, fill, gap)
            gap = max(8.0, title.size * 0.16)
    return column


def _moved(lines: list[str], y: float) -> str:
    return tag("g", "".join(lines), transform=f"translate(0 {num(y)})")


def _ground(sheet: Sheet) -> str:
    return tag("rect", width=SIDE, height=SIDE, fill=sheet.scheme.ground)


def head(sheet: Sheet) -> list[str]:
    """Words above, picture bled off below."""
    column = _block(sheet, MARGIN, SIDE - 2 * MARGIN, 230)
    top = MARGIN + _IMPRINT + 20
    split = round(max(170.0, top + column.y + 30))
    return [
        _ground(sheet),
        sheet.picture(0, split, SIDE, SIDE - split, False),
        *_imprint(sheet, MARGIN, SIDE - 2 * MARGIN, MARGIN + _IMPRINT * 0.6),
        _moved(column.lines, top),
    ]


def foot(sheet: Sheet) -> list[str]:
    """Picture bled off above, words below."""
    column = _block(sheet, MARGIN, SIDE - 2 * MARGIN, 230)
    below = _IMPRINT + 22
    split = round(min(SIDE - 170, SIDE - MARGIN - below - column.y - 30))
    return [
        _ground(sheet),
        sheet.picture(0, 0, SIDE, split, True),
        _moved(column.lines, split + 30),
        *_imprint(sheet, MARGIN, SIDE - 2 * MARGIN, SIDE - MARGIN + 4),
    ]


def sandwich(sheet: Sheet) -> list[str]:
    """The imprint over the picture, the words under it."""
    column = _block(sheet, MARGIN, SIDE - 2 * MARGIN, 210)
    top = MARGIN + _IMPRINT + 10
    split = round(min(SIDE - 130, SIDE - MARGIN - column.y - 22))
    return [
        _ground(sheet),
        sheet.picture(0, top, SIDE, split - top, True),
        _moved(column.lines, split + 26),
        *_imprint(sheet, MARGIN, SIDE - 2 * MARGIN, MARGIN + 6),
    ]


def mounted(sheet: Sheet) -> list[str]:
    """The picture mounted within a margin, the words under it."""
    wide = SIDE - 2 * MARGIN
    column = _block(sheet, MARGIN, wide, 190)
    split = round(SIDE - MARGIN - column.y - 22)
    top = MARGIN + _IMPRINT + 14
    return [
        _ground(sheet),
        sheet.picture(MARGIN, top, wide, split - top, False),
        _moved(column.lines, split + 28),
        *_imprint(sheet, MARGIN, wide, MARGIN + _IMPRINT * 0.6),
    ]


def plate(sheet: Sheet) -> list[str]:
    """Picture all over, the words on a plate let into it."""
    pad = 26.0
    wide = sheet.chance.pick((SIDE, 470.0, 420.0))
    column = _block(sheet, 0, wide - 2 * (MARGIN if wide == SIDE else pad), 200)
    tall = round(column.y + 2 * pad + _IMPRINT + 18)
    x = 0.0 if wide == SIDE else sheet.chance.pick((0.0, MARGIN, SIDE - wide))
    y = sheet.chance.pick((SIDE - tall - MARGIN * 2, MARGIN * 2, (SIDE - tall) // 2))
    inner = x + (MARGIN if wide == SIDE else pad)
    column.x = inner
    lines = _block(sheet, inner, column.width, 200).lines
    return [
        sheet.picture(0, 0, SIDE, SIDE, False),
        tag("rect", x=x, y=y, width=wide, height=tall, fill=sheet.scheme.ground),
        _moved(lines, y + pad),
        *_imprint(sheet, inner, column.width, y + tall - pad + 3),
    ]


def beside(sheet: Sheet) -> list[str]:
    """A column of words beside a tall picture."""
    left = sheet.chance.yes()
    wide = sheet.chance.pick((250.0, 290.0))
    inner = wide - MARGIN - 24
    x = MARGIN if left else SIDE - wide + 24
    column = _block(sheet, x, inner, 400)
    return [
        _ground(sheet),
        sheet.picture(wide if left else 0, 0, SIDE - wide, SIDE, False),
        _moved(column.lines, MARGIN - 4),
        *_stacked_imprint(sheet, x, inner),
    ]


def _stacked_imprint(sheet: Sheet, x: float, width: float) -> list[str]:
    face, drawn, y = sheet.house.name_face, [], SIDE - MARGIN + 4
    for text in (sheet.words.right, sheet.words.left):
        if text:
            short = shortened(text, face, width / _IMPRINT)
            drawn.append(
                text_line(
                    x, y, width, short, _IMPRINT, face, sheet.scheme.second, sheet.house.anchor
                )
            )
            y -= _IMPRINT * 1.3
    return drawn


def poster(sheet: Sheet) -> list[str]:
    """Type alone, each line as wide as the sheet."""
    wide, face = SIDE - 2 * MARGIN, sheet.house.title_face
    broken = fit(sheet.words.title, face, wide, 250, 34, 5, 400)
    top, bottom = MARGIN + _IMPRINT + 20, SIDE - MARGIN
    name = fit(
        sheet.words.name or sheet.words.left or " ", sheet.house.name_face, wide, 44, 20, 2, 90
    )
    room = bottom - name.height - 26 - top
    sizes = [min(wide / measure(line, face), 300.0) for line in broken.lines]
    total = sum(size * 0.84 for size in sizes)
    scale = min(1.0, room / total)
    echoes = int(room / total) if total < room else 1
    column = Column(MARGIN, top, wide, sheet.scheme.ground, "start")
    for echo in range(echoes):
        faded = 0.86 * echo / max(1, echoes)
        for number, (line, size) in enumerate(zip(broken.lines, sizes, strict=True)):
            fill = sheet.scheme.ink if number % 2 == 0 else sheet.scheme.second
            column.y += size * scale * (0.84 if number or echo else 0.78)
            shade = mix(fill, sheet.scheme.ground, faded)
            column.add(line, size * scale * 0.98, face, shade, ornament=echo > 0)
    foot_column = Column(MARGIN, bottom - name.height + 6, wide, sheet.scheme.ground, "start")
    foot_column.set(name, sheet.scheme.second)
    imprint = _imprint(sheet, MARGIN, wide, MARGIN + _IMPRINT * 0.6)
    return [_ground(sheet), *imprint, *column.lines, *foot_column.lines]


FRAMES: dict[str, Callable[[Sheet], list[str]]] = {
    "head": head,
    "foot": foot,
    "sandwich": sandwich,
    "mounted": mounted,
    "plate": plate,
    "beside": beside,
}
