"""The cells of the export that hold more than one fact: format, labels with numbers, artist.

The website abbreviates: `2xLP, Album, RE + CD` is two LPs and a CD. Formats and catalogue numbers
are cut at exactly 50 characters.
"""

from __future__ import annotations

import re
from functools import lru_cache

from app.domain.records import CreditRecord, FormatRecord, LabelRecord

CUT_AT = 50
ALL_MEDIA = "All Media"
UNNAMED_FORMAT = "Other"

# What the export writes for the API's format names; names it does not shorten stand for themselves.
_NAMES = {
    "Vinyl": "Vinyl",
    "CD": "CD",
    "CDr": "CDr",
    "Cass": "Cassette",
    "Cassette": "Cassette",
    "Box": "Box Set",
    "Box Set": "Box Set",
    "File": "File",
    "DVD": "DVD",
    "DVDr": "DVDr",
    "Blu-ray": "Blu-ray",
    "Flexi": "Flexi-disc",
    "Flexi-disc": "Flexi-disc",
    "Lathe": "Lathe Cut",
    "Lathe Cut": "Lathe Cut",
    "Acetate": "Acetate",
    "Shellac": "Shellac",
    "SACD": "SACD",
    "8-Trk": "8-Track Cartridge",
    "8-Track Cartridge": "8-Track Cartridge",
    "4-Trk": "4-Track Cartridge",
    "Reel": "Reel-To-Reel",
    "Reel-To-Reel": "Reel-To-Reel",
    "DAT": "DAT",
    "DCC": "DCC",
    "Minidisc": "Minidisc",
    "VHS": "VHS",
    "Laserdisc": "Laserdisc",
    "Memory": "Memory Stick",
    "Memory Stick": "Memory Stick",
    "Floppy": "Floppy Disk",
    "Hybrid": "Hybrid",
    "All": ALL_MEDIA,
    ALL_MEDIA: ALL_MEDIA,
}
# One word that is a name and a description at once.
_NAMES_WITH_DESCRIPTION = {"DVD-V": ("DVD", "DVD-Video"), "DVD-A": ("DVD", "DVD-Audio")}
_VINYL_WORDS = frozenset({"LP", "EP", *(f'{size}"' for size in (5, 6, 7, 8, 9, 10, 11, 12, 16))})

_SHORTENED = {
    "RE": "Reissue",
    "RM": "Remastered",
    "RP": "Repress",
    "Ltd": "Limited Edition",
    "Num": "Numbered",
    "Dlx": "Deluxe Edition",
    "S/Edition": "Special Edition",
    "Club": "Club Edition",
    "RSD": "Record Store Day",
    "Comp": "Compilation",
    "Maxi": "Maxi-Single",
    "MiniAlbum": "Mini-Album",
    "Smplr": "Sampler",
    "W/Lbl": "White Label",
    "TP": "Test Pressing",
    "Quad": "Quadraphonic",
    "S/Sided": "Single Sided",
    "Etch": "Etched",
    "Pic": "Picture Disc",
    "M/Print": "Misprint",
    "Unofficial": "Unofficial Release",
    "P/Unofficial": "Partially Unofficial",
    "P/Mixed": "Partially Mixed",
    "Enh": "Enhanced",
    "DVD-V": "DVD-Video",
    "DVD-A": "DVD-Audio",
    "Trans": "Transcription",
}
_WRITTEN_OUT = (
    *_SHORTENED.values(),
    *_VINYL_WORDS,
    *("Album", "Single", "Mono", "Stereo", "Promo", "Mixed", "Mixtape", "Mini", "Mispress"),
    *("NTSC", "PAL", "SECAM", "MP3", "FLAC", "WAV", "AIFF", "AAC", "ALAC", "HDCD", "Shape"),
    *("45 RPM", "33 ⅓ RPM", "78 RPM", "Blu-ray Audio", "Multichannel", "Copy Protected"),
    *("Jukebox", "Stereo", "Styrene", "Bioplastic", "CD-ROM", "VCD"),
)
_DESCRIPTIONS = {**{word: word for word in _WRITTEN_OUT}, **_SHORTENED}
_VOCABULARY = (*_NAMES, *_NAMES_WITH_DESCRIPTION, *_DESCRIPTIONS)

_QUANTITY = re.compile(r"(\d{1,4})x(?=\S)")
_COMPANY_FORM = re.compile(
    r"(?:Inc|Ltd|LLC|Co|Corp|GmbH|S\.?A|S\.?L|S\.?r\.?l|B\.?V)\.?(?: \(\d+\))?"
)


