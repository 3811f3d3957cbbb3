"""The pages of artists, labels, genres, styles and folders."""

from __future__ import annotations

from typing import Any

from app.domain import markdown
from app.domain.album_pages import link_entries
from app.domain.frontmatter import Block, front_matter
from app.domain.markdown import shown
from app.domain.site_notices import DISCLAIMER, as_markdown, notices
from app.domain.site_records import SiteTerm, SiteText

TERM_KINDS = ("artist", "label", "genre", "style", "folder")


def term_page(term: SiteTerm) -> str:
    """The file of a name; the body repeats what is said about it."""
    thanks = notices(term.discogs_url, term.summary)
    sections = (_body(term.summary) if term.summary else "", as_markdown(thanks))
    head = front_matter({**_facts(term), "attribution": thanks, "disclaimer": DISCLAIMER})
    return head + "\n" + "\n\n".join(filter(None, sections)) + "\n"


def _body(said: SiteText) -> str:
    return said.markdown or markdown.paragraphs(said.text)


def section_page(title: str, as_of: str = "") -> str:
    """The file that gives a whole section its title; `as_of` is the day Discogs last told us."""
    return front_matter({"title": title, "as_of": as_of, "disclaimer": DISCLAIMER})


def _facts(term: SiteTerm) -> dict[str, Any]:
    said, name = term.summary, shown(term.name)
    return {
        "title": name,
        "name": name,
        "summary": Block(shown(said.text)) if said else "",
        "slug": term.slug,
        "aliases": term.aliases,
        "apple_music_artist_url": _url(term, "apple_music") or _url(term, "itunes"),
        "wikipedia_url": _url(term, "wikipedia"),
        "discogs_url": term.discogs_url,
        "summary_source": said.source if said else "",
        "summary_url": said.url if said else "",
        "summary_licence": said.licence if said else "",
        "links": link_entries(term.links),
        "sort": term.sort,
        "albums": term.albums,
    }


def _url(term: SiteTerm, provider: str) -> str:
    return next(
        (markdown.web_address(each.url) for each in term.links if each.provider == provider), ""
    )
