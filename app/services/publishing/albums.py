"""Albums as their pages show them, some hundred at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.domain.album_pages import picture_name, video_id
from app.domain.names import display_line, display_name
from app.domain.site_records import (
    SiteAlbum,
    SiteCompany,
    SiteCredit,
    SiteLabel,
    SiteName,
    SiteNumber,
    SiteTrack,
)
from app.queries.site_albums import AlbumFacts
from app.queries.site_shelf import Line
from app.services.publishing.sources import Sources, key_of


def albums(sources: Sources, releases: Sequence[Line], placement: str) -> Iterator[SiteAlbum]:
    """These releases (rows of `sources`), in their order; `placement` of their pictures."""
    facts = AlbumFacts(sources.owner_id, (release.id for release in releases))
    for release in releases:
        album = _album(sources, release, facts)
        if album.cover:
            album.cover = album.cover._replace(file=picture_name(album.slug, placement))
        yield album


def _album(sources: Sources, release: Line, facts: AlbumFacts) -> SiteAlbum:
    row, public = facts.releases[release.id], sources.public
    key = key_of(release.discogs_id, release.id)
    album = SiteAlbum(
        key=key,
        slug=sources.slug(release),
        aliases=sources.slugs.aliases("album", key),
        title=row.title,
        artist_text=display_line(row.artist_text),
        discogs_url=sources.address("release", release.discogs_id),
        released=row.released or "",
        year=row.year,
        original_year=release.year,
        country=row.country or "",
        master_id=str(release.master_discogs_id or ""),
        mbid=release.mbid or "",
        notes=(row.notes or "") if "release_notes" in public else "",
        formats=row.parts or (),
        links=sources.album_links(release),
        description=sources.description(release),
        cover=sources.cover(release)[0],
        further_pictures=(row.further_pictures or ()) if "further_pictures" in public else (),
    )
    _add_names(album, sources, release.id, facts)
    album.tracks = [SiteTrack(*line[1:]) for line in facts.tracks.get(release.id, ())]
    album.numbers = [SiteNumber(*line[1:]) for line in facts.identifiers.get(release.id, ())]
    album.companies = [SiteCompany(*line[1:]) for line in facts.companies.get(release.id, ())]
    if "videos" in public:
        album.videos = list(_videos(facts.videos.get(release.id, ())))
    _add_own(album, sources, facts.copies.get(release.id, ()))
    return album


def _add_names(album: SiteAlbum, sources: Sources, release_id: int, facts: AlbumFacts) -> None:
    for _release, artist_id, role, anv, tracks, name in facts.credits.get(release_id, ()):
        who = SiteName(anv or display_line(name), sources.artist(artist_id).slug)
        if role:
            album.credits.append(SiteCredit(role, who, tracks))
        else:
            album.artists.append(who)
    for _release, label_id, catno, name in facts.labels.get(release_id, ()):
        album.labels.append(SiteLabel(display_name(name), sources.label(label_id).slug, catno))
    for _release, tag_id, kind, _name in facts.tags.get(release_id, ()):
        if kind in ("genre", "style"):
            names = album.genres if kind == "genre" else album.styles
            names.append(sources.tag(tag_id))


def _videos(rows: Iterable[Line]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if video := video_id(row.url):
            yield video, row.title


def _add_own(album: SiteAlbum, sources: Sources, copies: Sequence[Line]) -> None:
    """What its owner ticked of their copies; of several, the first that says something."""
    public = sources.public
    if "added" in public:
        album.added_at = min((c.added_at for c in copies if c.added_at), default=None)
    if "copies" in public:
        album.copies = len(copies)
    if "folders" in public:
        album.folders = list(dict.fromkeys(sources.folder(copy.folder_id) for copy in copies))
    if "own_notes" in public:
        album.own_notes = "\n".join(dict.fromkeys(c.notes for c in copies if c.notes))
    if "grades" in public:
        album.rating = next((c.rating for c in copies if c.rating), None)
        album.media_condition = next((c.media_condition for c in copies if c.media_condition), "")
        album.sleeve_condition = next(
            (c.sleeve_condition for c in copies if c.sleeve_condition), ""
        )