@lru_cache(maxsize=4096)
def parse_format(text: str) -> tuple[FormatRecord, ...]:
    """The parts of a Format cell in the API's words: "2xLP, RE" is two Vinyl, LP, Reissue.

    LP, EP and sizes imply Vinyl; a part that begins with neither name nor size describes all others
    ("All Media"). Words we do not know are free text. Of a cell cut at 50 characters the last,
    incomplete word is dropped. Give the cell as it is in the file, blanks included.
    """
    cell = _without_cut_word(text) if len(text) == CUT_AT else text
    parts = [_words(part) for part in cell.split(" + ")]
    parts = [words for words in parts if words]
    return tuple(_format(words, alone=len(parts) == 1) for words in parts)


def pair_labels(label_text: str, catno_text: str) -> tuple[LabelRecord, ...]:
    """The labels of a record, each with its catalogue number; see `label_pairs`."""
    return tuple(LabelRecord(name, catno) for name, catno in label_pairs(label_text, catno_text))


def label_pairs(label_text: str, catno_text: str) -> list[tuple[str, str]]:
    """Each label with its catalogue number ("none" is kept as Discogs says it).

    Labels and numbers run in step when there are as many of one as of the other. Otherwise the
    export has left out repeated numbers: a single one belongs to every label, and of several we
    cannot tell which, so every label shows them all. No pair comes twice.
    """
    if ", " not in label_text and ", " not in catno_text:
        name = label_text.strip()
        return [(name, catno_text.strip())] if name else []
    labels = _label_names(label_text)
    catnos = [catno.strip() for catno in catno_text.split(", ")]
    if len(labels) != len(catnos):
        catnos = [", ".join(catnos).strip(" ,")] * len(labels)
    pairs = dict.fromkeys(zip(labels, catnos, strict=True))
    return [pair for pair in pairs if pair[0]]


def artist_credit(text: str) -> CreditRecord:
    """The Artist cell as one credit; the star Discogs puts after a printed name variation is gone.

    The cell cannot be split into artists: "And", "/" and "," occur within names. A band whose own
    name ends in a star loses it here until Discogs itself is asked.
    """
    return CreditRecord(text.strip().removesuffix("*").rstrip() or text.strip())


def _without_cut_word(cell: str) -> str:
    """`cell` without its last word, unless that is certainly complete."""
    start = max(cell.rfind(", ") + 2, cell.rfind(" + ") + 3)
    last = _QUANTITY.sub("", cell[start:], count=1).strip()
    longer = any(word.startswith(last) and word != last for word in _VOCABULARY)
    if cell.endswith((",", " +")) or (last in _VOCABULARY and not longer):
        return cell
    return cell[:start]


def _words(part: str) -> list[str]:
    return [word for piece in part.split(", ") if (word := piece.strip(" ,+"))]


def _format(words: list[str], *, alone: bool) -> FormatRecord:
    quantity = 1
    counted = _QUANTITY.match(words[0])
    if counted:
        quantity = int(counted[1])
        words = [words[0][counted.end() :], *words[1:]]
    name, words = _name(words, alone=alone)
    known = dict.fromkeys(_DESCRIPTIONS[word] for word in words if word in _DESCRIPTIONS)
    rest = ", ".join(word for word in words if word not in _DESCRIPTIONS)
    return FormatRecord(name, quantity, tuple(known), rest)


def _name(words: list[str], *, alone: bool) -> tuple[str, list[str]]:
    """The format's name and the words that describe it."""
    first = words[0]
    if first in _NAMES_WITH_DESCRIPTION:
        name, description = _NAMES_WITH_DESCRIPTION[first]
        return name, [description, *words[1:]]
    if first in _NAMES:
        return _NAMES[first], words[1:]
    if not _VINYL_WORDS.isdisjoint(words):
        return "Vinyl", words
    if first not in _DESCRIPTIONS and len(first) > 3:
        return first, words[1:]
    return (UNNAMED_FORMAT if alone else ALL_MEDIA), words


def _label_names(label_text: str) -> list[str]:
    """The label names; the comma of "Sundazed Music, Inc." does not part two labels."""
    names: list[str] = []
    for piece in label_text.split(", "):
        if names and _COMPANY_FORM.fullmatch(piece.strip()):
            names[-1] = f"{names[-1]}, {piece.strip()}"
        else:
            names.append(piece.strip())
    return names
