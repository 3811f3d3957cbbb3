"""The picture on a release page, with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from app.queries.covers import Cover

SOURCES = {
    "coverart": "Cover Art Archive",
    "discogs": "Discogs",
    "itunes": "iTunes",
    "apple_music": "Apple Music",
}


@dataclass(frozen=True, slots=True)
class CoverView:
    """`source` names who has the picture, "" if it is the person's own; `source_url` may be ""."""

    image: str
    width: int
    height: int
    colour: str
    source: str
    source_url: str

    @classmethod
    def of(cls, cover: Cover, discogs_url: str) -> CoverView:
        """`discogs_url` is the page of the release there."""
        url = discogs_url if cover.source == "discogs" else ""
        if cover.source == "coverart":
            url = f"https://musicbrainz.org/{cover.key}"
        return cls(
            image=cover.sha256,
            width=cover.width,
            height=cover.height,
            colour=cover.colour,
            source=SOURCES.get(cover.source, ""),
            source_url=url,
        )

    @property
    def is_own(self) -> bool:
        """Whether the person uploaded it."""
        return not self.source
