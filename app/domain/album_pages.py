"""The page of an album: front matter for themes, and a body that reads well without one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from app.domain import markdown
from app.domain.frontmatter import Block, front_matter
from app.domain.markdown import Namer, line, shown
from app.domain.names import display_name
from app.domain.site_notices import DISCLAIMER, as_markdown, notices
from app.domain.site_records import (
    SiteAlbum,
    SiteCompany,
    SiteCredit,
    SiteLabel,
    SiteLink,
    SiteName,
    SiteNumber,
    SiteTrack,
)
from app.domain.track_sides import side_of

PLACEMENTS = ("bundle", "static")
_APPLE = ("apple_music", "itunes")
_SPOTIFY_ID = re.compile(r"[A-Za-z0-9]{10,40}")
_VIDEO = re.compile(
    r"(?i:(?:(?:https?:)?//)?(?:(?:www|m|music)\.)?(?:youtube(?:-nocookie)?\.com/"
    r"(?:watch/?\?(?:.*&)?v=|embed/|shorts/|live/|v/|e/)|youtu\.be/))"
    r"([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])"
)
_UNSAFE_IN_SHORTCODE = re.compile(r"[^\w \-'.,&()!?:+/]+")


def video_id(url: str) -> str:
    """The id of a video at YouTube in any form of its address, "" for another page."""
    match = _VIDEO.match(url.strip())
    return match[1] if match else ""


def picture_path(slug: str, placement: str) -> str:
    """Where the cover of an album lies: beside its page ("bundle"), or with all others."""
    return (
        f"static/images/{slug}.jpg"
        if placement == "static"
        else f"content/albums/{slug}/{slug}.jpg"
    )


def picture_name(slug: str, placement: str) -> str:
    """What a page calls it there."""
    return f"images/{slug}.jpg" if placement == "static" else f"{slug}.jpg"


def album_page(album: SiteAlbum, name_of: Namer) -> str:
    """The file of an album; `name_of` tells names that its notes only number."""
    thanks = notices(album.discogs_url, album.description, album.cover)
    facts = _facts(album, name_of)
    head = front_matter({**facts, "attribution": thanks, "disclaimer": DISCLAIMER})
    sections = (
        markdown.paragraphs(album.description.text) if album.description else "",
        _track_table(album.tracks),
        _player(album.links),
        _videos(album.videos),
        _pictures(album),
        _information(album, name_of),
        as_markdown(thanks),
    )
    return head + "\n" + "\n\n".join(filter(None, sections)) + "\n"


def _facts(album: SiteAlbum, name_of: Namer) -> dict[str, Any]:
    about = album.description
    return {
        "title": shown(_full_title(album)),
        "artist_name": shown(album.artist_text),
        "artist": _slugs(album.artists),
        "album_name": shown(album.title),
        "date": album.added_at,
        "release_date": _day(album.released) or str(album.year or ""),
        "release_id": album.key,
        "apple_music_url": _apple_url(album.links),
        "slug": album.slug,
        "hideSummary": True,
        "aliases": album.aliases,
        "description": shown(about.text) if about else "",
        "description_source": about.source if about else "",
        "description_url": about.url if about else "",
        "description_licence": about.licence if about else "",
        "cover": _cover(album),
        "additional_images": _addresses(album.further_pictures),
        "genres": [name.name for name in album.genres],
        "styles": [name.name for name in album.styles],
        "genre": _slugs(album.genres),
        "style": _slugs(album.styles),
        "label": _slugs(album.labels),
        "folder": _slugs(album.folders),
        "discogs": _discogs(album, name_of),
        "tracks": _tracks(album.tracks),
        "credits": _credits(album.credits),
        "videos": [{"id": video, "title": shown(title)} for video, title in album.videos],
        "sleeve": {"colour": album.cover.colour} if album.cover else None,
    }


def _full_title(album: SiteAlbum) -> str:
    """ "Artist - Album", or what of it there is."""
    artist, title = album.artist_text, album.title
    if artist and title:
        return f"{artist} - {title}"
    return (artist or title).strip() or "Untitled"


def _day(released: str) -> str:
    """Discogs' day without what is not known of it: "1979-03-00" is March, "0000" is nothing."""
    day = shown(released).removesuffix("-00").removesuffix("-00")
    return day if day.strip("0") else ""


