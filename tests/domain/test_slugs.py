from __future__ import annotations

import pytest

from app.domain.slugs import RESERVED, SLUG_LIMIT, album_slug, name_slug, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kind Of Blue", "kind-of-blue"),
        ("AC\\DC", "ac-dc"),
        ("Ágætis byrjun", "agaetis-byrjun"),
        ("久石譲", "jiushirang"),
        ("ДДТ", "ddt"),
        ("../../x", "x"),
        ("{{< x >}}", "x"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_name_in_any_script_becomes_an_address(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_title_of_any_length_fits_every_disk() -> None:
    assert len(slug("word " * 1_000)) <= SLUG_LIMIT
    assert len(slug("x" * 5_000)) == SLUG_LIMIT


def test_an_album_without_letters_is_told_by_its_number() -> None:
    assert album_slug("!!!", "12") == "album-12"
    assert album_slug("CON", "12") == "con-12"


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_name_windows_or_hugo_keeps_gets_its_number(name: str) -> None:
    assert name_slug("artist", name.upper(), "7", set()) == f"{name}-7"


def test_a_namesake_gets_its_number_and_nobody_gets_anybodys_address() -> None:
    assert name_slug("artist", "John Smith", "4", {"john-smith"}) == "john-smith-4"
    assert name_slug("artist", "John Smith", "4", {"john-smith", "john-smith-4"}) == (
        "john-smith-4-2"
    )
    assert name_slug("artist", "★", "4", set()) == "artist-4"
    assert name_slug("genre", "!!!", "!!!", set()) == "genre"
    assert name_slug("genre", "★", "★", {"genre"}) == "genre-2"
