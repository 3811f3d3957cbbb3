"""What the outside tells us, in our own words: plain, immutable records.

Clients and importers make them, services store them; nobody else needs to know the provider's JSON.
Everywhere in this module None means "not told" (what we know stays), while an empty tuple or
string means "told: there is none".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """One artist on a release, as Discogs credits it.

    `name` keeps the Discogs disambiguator ("Justice (3)"); `anv` is the name as printed, if it
    differs; `join` is what stands between this artist and the next; `role` is empty for a main
    artist; `tracks` is a free text such as "A1 to C1".
    """

    name: str
    discogs_id: int | None = None
    anv: str = ""
    join: str = ""
    role: str = ""
    tracks: str = ""


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """One record label on a release with its catalogue number ("" or "none" when it has none)."""

    name: str
    catno: str = ""
    discogs_id: int | None = None


@dataclass(frozen=True, slots=True)
class FormatRecord:
    """One part of what is in the sleeve: 2 × Vinyl, LP, Album, "Red Translucent"."""

    name: str
    qty: int = 1
    descriptions: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """A line of the track list. `kind` is track, heading or index (a work with `sub_tracks`)."""

    title: str
    position: str = ""
    duration: str = ""
    kind: str = "track"
    artists: tuple[CreditRecord, ...] = ()
    credits: tuple[CreditRecord, ...] = ()
    sub_tracks: tuple[TrackRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentifierRecord:
    """Barcode, matrix / run-out, label code, mould SID code … as written on the record."""

    kind: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A company with its part in the release: Pressed By, Recorded At, Copyright (c) …"""

    name: str
    role: str
    catno: str = ""
    discogs_id: int | None = None


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """A video of the release. `duration` is in seconds."""

    url: str
    title: str = ""
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A release as told by one source. `year` is None when unknown (Discogs says 0).

    `released` is Discogs' own text ("1979-03-00"), `master_discogs_id` 0 = told: has none.
    `images` lists picture addresses, the primary one first.
    """

    title: str
    discogs_id: int | None = None
    artists: tuple[CreditRecord, ...] = ()
    labels: tuple[LabelRecord, ...] = ()
    formats: tuple[FormatRecord, ...] = ()
    year: int | None = None
    genres: tuple[str, ...] | None = None
    styles: tuple[str, ...] | None = None
    master_discogs_id: int | None = None
    thumb_url: str | None = None
    cover_url: str | None = None
    country: str | None = None
    released: str | None = None
    notes: str | None = None
    tracks: tuple[TrackRecord, ...] | None = None
    credits: tuple[CreditRecord, ...] | None = None
    identifiers: tuple[IdentifierRecord, ...] | None = None
    companies: tuple[CompanyRecord, ...] | None = None
    videos: tuple[VideoRecord, ...] | None = None
    images: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """One copy somebody owns. `instance_id` is Discogs' identity of it, `added_at` is UTC.

    `rating` is 1–5 or None. `fields` maps a custom field's Discogs id to its text; the default
    fields 1–3 (media, sleeve, notes) are taken out into their own attributes.
    None for a condition, the notes or the fields means the source does not show them.
    """

    release: ReleaseRecord
    instance_id: int | None
    folder_discogs_id: int | None
    added_at: datetime | None
    rating: int | None = None
    media_condition: str | None = None
    sleeve_condition: str | None = None
    notes: str | None = None
    fields: Mapping[int, str] | None = None


@dataclass(frozen=True, slots=True)
class ArtistRecord:
    """An artist as Discogs describes them; `profile` has its markup and may be empty."""

    discogs_id: int
    name: str
    profile: str = ""


@dataclass(frozen=True, slots=True)
class MasterRecord:
    """The work behind all pressings of a title; `year` is when it first came out, if known."""

    discogs_id: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class FolderRecord:
    """A collection folder. Discogs id 0 is "All" (virtual), 1 is "Uncategorized"."""

    discogs_id: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """A collection field: a column people add to their copies. `kind` is dropdown or textarea."""

    discogs_id: int
    name: str
    kind: str
    position: int
    public: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """Who a credential belongs to, or whose public collection a username names.

    `user_id` stays when somebody renames; `num_collection` is None when it is private.
    """

    user_id: int
    username: str
    num_collection: int | None = None


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """One page of a collection listing: `page` of `pages`, `total` copies in all.

    `odd` holds sentences about entries that could not be read (they are left out of `copies`).
    """

    copies: tuple[CopyRecord, ...]
    page: int
    pages: int
    total: int
    odd: tuple[str, ...] = field(default=())
