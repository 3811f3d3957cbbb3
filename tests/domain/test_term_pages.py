"""The page of an artist as its file."""

from __future__ import annotations

import yaml

from app.domain.site_records import SiteTerm, SiteText
from app.domain.term_pages import term_page


def page(said: SiteText) -> tuple[str, str]:
    """What stands above and below the second line of dashes."""
    nina = SiteTerm("artist", "Nina", "nina", 1, "nina", summary=said)
    head, _, body = term_page(nina).partition("\n---\n")
    return head, body.strip()


def test_a_profile_is_plain_above_and_keeps_its_bold_and_links_below() -> None:
    head, body = page(SiteText("A *star*", "Discogs", "https://d.x/1", markdown="**A** \\*star\\*"))

    assert yaml.safe_load(head)["summary"] == "A *star*"
    assert body.startswith("**A** \\*star\\*")


def test_a_text_without_marks_shows_its_signs_as_they_are() -> None:
    _, body = page(SiteText("A *star*", "Wikipedia", "https://w.x/1"))

    assert body.startswith("A \\*star\\*")
