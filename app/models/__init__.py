"""All tables, imported together so that metadata is whole wherever one of them is used."""

from app.models.artist import Artist, Label
from app.models.copy import CollectionField, Copy, Folder
from app.models.curation import (
    CopyTag,
    Crate,
    CrateCopy,
    Feedback,
    OwnTag,
    QualityCount,
    QualityVerdict,
    Skip,
    Tombstone,
)
from app.models.edit import Edit
from app.models.export import ExportBatch, Selection, StickerEdit, StickerPreset, StickerPrint
from app.models.image import Image, Picture
from app.models.match import Article, Link
from app.models.preference import Preference, ProviderHealth, Schedule
from app.models.provider_result import ProviderResult
from app.models.published_page import PublishedPage
from app.models.release import (
    Company,
    Credit,
    Identifier,
    Master,
    Release,
    ReleaseLabel,
    Track,
    Video,
)
from app.models.run import (
    CallSlot,
    NeighbourCalls,
    ProviderPause,
    Run,
    RunChange,
    RunEvent,
    RunSeen,
)
from app.models.tag import Format, FormatTag, ReleaseTag, Tag
from app.models.user import Connection, OAuthRequest, User

__all__ = [
    "Article",
    "Artist",
    "CallSlot",
    "CollectionField",
    "Company",
    "Connection",
    "Copy",
    "CopyTag",
    "Crate",
    "CrateCopy",
    "Credit",
    "Edit",
    "ExportBatch",
    "Feedback",
    "Folder",
    "Format",
    "FormatTag",
    "Identifier",
    "Image",
    "Label",
    "Link",
    "Master",
    "NeighbourCalls",
    "OAuthRequest",
    "OwnTag",
    "Picture",
    "Preference",
    "ProviderHealth",
    "ProviderPause",
    "ProviderResult",
    "PublishedPage",
    "QualityCount",
    "QualityVerdict",
    "Release",
    "ReleaseLabel",
    "ReleaseTag",
    "Run",
    "RunChange",
    "RunEvent",
    "RunSeen",
    "Schedule",
    "Selection",
    "Skip",
    "StickerEdit",
    "StickerPreset",
    "StickerPrint",
    "Tag",
    "Tombstone",
    "Track",
    "User",
    "Video",
]


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Whether Alembic should look at this table or index: the search index is made by hand."""
    return not (name or "").startswith(("copy_fts", "ix_copy_search"))
