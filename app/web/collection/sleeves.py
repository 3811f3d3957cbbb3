"""Drawn sleeves as pictures, and the colour a release page takes from its sleeve."""

from __future__ import annotations

from flask import Blueprint, Response

from app.domain.sleeves import SleeveFacts, draw_sleeve, sleeve_accent
from app.domain.sleeves.colour import chroma, legible
from app.queries.sleeve_source import sleeve_source
from app.web.auth import owner_id

# The address carries the version of the release and of the drawing, so it never changes again.
FOR_EVER = "private, max-age=31536000, immutable"
NEARLY_GREY = 40
# As in static/css/tokens.css: what the accent must be readable on, by day and by night.
LIGHT_PAPER, DARK_PAPER = "#f7f3ec", "#171512"


def register(bp: Blueprint) -> None:
    """Add these two addresses to the collection's."""
    bp.get("/sleeves/<id:release_id>-<version>.svg")(picture)
    bp.get("/sleeves/<id:release_id>-<version>.css")(accent)


def picture(release_id: int, version: str) -> Response:
    """The sleeve of a release, drawn."""
    return _kept(draw_sleeve(_facts(release_id)), "image/svg+xml")


def accent(release_id: int, version: str) -> Response:
    """A style sheet with the colour of the sleeve, as dark or light as the page needs."""
    return accent_sheet(sleeve_accent(_facts(release_id)))


def accent_sheet(colour: str) -> Response:
    """The style sheet that gives a page this colour as its accent, readable by day and by night."""
    if chroma(colour) < NEARLY_GREY:
        return _kept(
            "/* A cover in black and white leaves the page its own accent. */\n", "text/css"
        )
    by_day, by_night = legible(colour, LIGHT_PAPER), legible(colour, DARK_PAPER)
    return _kept(f":root {{ --accent: light-dark({by_day}, {by_night}); }}\n", "text/css")


def _facts(release_id: int) -> SleeveFacts:
    source = sleeve_source(owner_id(), release_id)
    return SleeveFacts(
        title=source.title,
        artist=source.artist,
        label=source.label.partition(", ")[0],
        catno=source.catno.partition(", ")[0],
        year=source.year,
        genres=source.genres,
        styles=source.styles,
        seed=release_id,
    )


def _kept(text: str, mimetype: str) -> Response:
    response = Response(text, mimetype=mimetype)
    response.headers["Cache-Control"] = FOR_EVER
    return response
