"""Setting text into a measure: breaking, balancing, shrinking and, last of all, an ellipsis."""

from __future__ import annotations

from dataclasses import dataclass

from .typography import Face, is_wide, measure

ELLIPSIS = "\u2026"
_NEVER_FIRST = frozenset("\u3001\u3002\uff0c\uff0e\u300d\u300f\uff01\uff1f\uff09\u30fc\u3005\u2026")
_SHRINK = 0.92
_SPACE_CAUTION = 0.98


@dataclass(frozen=True, slots=True)
class Setting:
    """Text broken into `lines` at `size` units, all within the measure asked for."""

    lines: tuple[str, ...]
    size: float
    face: Face

    @property
    def height(self) -> float:
        """From the top of the first line's capitals to the last baseline, plus its descenders."""
        return self.size * (0.74 + self.face.leading * (len(self.lines) - 1) + 0.2)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    width: float
    glue: str  # what stands before it unless a line begins there


def _pieces(text: str, face: Face) -> list[_Piece]:
    found: list[tuple[str, str]] = []
    for word in text.split(" "):
        glue = " "
        for part in _breakable(word):
            found.append((part, glue))
            glue = ""
    return [_Piece(part, measure(part, face), glue) for part, glue in found]


def _breakable(word: str) -> list[str]:
    parts: list[str] = []
    joined = False
    for char in word:
        wide = is_wide(char)
        if parts and (char in _NEVER_FIRST or not (wide or joined)):
            parts[-1] += char
        else:
            parts.append(char)
        joined = wide
    return parts


def _wrap(pieces: list[_Piece], measure_em: float, space: float) -> list[str]:
    lines: list[str] = []
    used = 0.0
    for piece in pieces:
        glue = space if piece.glue else 0.0
        if lines and used + glue + piece.width <= measure_em:
            lines[-1] += piece.glue + piece.text
            used += glue + piece.width
        else:
            lines.append(piece.text)
            used = piece.width
    return lines


def fit(
    text: str,
    face: Face,
    width: float,
    largest: float,
    smallest: float,
    most_lines: int,
    most_height: float = 9999,
) -> Setting:
    """Set `text` as large as possible between the two sizes, in at most `most_lines` lines.

    Sizes, `width` and `most_height` are in drawing units. Too long a text is cut with an ellipsis.
    """
    width *= _SPACE_CAUTION
    # A record may have no word that can be printed, and still has a sleeve.
    pieces = _pieces(text, face) or _pieces("–", face)
    space = measure(" ", face)
    widest = max(piece.width for piece in pieces)
    size = largest
    while size >= smallest:
        if widest * size <= width:
            lines = _wrap(pieces, width / size, space)
            setting = Setting(tuple(lines), size, face)
            if len(lines) <= most_lines and setting.height <= most_height:
                return Setting(_balanced(pieces, width / size, space, lines), size, face)
        size *= _SHRINK
    return _cut(pieces, face, width, smallest, _lines_for(face, smallest, most_lines, most_height))


def _lines_for(face: Face, size: float, most_lines: int, most_height: float) -> int:
    room = int((most_height / size - 0.94) / face.leading) + 1
    return max(1, min(most_lines, room))


def _balanced(
    pieces: list[_Piece], measure_em: float, space: float, lines: list[str]
) -> tuple[str, ...]:
    """The same number of lines in the narrowest measure: no lonely last word."""
    if len(lines) < 2:
        return tuple(lines)
    low, high = measure_em * 0.45, measure_em
    widest = max(piece.width for piece in pieces)
    for _ in range(6):
        middle = max(widest, (low + high) / 2)
        tried = _wrap(pieces, middle, space)
        if len(tried) == len(lines):
            lines, high = tried, middle
        else:
            low = middle
    return tuple(lines)


def _cut(pieces: list[_Piece], face: Face, width: float, size: float, most_lines: int) -> Setting:
    room = width / size
    chopped = [part for piece in pieces for part in _chopped(piece, face, room)]
    lines = _wrap(chopped, room, measure(" ", face))
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], shortened(lines[most_lines - 1], face, room, True)]
    return Setting(tuple(lines), size, face)


def _chopped(piece: _Piece, face: Face, room: float) -> list[_Piece]:
    if piece.width <= room:
        return [piece]
    parts: list[_Piece] = []
    rest, glue = piece.text, piece.glue
    while rest:
        end = 1
        while end < len(rest) and measure(rest[: end + 1], face) <= room:
            end += 1
        parts.append(_Piece(rest[:end], measure(rest[:end], face), glue))
        rest, glue = rest[end:], ""
    return parts


def shortened(text: str, face: Face, room: float, more_follows: bool = False) -> str:
    """`text` cut to `room` em, with an ellipsis if anything is missing."""
    if not more_follows and measure(text, face) <= room:
        return text
    while text and measure(text + ELLIPSIS, face) > room:
        text = text[:-1]
    return text.rstrip(" ,;:-") + ELLIPSIS
