from __future__ import annotations

import pytest
import yaml

from app.domain import privacy
from app.domain.album_pages import album_page, format_lines, video_id
from app.domain.site_records import SiteAlbum, SiteCompany, SiteLink, SiteNumber


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.youtube.com/watch?v=ylXk1LBvIqU", "ylXk1LBvIqU"),
        ("https://www.youtube.com/watch?app=x&v=ylXk1LBvIqU&t=3", "ylXk1LBvIqU"),
        ("https://youtu.be/ylXk1LBvIqU?t=1", "ylXk1LBvIqU"),
        ("http://youtube.com/embed/ylXk1LBvIqU", "ylXk1LBvIqU"),
        ("https://m.youtube.com/shorts/ylXk1LBvIqU", "ylXk1LBvIqU"),
        ("//www.youtube.com/e/ylXk1LBvIqU", "ylXk1LBvIqU"),
        ("www.YouTube.com/watch/?v=ylXk1LBvIqU", "ylXk1LBvIqU"),
        ("https://www.youtube.com/watch?v=ylXk1LBvIqUtoolong", ""),
        ("https://example.com/?youtu.be/ylXk1LBvIqU", ""),
        ("https://example.com/watch?v=ylXk1LBvIqU", ""),
        ('https://youtu.be/ylXk1">}}IqU', ""),
    ],
)
def test_a_video_is_known_by_any_form_of_its_address(url: str, expected: str) -> None:
    assert video_id(url) == expected


def test_several_formats_are_told_apart() -> None:
    parts = [
        {"name": "Vinyl", "qty": 2, "text": "180 gram", "descriptions": ["LP", "Album"]},
        {"name": "CD", "qty": 1, "text": "", "descriptions": []},
    ]

    assert format_lines(parts) == ["2× Vinyl (180 gram) LP, Album", "CD"]


def page(*links: SiteLink) -> str:
    album = SiteAlbum(key="1", slug="x-1", title="X", artist_text="Y", links=list(links))
    return album_page(album, lambda kind, number: "")


@pytest.mark.parametrize(
    ("artist", "title", "released", "expected"),
    [
        ("Y", "", "0", ("Y", "1999")),
        ("", "X", "0000-00-00", ("X", "1999")),
        (" ", "", "1979-03-00", ("Untitled", "1979-03")),
        ("Y", "X", "1979-00-00", ("Y - X", "1979")),
    ],
)
def test_what_is_not_known_of_a_title_or_a_day_leaves_no_trace(
    artist: str, title: str, released: str, expected: tuple[str, str]
) -> None:
    album = SiteAlbum("1", "x-1", title, artist, released=released, year=1999)
    text = album_page(album, lambda kind, number: "")

    told = yaml.safe_load(text.split("\n---\n")[0])
    assert (told["title"], told["release_date"]) == expected


def test_apple_music_comes_before_spotify_and_only_one_of_them() -> None:
    apple = SiteLink("apple_music", "Apple Music", "https://music.apple.com/us/album/1", "exact")
    spotify = SiteLink("spotify", "Spotify", "https://x.y/z", "exact", "4aawyAB9vmqN3uQ7FjRGTy")

    assert '{{< applemusic url="https://music.apple.com/us/album/1" >}}' in page(spotify, apple)
    assert "{{< spotify" not in page(spotify, apple)
    assert '{{< spotify type="album" id="4aawyAB9vmqN3uQ7FjRGTy" width="100%"' in page(spotify)


def test_a_page_ends_with_one_line_end_and_says_whose_the_data_is() -> None:
    text = album_page(
        SiteAlbum(key="1", slug="x-1", title="X", artist_text="Y", discogs_url="https://d.x/1"),
        lambda kind, number: "",
    )

    assert text.endswith("Zink Media, LLC.\n")
    assert "[Data provided by Discogs.](https://d.x/1)" in text
    assert "not affiliated with" in text


def test_only_what_was_ticked_or_is_harmless_goes_public() -> None:
    closed = {"own_notes", "grades", "folders", "copies", "own_covers", "discogs_covers"}

    assert closed.isdisjoint(privacy.chosen(None))
    assert privacy.chosen(privacy.as_stored(["grades", "nonsense"])) == {"grades"}
    fields = [name for _title, names in privacy.goes_public(privacy.chosen(None)) for name in names]
    assert "rating" not in fields
    assert "track list" in fields


def test_a_pressing_is_told_by_its_numbers_its_makers_and_its_notes_line_by_line() -> None:
    album = SiteAlbum(
        key="1",
        slug="x-1",
        title="X",
        artist_text="Y",
        notes="Recorded by [a=Rudy (2)].\nMono.",
        numbers=[
            SiteNumber("Matrix / Runout", "A1", "Side A"),
            SiteNumber("Barcode", "4 00", ""),
            SiteNumber("Matrix / Runout", "B1", ""),
        ],
        companies=[
            SiteCompany("Pressed By", "Plant (3)", "123"),
            SiteCompany("Mastered At", "Room", ""),
            SiteCompany("Pressed By", "Other", ""),
        ],
    )

    told = yaml.safe_load(album_page(album, lambda kind, number: "").split("\n---\n")[0])["discogs"]

    assert told["release_notes"] == "Recorded by Rudy.\nMono."
    assert told["identifiers"] == [
        {"kind": "Matrix / Runout", "values": ["A1 (Side A)", "B1"]},
        {"kind": "Barcode", "values": ["4 00"]},
    ]
    assert told["companies"] == [
        {"role": "Pressed By", "names": ["Plant – 123", "Other"]},
        {"role": "Mastered At", "names": ["Room"]},
    ]


def test_further_pictures_are_listed_by_their_addresses_and_no_other_thing_is() -> None:
    album = SiteAlbum(
        key="1",
        slug="x-1",
        title="X",
        artist_text="Y",
        further_pictures=['https://i.x/2"}} >}}.jpeg', "javascript:alert(1)", "https://i.x/3.jpeg"],
    )

    head, _, body = album_page(album, lambda kind, number: "").partition("\n---\n")

    safe = "https://i.x/2%22%7D%7D%20%3E%7D%7D.jpeg"
    assert yaml.safe_load(head)["additional_images"] == [safe, "https://i.x/3.jpeg"]
    assert f'{{{{< imageGrid "{safe}" "https://i.x/3.jpeg" >}}}}' in body
