from __future__ import annotations

import pytest

from app.domain.names import credit_line, display_line, display_name, is_placeholder, is_various
from app.domain.records import CreditRecord


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Justice (3)", "Justice"),
        ("Rhino Records (23)", "Rhino Records"),
        ("Sunn O)))", "Sunn O)))"),
        ("(həd) p.e.", "(həd) p.e."),
        ("Prince (Love Symbol)", "Prince (Love Symbol)"),
        ("(2) Mex", "(2) Mex"),
        ("Apollo(440)", "Apollo(440)"),
    ],
)
def test_only_the_discogs_number_at_the_end_is_hidden(name: str, shown: str) -> None:
    assert display_name(name) == shown


def test_the_name_as_printed_wins_and_keeps_its_brackets() -> None:
    assert credit_line([CreditRecord("Aphex Twin (2)", anv="AFX (2)")]) == "AFX (2)"


@pytest.mark.parametrize(
    ("join", "line"),
    [
        (",", "A, B"),
        ("&", "A & B"),
        (" & ", "A & B"),
        ("Featuring", "A Featuring B"),
        ("/", "A / B"),
        ("", "A, B"),
    ],
)
def test_joins_stand_between_artists(join: str, line: str) -> None:
    assert credit_line([CreditRecord("A", join=join), CreditRecord("B")]) == line


def test_the_join_after_the_last_artist_is_not_shown() -> None:
    assert credit_line([CreditRecord("Yello", join=",")]) == "Yello"
    assert credit_line([CreditRecord("A", join="&"), CreditRecord("B", join=",")]) == "A & B"


def test_no_artists_make_an_empty_line() -> None:
    assert credit_line([]) == ""


def test_various_is_known_by_id_or_by_name() -> None:
    assert is_various("Anything", 194)
    assert is_various("Various")
    assert is_various("various artists")
    assert not is_various("Various", 12345)
    assert not is_various("Various Production")


def test_placeholders_are_not_artists() -> None:
    assert is_placeholder("Unknown Artist", 355)
    assert is_placeholder("x", 118760)
    assert is_placeholder("Various")
    assert is_placeholder("No Artist")
    assert not is_placeholder("The Unknown Artist Band", 99)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Vendetta (2) & Barber (3) & Bad Kid (4)", "Vendetta & Barber & Bad Kid"),
        ("DJ Panik (3), Dijeyow", "DJ Panik, Dijeyow"),
        ("Bone Crusher (2) vs. Sizzla", "Bone Crusher vs. Sizzla"),
        ("Love (1967) Is All", "Love (1967) Is All"),
        ("Sunn O))) & Boris (3)", "Sunn O))) & Boris"),
    ],
)
def test_a_line_of_names_drops_the_number_of_each(line: str, shown: str) -> None:
    assert display_line(line) == shown
