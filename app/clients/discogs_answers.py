"""Discogs' JSON in, our records out. Pure: no calls are made here.

Discogs leaves a key out when its value is empty, so a missing key means "none" in a full release,
but "not told" in a collection listing, which never holds all keys (in 2017 it had no genres).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.clients.discogs_credential import DISCOGS
from app.clients.json_node import Node
from app.domain.records import (
    ArtistRecord,
    CollectionPage,
    CompanyRecord,
    CopyRecord,
    CreditRecord,
    FieldRecord,
    FolderRecord,
    FormatRecord,
    IdentifierRecord,
    IdentityRecord,
    LabelRecord,
    MasterRecord,
    ReleaseRecord,
    TrackRecord,
    VideoRecord,
)
from app.errors import OddAnswerError

MEDIA_FIELD, SLEEVE_FIELD, NOTES_FIELD = 1, 2, 3
_TRACK_KINDS = ("track", "heading", "index")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. Discogs shows pictures to `signed_in` callers, all notes to the `owner`."""

    signed_in: bool
    owner: bool = False


def identity(answer: object) -> IdentityRecord:
    """`/oauth/identity` or `/users/{username}`."""
    user = Node.whole(DISCOGS, answer)
    return IdentityRecord(
        user_id=user.required_id("id"),
        username=user.required_text("username"),
        num_collection=user.number("num_collection"),
    )


def artist(answer: object) -> ArtistRecord:
    """`/artists/{id}`."""
    told = Node.whole(DISCOGS, answer)
    return ArtistRecord(
        discogs_id=told.required_id("id"),
        name=told.required_text("name"),
        profile=told.text("profile"),
    )


def master(answer: object) -> MasterRecord:
    """`/masters/{id}`."""
    told = Node.whole(DISCOGS, answer)
    return MasterRecord(discogs_id=told.required_id("id"), year=told.id("year"))


def folders(answer: object) -> tuple[FolderRecord, ...]:
    """`/users/{username}/collection/folders`, in Discogs' order."""
    return tuple(
        FolderRecord(
            discogs_id=folder.required_number("id"),
            name=folder.required_text("name"),
            count=folder.number("count") or 0,
        )
        for folder in _required_nodes(Node.whole(DISCOGS, answer), "folders")
    )


def fields(answer: object) -> tuple[FieldRecord, ...]:
    """`/users/{username}/collection/fields`."""
    return tuple(
        FieldRecord(
            discogs_id=field.required_id("id"),
            name=field.required_text("name"),
            kind=field.text("type"),
            position=field.number("position") or 0,
            public=field.value.get("public") is True,
            options=field.texts("options"),
        )
        for field in _required_nodes(Node.whole(DISCOGS, answer), "fields")
    )


def collection_page(answer: object, viewer: Viewer) -> CollectionPage:
    """`/users/{username}/collection/folders/{id}/releases`; unreadable entries end in `odd`."""
    listing = Node.whole(DISCOGS, answer)
    pagination = listing.node("pagination")
    page = pagination.required_number("page")
    copies: list[CopyRecord] = []
    odd: list[str] = []
    for number, entry in enumerate(listing.entries("releases"), start=1):
        try:
            copies.append(copy(entry, viewer))
        except OddAnswerError as error:
            odd.append(f"Entry {number} of page {page} was left out. {error}")
    return CollectionPage(
        copies=tuple(copies),
        page=page,
        pages=pagination.required_number("pages"),
        total=pagination.required_number("items"),
        odd=tuple(odd),
    )


def copy(entry: Node | OddAnswerError, viewer: Viewer) -> CopyRecord:
    """One entry of a collection listing. Raises OddAnswerError if it is unreadable."""
    if isinstance(entry, OddAnswerError):
        raise entry
    rating = entry.number("rating") or None
    if rating is not None and not 1 <= rating <= 5:
        entry.odd("rating", "is not between 0 and 5")
    notes = _notes(entry)
    # Nobody but the owner is told about private fields: what is missing may still be there.
    untold = "" if viewer.owner else None
    return CopyRecord(
        release=listed_release(entry.node("basic_information"), viewer),
        instance_id=entry.required_id("instance_id"),
        folder_discogs_id=entry.number("folder_id"),
        added_at=_moment(entry, "date_added"),
        rating=rating,
        media_condition=notes.pop(MEDIA_FIELD, untold),
        sleeve_condition=notes.pop(SLEEVE_FIELD, untold),
        notes=notes.pop(NOTES_FIELD, untold),
        fields=notes if viewer.owner or notes else None,
    )


def listed_release(basic: Node, viewer: Viewer) -> ReleaseRecord:
    """`basic_information` of a collection entry: what a listing tells about a release."""
    return _common(basic, viewer, complete=False)


