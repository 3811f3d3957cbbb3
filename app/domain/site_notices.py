"""What the services ask to be said on every page that shows what they gave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.domain import markdown
from app.domain.site_records import SiteCover, SiteText

DISCLAIMER = (
    "This application uses Discogs' API but is not affiliated with, sponsored or endorsed by "
    "Discogs. 'Discogs' is a trademark of Zink Media, LLC."
)
_DISCLAIMED = markdown.line(DISCLAIMER)
DATA_BY = "Data provided by Discogs."

Notice = dict[str, Any]


def notices(
    discogs_url: str, text: SiteText | None = None, cover: SiteCover | None = None
) -> list[Notice]:
    """Whom a page has to thank: {text, url} each, Discogs first."""
    found = [{"text": DATA_BY, "url": discogs_url}] if discogs_url else []
    if text and text.source == "Wikipedia":
        found.append({"text": f"Text from Wikipedia, {text.licence}, shortened.", "url": text.url})
    elif text and text.source:
        found.append({"text": f"Text from {text.source}.", "url": text.url})
    if cover and cover.source:
        found.append({"text": f"Cover from {cover.source}. {cover.licence}", "url": cover.url})
    return found


def as_markdown(found: Iterable[Notice]) -> str:
    """The notices and the disclaimer as the last lines of a page."""
    lines = [markdown.link(each["text"], each["url"]) for each in found]
    return "\n\n".join((*lines, _DISCLAIMED))
