"""Which titles other steps are through with, so that a later step may ask about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.services.enrich import titles, work
from app.services.enrich.steps import IsOver
from app.services.enrich.work import Item


def with_details(owner_id: int, items: Sequence[Item], is_over: IsOver) -> list[Item]:
    """Those titles of which a pressing is known in full, or will not be."""
    if is_over("release", "discogs") or not items:
        return list(items)
    wanted = titles.details_wanted(owner_id, [item.key for item in items])
    undone = _pending("release", "discogs", wanted)
    return [item for item in items if item.key not in undone]


def with_addresses(owner_id: int, items: Sequence[Item], is_over: IsOver) -> list[Item]:
    """Those titles whose master and pressings MusicBrainz has been asked about."""
    left = list(items)
    if not is_over("master", "musicbrainz"):
        names = [item.key.removeprefix("m") for item in left]
        waiting = work.pending("master", "musicbrainz", names)
        left = [item for item in left if item.key.removeprefix("m") not in waiting]
    if not left or is_over("release", "musicbrainz"):
        return left
    pressings = titles.pressings(owner_id, [item.key for item in left])
    undone = _pending("release", "musicbrainz", pressings)
    return [item for item in left if item.key not in undone]


def _pending(entity: str, provider: str, releases: dict[str, list[int]]) -> Collection[str]:
    """The titles of which any of the `releases` is still to be asked for."""
    numbers = {str(number) for some in releases.values() for number in some}
    undone = work.pending(entity, provider, numbers) if numbers else set()
    return {key for key, some in releases.items() if any(str(number) in undone for number in some)}
