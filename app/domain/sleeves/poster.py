"""The layout of type alone."""

from __future__ import annotations

from .colour import mix
from .columns import IMPRINT, MARGIN, SIDE, Column, Sheet, ground, imprint
from .svg import tag
from .typesetting import fit
from .typography import Face, is_plain, measure

_DESCENDING = frozenset("gjpqyQ,;()[]")


def poster(sheet: Sheet) -> list[str]:
    """Every line as wide as the sheet; what room a short title leaves is filled with its echo."""
    wide, face = SIDE - 2 * MARGIN, sheet.house.title_face
    top, bottom = MARGIN + IMPRINT + 20, SIDE - MARGIN
    lines = fit(sheet.words.title, face, wide, 250, 34, 5, 400).lines
    signed = sheet.words.name or sheet.words.left or " "
    name = fit(signed, sheet.house.name_face, wide, 44, 20, 2, 90)
    column = Column(MARGIN, top, wide, sheet.house.anchor)
    floor = bottom - name.height - 26
    _fill_with_type(sheet, column, lines, face, floor)
    if floor - column.y > 100:
        column.lines.append(_filler(sheet, wide, column.y + 30, floor - column.y - 30))
    signature = Column(MARGIN, bottom - name.height + 6, wide, sheet.house.anchor)
    signature.set(name, sheet.scheme.second)
    head = imprint(sheet, MARGIN, wide, MARGIN + IMPRINT * 0.6)
    return [ground(sheet), *head, *column.lines, *signature.lines]


def _fill_with_type(
    sheet: Sheet, column: Column, lines: tuple[str, ...], face: Face, floor: float
) -> None:
    sizes = [min(column.width * 0.98 / measure(line, face), 300.0) for line in lines]
    total = sum(size * _step(line) for size, line in zip(sizes, lines, strict=True))
    room = floor - column.y
    total += sizes[-1] * 0.14 * bool(set(lines[-1]) & _DESCENDING)
    scale, echoes = min(1.0, room / total), max(1, int(room / total))
    column.y -= sizes[0] * scale * 0.06
    for echo in range(echoes):
        for number, (line, size) in enumerate(zip(lines, sizes, strict=True)):
            fill = sheet.scheme.second if number % 2 else sheet.scheme.ink
            shade = mix(fill, sheet.scheme.ground, 0.86 * echo / echoes)
            column.y += size * scale * _step(line)
            column.add(line, size * scale, face, shade, ornament=echo > 0)


def _step(line: str) -> float:
    """How far under the line above it a line stands, in em: capitals alone pack tightest."""
    if not is_plain(line):
        return 1.0
    return 0.82 if line.upper() == line else 0.9


def _filler(sheet: Sheet, wide: float, y: float, tall: float) -> str:
    """One plain shape for the room a short title leaves."""
    fill = sheet.scheme.tones[0]
    if sheet.chance.yes():
        return tag("rect", x=MARGIN, y=y, width=wide, height=tall, fill=fill)
    step, r = tall * 1.12, tall / 2
    tones = sheet.scheme.tones
    return "".join(
        tag("circle", cx=MARGIN + r + step * place, cy=y + r, r=r, fill=tones[place % len(tones)])
        for place in range(int((wide + step - tall) / step))
    )