def _slugs(names: Iterable[SiteName | SiteLabel]) -> list[str]:
    return list(dict.fromkeys([name.slug for name in names if name.slug]))


def _cover(album: SiteAlbum) -> dict[str, Any] | None:
    if album.cover is None:
        return None
    return {
        "image": album.cover.file,
        "alt": shown(f"Cover of {album.title}"),
        "caption": shown(f"{album.title} by {album.artist_text}"),
        "source": album.cover.source,
        "source_url": album.cover.url,
        "licence": album.cover.licence,
    }


def _addresses(urls: Iterable[str]) -> list[str]:
    return [address for url in urls if (address := markdown.web_address(url))]


def _discogs(album: SiteAlbum, name_of: Namer) -> dict[str, Any]:
    return {
        "url": album.discogs_url,
        "labels": [
            {"name": shown(label.name), "slug": label.slug, "catno": shown(label.catno)}
            for label in album.labels
        ],
        "label": shown(", ".join(dict.fromkeys(label.name for label in album.labels))),
        "catno": shown(", ".join(dict.fromkeys(each.catno for each in album.labels if each.catno))),
        "country": shown(album.country),
        "formats": [shown(text) for text in format_lines(album.formats)],
        "year": album.year,
        "original_year": album.original_year,
        "folder": [shown(folder.name) for folder in album.folders],
        "copies": album.copies if album.copies > 1 else None,
        "master_id": album.master_id,
        "mbid": album.mbid,
        "identifiers": _numbers(album.numbers),
        "companies": _companies(album.companies),
        "links": link_entries(album.links),
        "release_notes": Block(markdown.plain_from_discogs(album.notes, name_of)),
        "notes": shown(album.own_notes),
        "rating": album.rating,
        "media_condition": shown(album.media_condition),
        "sleeve_condition": shown(album.sleeve_condition),
    }


def link_entries(links: Iterable[SiteLink]) -> list[dict[str, str]]:
    """Links as front matter lists them."""
    return [
        {
            "provider": each.provider,
            "title": each.title,
            "url": address,
            "confidence": each.confidence,
        }
        for each in links
        if (address := markdown.web_address(each.url))
    ]


def format_lines(parts: Iterable[dict[str, Any]]) -> list[str]:
    """`2× Vinyl (180 gram) LP, Album`: what is in the sleeve, a line a part."""
    return [_format_line(part) for part in parts]


def _format_line(part: dict[str, Any]) -> str:
    count = f"{part['qty']}\N{MULTIPLICATION SIGN} " if part["qty"] > 1 else ""
    text = f" ({part['text']})" if part["text"] else ""
    words = ", ".join(part["descriptions"])
    return f"{count}{part['name']}{text} {words}".rstrip()


def _tracks(tracks: Iterable[SiteTrack]) -> list[dict[str, Any]]:
    side, entries = "", []
    for track in tracks:
        if track.kind == "track":
            side = side_of(track.position) or side
        entries.append(
            {
                "position": shown(track.position),
                "title": shown(track.title),
                "duration": shown(track.duration),
                "kind": track.kind,
                "depth": track.depth or None,
                "artist": shown(track.artist),
                "side": side if track.kind == "track" else "",
            }
        )
    return entries


def _credits(credits: Iterable[SiteCredit]) -> list[dict[str, Any]]:
    by_role: dict[str, list[dict[str, Any]]] = {}
    for credit in credits:
        entry = {"name": shown(credit.who.name), "slug": credit.who.slug, "tracks": credit.tracks}
        by_role.setdefault(credit.role, []).append(entry)
    return [{"role": shown(role), "artists": artists} for role, artists in by_role.items()]


