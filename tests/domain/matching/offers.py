"""What a store shows beside a title: the right record from plain to odd, and what is not it."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from app.domain.matching.facts import Candidate
from app.domain.names import display_name
from tests.domain.matching.known import Known, offered, turned

# What a store shows for the right record, from plain to odd.
Presentation = Callable[[Known, random.Random], Candidate]


def plain(known: Known, chance: random.Random) -> Candidate:
    return offered(known.artists, known.title, known.year, known.tracks, known.kind)


def remastered(known: Known, chance: random.Random) -> Candidate:
    year = min(known.year + chance.choice((9, 20, 31)), 2025)
    suffix = chance.choice(
        ("(Remastered)", f"({year} Remaster)", f"[Remastered {year}]", f"- Remastered {year}")
    )
    told = chance.choice((year, known.year))
    return offered(known.artists, f"{known.title} {suffix}", told, known.tracks, known.kind)


def deluxe(known: Known, chance: random.Random) -> Candidate:
    suffix = chance.choice(
        ("(Deluxe Edition)", "[Deluxe Version]", "(Expanded Edition)", "(30th Anniversary Edition)")
    )
    more = known.tracks + chance.choice((3, 8, known.tracks))
    year = min(known.year + chance.choice((0, 5, 25)), 2025)
    return offered(known.artists, f"{known.title} {suffix}", year, more, known.kind)


def reissued(known: Known, chance: random.Random) -> Candidate:
    year = min(known.year + chance.choice((2, 12, 30)), 2025)
    return offered(known.artists, known.title, year, known.tracks, known.kind)


def other_case(known: Known, chance: random.Random) -> Candidate:
    change = chance.choice((str.upper, str.lower, str.title, _plain_letters))
    artists = [change(name) for name in known.artists]
    return offered(artists, change(known.title), known.year, known.tracks, known.kind)


def other_joints(known: Known, chance: random.Random) -> Candidate:
    artist = known.artist
    if " & " in artist:
        artist = artist.replace(" & ", chance.choice((" and ", " + ", ", ")))
    elif " And " in artist:
        artist = artist.replace(" And ", " & ")
    elif artist.startswith("The "):
        artist = artist.removeprefix("The ")
    return offered([artist], known.title, known.year, known.tracks, known.kind)


def as_printed(known: Known, chance: random.Random) -> Candidate:
    names = known.facts.other_names or known.artists
    return offered([chance.choice(names)], known.title, known.year, known.tracks, known.kind)


def near_numbers(known: Known, chance: random.Random) -> Candidate:
    year = known.year + chance.choice((-1, 1))
    tracks = known.tracks + chance.choice((-1, 1)) if known.tracks > 6 else known.tracks
    return offered(known.artists, known.title, year, tracks, known.kind)


def as_ours(known: Known, chance: random.Random) -> Candidate:
    artists = [turned(display_name(name)) for name in known.facts.artists]
    suffix = {"EP": " - EP", "Single": " - Single"}
    ending = next((suffix[word] for word in suffix if word in known.facts.words), "")
    title = known.facts.title.removesuffix(" EP") + ending
    return offered(artists, title, known.year, known.tracks, known.kind)


def without_punctuation(known: Known, chance: random.Random) -> Candidate:
    title = re.sub(r"[’'?!,.:]", "", known.title) or known.title
    return offered(known.artists, title, known.year, known.tracks, "")


def with_guest(known: Known, chance: random.Random) -> Candidate:
    guest = chance.choice(("Ada Holm", "The Nordic Strings", "MC Quill"))
    return offered([*known.artists, guest], known.title, known.year, known.tracks, known.kind)


RIGHTS: tuple[Presentation, ...] = (
    plain, remastered, other_case, reissued, as_ours, other_joints, deluxe, as_printed,
    near_numbers, without_punctuation, with_guest,
)  # fmt: skip


def _plain_letters(text: str) -> str:
    split = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in split if not unicodedata.combining(c)))


# What a store shows that is not ours. None if it would be, or makes no sense, for this title.
Decoy = Callable[[Known, random.Random], Candidate | None]


def karaoke(known: Known, chance: random.Random) -> Candidate:
    artist = chance.choice(("Party Tyme Karaoke", "Karaoke All Stars", known.artist))
    style = f"(In the Style of {known.artist}) [Karaoke Version]"
    suffix = chance.choice(("(Karaoke Version)", "[Karaoke]", style))
    return offered([artist], f"{known.title} {suffix}", known.year + 1, known.tracks)


def tribute(known: Known, chance: random.Random) -> Candidate:
    title = chance.choice(
        (
            f"A Tribute to {known.artist}: {known.title}",
            f"{known.title} - A Tribute to {known.artist}",
            f"{known.title} (Tribute)",
        )
    )
    artist = chance.choice(("Various Artists", "The Rock Heroes", f"{known.artist} Tribute Band"))
    return offered([artist], title, known.year, known.tracks)


def tribute_band(known: Known, chance: random.Random) -> Candidate:
    form = chance.choice(("{} Tribute Band", "The {} Experience", "{} Revisited", "Not {}"))
    artist = form.format(known.artist)
    return offered([artist], known.title, known.year, known.tracks)


def live(known: Known, chance: random.Random) -> Candidate | None:
    if "Live" in known.facts.words or "live" in known.title.casefold():
        return None
    suffix = chance.choice(("(Live)", "Live", "- Live at the Paradiso", "[Live in Tokyo]"))
    year = known.year + chance.choice((0, 1, 3, 20))
    return offered(known.artists, f"{known.title} {suffix}", year, known.tracks)


def single(known: Known, chance: random.Random) -> Candidate | None:
    if not known.is_album:
        return None
    kind = chance.choice(("single", ""))
    suffix = " - Single" if not kind and chance.random() < 0.5 else ""
    tracks = chance.choice((1, 2, 3))
    if tracks >= known.tracks:
        return None
    return offered(known.artists, known.title + suffix, known.year, tracks, kind)


def namesake_title(known: Known, chance: random.Random) -> Candidate:
    artist = chance.choice(("Harbour Lights", "Ilse Brandt", "The Pale Riders", "Kosmo"))
    return offered([artist], known.title, known.year, known.tracks)


def lullaby(known: Known, chance: random.Random) -> Candidate:
    artist, title = chance.choice(
        (
            ("Rockabye Baby!", f"Lullaby Renditions of {known.artist}: {known.title}"),
            ("Twinkle Twinkle Little Rock Star", f"Lullaby Versions of {known.title}"),
            ("8-Bit Arcade", f"{known.title} (8-Bit Version)"),
            ("Vitamin String Quartet", f"{known.title} (String Quartet Rendition)"),
            ("Piano Tribute Players", f"Piano Tribute to {known.title}"),
        )
    )
    return offered([artist], title, known.year, known.tracks)


def remixes(known: Known, chance: random.Random) -> Candidate | None:
    if "remix" in known.title.casefold():
        return None
    suffix = chance.choice(("(Remixes)", "Remixed", "(The Remixes)", "- The Remix Album"))
    year = known.year + chance.choice((0, 1, 2))
    return offered(known.artists, f"{known.title} {suffix}", year, known.tracks)


def instrumentals(known: Known, chance: random.Random) -> Candidate:
    suffix = chance.choice(("(Instrumentals)", "Instrumental", "[Instrumental Version]"))
    return offered(known.artists, f"{known.title} {suffix}", known.year, known.tracks)


def recorded_again(known: Known, chance: random.Random) -> Candidate | None:
    if "version" in known.title.casefold():
        return None
    own = f"({known.artist}'s Version)"
    suffix = chance.choice(("(Re-Recorded)", own, "(New Recording)", "(Acoustic Version)"))
    return offered(known.artists, f"{known.title} {suffix}", known.year + 5, known.tracks)


def demos(known: Known, chance: random.Random) -> Candidate:
    suffix = chance.choice(("(Demos)", "(Demos & Outtakes)", "[Track by Track Commentary]"))
    return offered(known.artists, f"{known.title} {suffix}", known.year, known.tracks)


def second_volume(known: Known, chance: random.Random) -> Candidate:
    suffix = chance.choice((", Vol. 2", " II", ", Pt. 2", " 3"))
    return offered(known.artists, known.title + suffix, known.year + 1, known.tracks)


def best_of(known: Known, chance: random.Random) -> Candidate:
    title = chance.choice(
        (f"The Very Best of {known.artist}", f"{known.artist}: The Collection", "The Essentials")
    )
    year = known.year + chance.choice((0, 8))
    return offered(known.artists, title, year, known.tracks, "compilation")


def cover_album(known: Known, chance: random.Random) -> Candidate:
    title = chance.choice(
        (
            f"{known.title} (As Made Famous by {known.artist})",
            f"{known.title} (Originally Performed by {known.artist})",
            f"The Songs of {known.artist}",
            f"{known.title} Covered",
        )
    )
    return offered(["Studio Allstars"], title, known.year, known.tracks)


def tribute_by_namesake(known: Known, chance: random.Random) -> Candidate:
    """A credit that puts the real artist beside those who play it."""
    artists = ["Royal Harbour Orchestra", *known.artists]
    return offered(artists, f"{known.title} (Orchestral Versions)", known.year, known.tracks)


def sibling(known: Known, chance: random.Random) -> Candidate:
    return chance.choice(known.siblings)


def other_year_and_length(known: Known, chance: random.Random) -> Candidate:
    """A record of the same name that cannot be ours: decades before it, half as long."""
    tracks = max(1, known.tracks // 2 - 1)
    return offered(["The Grey Lodge"], known.title, known.year - 20, tracks)


DECOYS: tuple[Decoy, ...] = (
    karaoke, tribute, tribute_band, live, single, namesake_title, lullaby, remixes, instrumentals,
    recorded_again, demos, second_volume, best_of, cover_album, tribute_by_namesake, sibling,
    other_year_and_length,
)  # fmt: skip
