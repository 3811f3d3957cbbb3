"""Writing SVG by hand: short numbers, escaped text, presentation attributes only."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

Value = str | float | None


def num(value: float) -> str:
    """A coordinate to a tenth, as short as it goes."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def tag(name: str, content: str = "", **attributes: Value) -> str:
    """One element. `_` in attribute names stands for `-`; None leaves the attribute out.

    `content` is markup already; attribute values are escaped here.
    """
    written = "".join(
        f" {key.replace('_', '-')}={quoteattr(value) if isinstance(value, str) else _plain(value)}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _plain(value: float) -> str:
    return f'"{num(value)}"'


def window(x: float, y: float, width: float, height: float, content: str) -> str:
    """`content` drawn in its own coordinates from (0, 0), cut off at the window's edges."""
    box = f"0 0 {num(width)} {num(height)}"
    return tag("svg", content, x=x, y=y, width=width, height=height, viewBox=box)


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A filled rectangle."""
    return tag("rect", x=x, y=y, width=width, height=height, fill=fill)


def disc(cx: float, cy: float, r: float, fill: str) -> str:
    """A filled circle."""
    return tag("circle", cx=cx, cy=cy, r=r, fill=fill)


def shape(d: str, fill: str) -> str:
    """A filled path."""
    return tag("path", d=d, fill=fill)


def stroke(d: str, colour: str, width: float, round_ends: bool = False) -> str:
    """A drawn line, `width` thick."""
    cap = "round" if round_ends else None
    return tag("path", d=d, fill="none", stroke=colour, stroke_width=width, stroke_linecap=cap)


def points(pairs: list[tuple[float, float]]) -> str:
    """Path data of a closed polygon."""
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in pairs) + "z"


def escaped(text: str) -> str:
    """Character data that is safe between two tags."""
    return escape(text)