def _numbers(numbers: Iterable[SiteNumber]) -> list[dict[str, Any]]:
    """What stands on the record, by its kind: `A1 ABC-1 (Side A, etched)`."""
    by_kind: dict[str, list[str]] = {}
    for each in numbers:
        words = shown(f"{each.value} ({each.where})" if each.where else each.value)
        by_kind.setdefault(each.kind, []).append(words)
    return [{"kind": shown(kind), "values": values} for kind, values in by_kind.items()]


def _companies(companies: Iterable[SiteCompany]) -> list[dict[str, Any]]:
    by_role: dict[str, list[str]] = {}
    for each in companies:
        name = display_name(each.name)
        words = shown(f"{name} \N{EN DASH} {each.catno}" if each.catno else name)
        by_role.setdefault(each.role, []).append(words)
    return [{"role": shown(role), "names": names} for role, names in by_role.items()]


def _track_table(tracks: Sequence[SiteTrack]) -> str:
    if not tracks:
        return ""
    rows = ["## Tracklisting", "", "| Position | Title | Duration |", "| --- | --- | --- |"]
    for track in tracks:
        title = line(f"{track.artist} - {track.title}" if track.artist else track.title)
        if track.kind != "track":
            rows.append(f"| | **{title}** | {line(track.duration)} |" if title else "| | | |")
        else:
            rows.append(f"| {line(track.position)} | {title} | {line(track.duration)} |")
    return "\n".join(rows)


def _apple_url(links: Sequence[SiteLink]) -> str:
    if not links:
        return ""
    found = {link.provider: link.url for link in reversed(links) if link.provider in _APPLE}
    return markdown.web_address(next((found[name] for name in _APPLE if name in found), ""))


def _player(links: Sequence[SiteLink]) -> str:
    if apple := _apple_url(links):
        return f'## Apple Music\n\n{{{{< applemusic url="{apple}" >}}}}\n'
    for link in links:
        if link.provider == "spotify" and _SPOTIFY_ID.fullmatch(link.remote_id):
            player = f'type="album" id="{link.remote_id}" width="100%" height="500"'
            return f"## Spotify\n\n{{{{< spotify {player} >}}}}\n"
    return ""


def _pictures(album: SiteAlbum) -> str:
    """Those beside the page; of pictures elsewhere the addresses."""
    addresses = _addresses(album.further_pictures)
    if not (album.cover or addresses):
        return ""
    grid = " ".join(("imageGrid", *(f'"{address}"' for address in addresses)))
    return f"## Release Images\n\n{{{{< {grid} >}}}}"


def _videos(videos: Sequence[tuple[str, str]]) -> str:
    if not videos:
        return ""
    (first, title), *others = videos
    safe = " ".join(_UNSAFE_IN_SHORTCODE.sub(" ", shown(title)).split())
    text = f'## Videos\n\n{{{{< youtube id="{first}" title="{safe}" >}}}}'
    if others:
        rows = (f"- {markdown.link(words or v, _watch(v))}" for v, words in others)
        text += "\n\n### More Videos\n\n" + "\n".join(rows)
    return text


def _watch(video: str) -> str:
    return f"https://www.youtube.com/watch?v={video}"


def _information(album: SiteAlbum, name_of: Namer) -> str:
    wikipedia = next((link.url for link in album.links if link.provider == "wikipedia"), "")
    labels = dict.fromkeys(label.name for label in album.labels)
    numbers = dict.fromkeys(label.catno for label in album.labels if label.catno)
    here = _full_title(album)
    facts = (
        ("Wikipedia", markdown.link(wikipedia, wikipedia) if wikipedia else ""),
        ("Format", "; ".join(map(line, format_lines(album.formats)))),
        ("Label", line(", ".join(labels))),
        ("Catalog Number", line(", ".join(numbers))),
        ("Notes", markdown.from_discogs_on_a_line(album.notes, name_of)),
        ("Discogs", markdown.link(here, album.discogs_url) if album.discogs_url else ""),
    )
    rows = [f"| {name} | {value} |" for name, value in facts if value]
    if not rows:
        return ""
    return "\n".join(("## Release Information", "", "| | |", "| --- | --- |", *rows))
