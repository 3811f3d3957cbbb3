"""Release numbers out of what people paste."""

from __future__ import annotations

import pytest

from app.domain.discogs_links import release_id_in
from app.errors import InvalidInputError


@pytest.mark.parametrize(
    "text",
    [
        "249504",
        " 249504 ",
        "r249504",
        "[r249504]",
        "https://www.discogs.com/release/249504",
        "https://www.discogs.com/release/249504-Rick-Astley-Never-Gonna-Give-You-Up",
        "https://www.discogs.com/de/release/249504-Rick-Astley?ev=rb",
        "https://www.discogs.com/Rick-Astley-Never/release/249504",
        "http://discogs.com/release/249504/",
        "www.discogs.com/release/249504#tracks",
        "https://www.discogs.com/sell/release/249504",
        "https://api.discogs.com/releases/249504",
    ],
)
def test_a_release_is_known_by_its_number_or_address(text: str) -> None:
    assert release_id_in(text) == 249504


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("https://www.discogs.com/master/96559-Rick-Astley", "all pressings"),
        ("https://www.discogs.com/Rick-Astley/master/96559", "all pressings"),
        ("https://www.discogs.com/artist/72872-Rick-Astley", "an artist"),
        ("https://www.discogs.com/label/895-RCA", "a label"),
        ("https://www.discogs.com/user/rick/collection", "Type the release's number"),
        ("https://www.discogs.com/release/", "Type the release's number"),
        ("https://www.discogs.com/release/add", "Type the release's number"),
        ("https://example.org/release/249504", "Type the release's number"),
        ("https://evil.example/?https://www.discogs.com/release/1", "Type the release's number"),
        ("", "Type the release's number"),
        ("0", "Type the release's number"),
        ("-1", "Type the release's number"),
        ("99999999999999999", "Type the release's number"),
        ("9" * 5000, "Type the release's number"),
        ("２４９５０４", "Type the release's number"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence) as refusal:
        release_id_in(text)

    assert list(refusal.value.problems) == ["discogs"]
