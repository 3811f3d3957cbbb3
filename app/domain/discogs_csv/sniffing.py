"""Telling from its first bytes that a file is not a text table at all, whatever its name says."""

from __future__ import annotations

from app.errors import InvalidInputError

_AGAIN = "export your collection again from Discogs"
_EXCEL = (
    f"This is an Excel file. In Excel choose File > Save As > CSV UTF-8, or {_AGAIN} (it is a CSV)."
)
_PICTURE = "This is a picture, not a CSV file. Choose the CSV file Discogs sent you."
_PACKED = "This is a packed file. Unpack it first and choose the CSV file inside."
_WEB_PAGE = f"This is a web page, not a CSV file. Log in to Discogs and {_AGAIN}."

_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _EXCEL),
    (b"%PDF", f"This is a PDF, not a CSV file. Please {_AGAIN}."),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"\x1f\x8b", _PACKED),
    (b"BZh", _PACKED),
    (b"7z\xbc\xaf", _PACKED),
    (b"Rar!", _PACKED),
    (b"\xfd7zXZ", _PACKED),
    (b"SQLite format 3", f"This is a database, not a CSV file. Please {_AGAIN}."),
)
_SPREADSHEET_PARTS = (b"xl/", b"[Content_Types].xml", b"opendocument.spreadsheet")
_UTF8_BOM = b"\xef\xbb\xbf"


def refuse_other_kinds(head: bytes) -> None:
    """Raise InvalidInputError, saying what to do, if `head` begins something else than a table."""
    for magic, sentence in _MAGIC:
        if head.startswith(magic):
            raise InvalidInputError(sentence)
    if head.startswith(b"PK\x03\x04"):
        is_sheet = any(part in head for part in _SPREADSHEET_PARTS)
        raise InvalidInputError(_EXCEL if is_sheet else _PACKED)
    _refuse_other_texts(head.removeprefix(_UTF8_BOM).replace(b"\x00", b"").lstrip()[:200])


def _refuse_other_texts(start: bytes) -> None:
    if start.startswith(b"<"):
        raise InvalidInputError(_WEB_PAGE)
    if start.startswith((b"{", b"[")):
        raise InvalidInputError(f"This is a JSON file, not a CSV file. Please {_AGAIN}.")
    if start.startswith(b"{\\rtf"):
        raise InvalidInputError(f"This is a text document, not a CSV file. Please {_AGAIN}.")
