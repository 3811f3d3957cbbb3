"""What is picked for stickers, how they are written, and what was printed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Name, Owned, PrimaryId, UtcDateTime, reference, utcnow


class Selection(Owned, Base):
    """A copy picked for the next export; stays picked across pages and visits."""

    __tablename__ = "selection"
    __table_args__ = (UniqueConstraint("owner_id", "copy_id"),)

    id: Mapped[PrimaryId]
    copy_id: Mapped[int] = mapped_column(reference("copy.id", cascade=True), index=True)


class StickerEdit(Owned, Base):
    """What a person wrote by hand for one copy's sticker; None = as the preset makes it."""

    __tablename__ = "sticker_edit"
    __table_args__ = (UniqueConstraint("owner_id", "copy_id"),)

    id: Mapped[PrimaryId]
    copy_id: Mapped[int] = mapped_column(reference("copy.id", cascade=True), index=True)
    bottom_text: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(Text)


class StickerPreset(Owned, Base):
    """A named way to write stickers; `settings` are those of domain.qr_rows.Preset."""

    __tablename__ = "sticker_preset"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(100))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class ExportBatch(Owned, Base):
    """One file that was downloaded.

    `stickers` is what it says of which copy (see domain.packed_stickers); `settings` are those of
    the preset as it was then.
    """

    __tablename__ = "export_batch"

    id: Mapped[PrimaryId]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    file_name: Mapped[Name]
    preset: Mapped[Name]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    stickers: Mapped[bytes] = mapped_column(LargeBinary)
    rows: Mapped[int]
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StickerPrint(Owned, Base):
    """The text and address a copy's sticker got, so that a later difference shows."""

    __tablename__ = "sticker_print"

    id: Mapped[PrimaryId]
    copy_id: Mapped[int] = mapped_column(reference("copy.id", cascade=True), index=True)
    batch_id: Mapped[int] = mapped_column(reference("export_batch.id", cascade=True), index=True)
    text: Mapped[Name]
    url: Mapped[Name]
    layout: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