def release(answer: object, viewer: Viewer) -> ReleaseRecord:
    """`/releases/{id}`: everything Discogs knows; what it leaves out is told to be none."""
    node = Node.whole(DISCOGS, answer)
    common = _common(node, viewer, complete=True)
    images = _images(node) if viewer.signed_in else None
    return replace(
        common,
        # Only a listing has a cover by that name; here it is the first of the images.
        cover_url=common.cover_url or (images[0] if images else common.cover_url),
        country=node.text("country"),
        released=node.text("released"),
        notes=node.text("notes"),
        tracks=tuple(_track(track) for track in node.nodes("tracklist")),
        credits=_credits(node, "extraartists"),
        identifiers=tuple(_identifier(each) for each in node.nodes("identifiers")),
        companies=tuple(_company(each) for each in node.nodes("companies")),
        videos=tuple(_video(each) for each in node.nodes("videos") if each.text("uri")),
        images=images,
    )


def kept_release(raw: bytes) -> ReleaseRecord:
    """A `/releases/{id}` answer that was kept, whoever asked for it. Raises OddAnswerError."""
    answer = json.loads(raw)
    # Who may not see pictures is told empty addresses instead.
    return release(answer, Viewer(signed_in=bool(_images(Node.whole(DISCOGS, answer)))))


def _common(node: Node, viewer: Viewer, *, complete: bool) -> ReleaseRecord:
    def told(key: str) -> bool:
        return complete or node.tells(key)

    return ReleaseRecord(
        title=node.required_text("title"),
        discogs_id=node.required_id("id"),
        artists=_credits(node, "artists"),
        labels=tuple(_label(each) for each in node.nodes("labels")),
        formats=tuple(_format(each) for each in node.nodes("formats")),
        year=_year(node),
        genres=node.texts("genres") if told("genres") else None,
        styles=node.texts("styles") if told("styles") else None,
        master_discogs_id=(node.id("master_id") or 0) if told("master_id") else None,
        thumb_url=_picture(node, "thumb", viewer),
        cover_url=_picture(node, "cover_image", viewer),
    )


def _credits(node: Node, key: str) -> tuple[CreditRecord, ...]:
    return tuple(
        CreditRecord(
            name=artist.required_text("name"),
            discogs_id=artist.id("id"),
            anv=artist.text("anv"),
            join=artist.text("join"),
            role=artist.text("role"),
            tracks=artist.text("tracks"),
        )
        for artist in node.nodes(key)
    )


def _label(node: Node) -> LabelRecord:
    return LabelRecord(node.required_text("name"), node.text("catno"), node.id("id"))


def _format(node: Node) -> FormatRecord:
    quantity = node.number("qty")
    return FormatRecord(
        name=node.required_text("name"),
        qty=1 if quantity is None else quantity,
        descriptions=node.texts("descriptions"),
        text=node.text("text"),
    )


def _track(node: Node, *, within_index: bool = False) -> TrackRecord:
    kind = node.text("type_", "track")
    return TrackRecord(
        title=node.text("title"),
        position=node.text("position"),
        duration=node.text("duration"),
        kind=kind if kind in _TRACK_KINDS else "track",
        artists=_credits(node, "artists"),
        credits=_credits(node, "extraartists"),
        sub_tracks=()
        if within_index
        else tuple(_track(each, within_index=True) for each in node.nodes("sub_tracks")),
    )


def _identifier(node: Node) -> IdentifierRecord:
    return IdentifierRecord(node.text("type"), node.text("value"), node.text("description"))


def _company(node: Node) -> CompanyRecord:
    role = node.text("entity_type_name")
    return CompanyRecord(node.required_text("name"), role, node.text("catno"), node.id("id"))


def _video(node: Node) -> VideoRecord:
    return VideoRecord(node.text("uri"), node.text("title"), node.number("duration"))


def _images(node: Node) -> tuple[str, ...]:
    # Discogs does not always put the primary picture first. Sorting keeps the order of the others.
    images = sorted(node.nodes("images"), key=lambda image: image.text("type") != "primary")
    return tuple(image.text("uri") for image in images if image.text("uri"))


def _year(node: Node) -> int | None:
    year = node.number("year")
    return year if year is not None and 1 <= year <= 9999 else None


def _picture(node: Node, key: str, viewer: Viewer) -> str | None:
    url = node.text(key)
    if "spacer.gif" in url:
        return ""
    # Without a credential every picture is an empty text: hidden, not missing.
    return url if url or (viewer.signed_in and node.tells(key)) else None


def _notes(entry: Node) -> dict[int, str]:
    return {note.required_id("field_id"): note.text("value") for note in entry.nodes("notes")}


def _moment(entry: Node, key: str) -> datetime | None:
    told = entry.text(key)
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    entry.odd(key, "is not a time with an offset")


def _required_nodes(node: Node, key: str) -> tuple[Node, ...]:
    if not node.tells(key):
        node.odd(key, "is missing")
    return node.nodes(key)
