"""Where picture and words stand on the square."""

from __future__ import annotations

from collections.abc import Callable

from .columns import IMPRINT, MARGIN, SIDE, Sheet, block, ground, imprint, moved, stacked_imprint
from .poster import poster
from .repertoire import POSTER
from .svg import tag


def head(sheet: Sheet) -> list[str]:
    """Words above, picture bled off below."""
    column = block(sheet, MARGIN, SIDE - 2 * MARGIN, 230)
    top = MARGIN + IMPRINT + 20
    split = round(max(170.0, top + column.y + 30))
    return [
        ground(sheet),
        sheet.picture(0, split, SIDE, SIDE - split, False),
        *imprint(sheet, MARGIN, SIDE - 2 * MARGIN, MARGIN + IMPRINT * 0.6),
        moved(column.lines, top),
    ]


def foot(sheet: Sheet) -> list[str]:
    """Picture bled off above, words below."""
    column = block(sheet, MARGIN, SIDE - 2 * MARGIN, 230)
    below = IMPRINT + 22
    split = round(min(SIDE - 170, SIDE - MARGIN - below - column.y - 30))
    return [
        ground(sheet),
        sheet.picture(0, 0, SIDE, split, True),
        moved(column.lines, split + 30),
        *imprint(sheet, MARGIN, SIDE - 2 * MARGIN, SIDE - MARGIN + 4),
    ]


def sandwich(sheet: Sheet) -> list[str]:
    """The imprint over the picture, the words under it."""
    column = block(sheet, MARGIN, SIDE - 2 * MARGIN, 210)
    top = MARGIN + IMPRINT + 10
    split = round(min(SIDE - 130, SIDE - MARGIN - column.y - 22))
    return [
        ground(sheet),
        sheet.picture(0, top, SIDE, split - top, True),
        moved(column.lines, split + 26),
        *imprint(sheet, MARGIN, SIDE - 2 * MARGIN, MARGIN + 6),
    ]


def mounted(sheet: Sheet) -> list[str]:
    """The picture mounted within a margin, the words under it."""
    wide = SIDE - 2 * MARGIN
    column = block(sheet, MARGIN, wide, 190)
    split = round(SIDE - MARGIN - column.y - 22)
    top = MARGIN + IMPRINT + 14
    return [
        ground(sheet),
        sheet.picture(MARGIN, top, wide, split - top, False),
        moved(column.lines, split + 28),
        *imprint(sheet, MARGIN, wide, MARGIN + IMPRINT * 0.6),
    ]


def plate(sheet: Sheet) -> list[str]:
    """Picture all over, the words on a plate let into it."""
    wide = sheet.chance.pick((SIDE, 470.0, 420.0))
    pad, side = 26.0, MARGIN if wide == SIDE else 26.0
    x = 0.0 if wide == SIDE else sheet.chance.pick((0.0, MARGIN, SIDE - wide))
    column = block(sheet, x + side, wide - 2 * side, 200)
    tall = round(column.y + 2 * pad + IMPRINT + 18)
    y = sheet.chance.pick((SIDE - tall - MARGIN * 2, MARGIN * 2, (SIDE - tall) // 2))
    return [
        sheet.picture(0, 0, SIDE, SIDE, False),
        tag("rect", x=x, y=y, width=wide, height=tall, fill=sheet.scheme.ground),
        moved(column.lines, y + pad),
        *imprint(sheet, x + side, column.width, y + tall - pad + 3),
    ]


def beside(sheet: Sheet) -> list[str]:
    """A column of words beside a tall picture."""
    left = sheet.chance.yes()
    wide = sheet.chance.pick((250.0, 290.0))
    inner = wide - MARGIN - 24
    x = MARGIN if left else SIDE - wide + 24
    column = block(sheet, x, inner, 400)
    return [
        ground(sheet),
        sheet.picture(wide if left else 0, 0, SIDE - wide, SIDE, False),
        moved(column.lines, MARGIN - 4),
        *stacked_imprint(sheet, x, inner),
    ]


LAYOUTS: dict[str, Callable[[Sheet], list[str]]] = {
    "head": head,
    "foot": foot,
    "sandwich": sandwich,
    "mounted": mounted,
    "plate": plate,
    "beside": beside,
    POSTER: poster,
}
