"""What somebody typed into a form that was refused, so that a page can give it back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from flask import current_app, request, url_for

_LONG = 60  # characters; longer values get an area of their own
_MANY = 50  # values of one name are listed up to here, and then counted
# Not written into a page, not even into one for the person who typed it.
_SECRET = re.compile(r"(^|_)(token|secret|password)$")


@dataclass(frozen=True, slots=True)
class TypedField:
    """A field by its name, with all values it had."""

    name: str
    values: tuple[str, ...]

    @property
    def label(self) -> str:
        """The name as words."""
        return self.name.replace("_", " ").replace(".", " ").strip().capitalize()

    @property
    def is_secret(self) -> bool:
        """Whether it has to be typed again."""
        return bool(_SECRET.search(self.name))

    @property
    def is_long(self) -> bool:
        """Whether it is a text rather than a word or two."""
        return any("\n" in value or len(value) > _LONG for value in self.values)

    @property
    def told(self) -> str:
        """Its short values, readable in one line; "" for an empty field."""
        values = [value for value in self.values if value]
        listed = ", ".join(values[:_MANY])
        rest = len(values) - _MANY
        return f"{listed} and {rest:,} more" if rest > 0 else listed


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A form as it was sent to `address`; the files in `files` are lost and must be chosen anew."""

    address: str
    fields: tuple[TypedField, ...]
    files: tuple[str, ...]
    is_multipart: bool

    @property
    def has_words(self) -> bool:
        """Whether there is more in it than the numbers our own pages put there."""
        return any(re.search(r"[^\W\d]", value) for one in self.fields for value in one.values)

    @classmethod
    def of_request(cls) -> Self | None:
        """The form of this request; None if there is none, or if it may come from elsewhere.

        A form that another site wrote must not get a fresh token of ours, even though somebody
        would still have to press the button.
        """
        if request.method != "POST" or not request.endpoint or not _is_from_here():
            return None
        token = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
        names = [name for name in request.form if name != token]
        return cls(
            address=_address(),
            fields=tuple(TypedField(name, tuple(request.form.getlist(name))) for name in names),
            files=tuple(request.files),
            is_multipart=request.mimetype == "multipart/form-data",
        )


def _is_from_here() -> bool:
    """Whether nothing says otherwise. A browser names the origin of every form from elsewhere."""
    if "HX-Request" in request.headers:
        return False  # the page with the form is still there, and takes only a part of the answer
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.host:
        return False
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def _address() -> str:
    assert request.endpoint is not None
    path = url_for(request.endpoint, **(request.view_args or {}))
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path
