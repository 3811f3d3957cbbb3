"""Which characters the bytes of a file mean.

Discogs writes UTF-8. What comes back from spreadsheets may be UTF-16, one of Windows' and Mac's old
encodings, or UTF-8 that somebody's program took for Windows-1252 and wrote as UTF-8 again
("BjÃ¶rk"). The whole file is looked at, block by block, so that no accent is lost without a word.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

from app.domain.discogs_csv.guessing import add_snippets, likeliest
from app.domain.discogs_csv.sniffing import refuse_other_kinds
from app.errors import InvalidInputError

BLOCK = 1 << 18
HEAD = 1 << 16
LOST = "\ufffd"
ACCENTS_SHOWN = 8

ENCODING_LABELS = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16-le": "Unicode (UTF-16)",
    "utf-16-be": "Unicode (UTF-16, high byte first)",
    "cp1252": "Western European (Windows-1252)",
    "mac_roman": "Western European (Mac Roman)",
    "cp1250": "Central European (Windows-1250)",
}
"""The encodings we read: Python's name and the name to show, as in "written in …"."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_CHARACTER = re.compile(
    rb"[\xc3-\xdf][\x80-\xbf]|\xc2[\xa0-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_NOT_ASCII_BYTE = re.compile(rb"[\x80-\xff]")

_NOT_ASCII_RUN = re.compile(r"[^\x00-\x7f]+")
_WORD_AHEAD = re.compile(r"[^\s,;\"]{0,30}")
_CP1252_UPPER = "".join(
    char for byte in range(0x80, 0xC0) if (char := bytes([byte]).decode("cp1252", "ignore"))
)
# Most accented letters encoded twice begin with Ã or Â, quotes and dashes with â€, kana with ã.
_DOUBLE_MARKS = ("Ã", "Â", "â€", "ã")
_DOUBLE = re.compile(f"[ÃÂ][{_CP1252_UPPER}]|â€|ã[{_CP1252_UPPER}\x80-\x9f]{{2}}")


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to read a file: Python's `encoding` after `bom_length` bytes.

    `accents` are words that show whether the guess is right, `warnings` sentences for a person;
    `repairable` tells that all of the file's accents were encoded twice, so that it can be undone.
    """

    encoding: str
    bom_length: int
    accents: tuple[str, ...]
    warnings: tuple[str, ...]
    repairable: bool

    @property
    def label(self) -> str:
        """The name of the encoding to show."""
        return ENCODING_LABELS[self.encoding]


def detect(source: IO[bytes], encoding: str | None = None) -> Decoding:
    """How to read `source`, a seekable file; `encoding` if a person has chosen one.

    Raises InvalidInputError if it is empty, not text, or the encoding is not in `ENCODING_LABELS`.
    """
    if encoding is not None and encoding not in ENCODING_LABELS:
        raise InvalidInputError(f"Gatefold cannot read the encoding “{encoding[:40]}”.")
    source.seek(0)
    head = source.read(HEAD)
    if not head.strip():
        raise InvalidInputError("This file is empty.")
    refuse_other_kinds(head)
    bom, announced = _byte_order_mark(head)
    chosen = encoding or announced or _utf16_without_mark(head) or _eight_bit(source)
    if not chosen.startswith("utf-16") and head.count(b"\x00") > len(head) // 10:
        raise InvalidInputError("This is not a text file. Choose the CSV file Discogs sent you.")
    return _examined(source, chosen, len(bom))


def repaired(text: str) -> str:
    """`text` with accents that were encoded twice made right: "BjÃ¶rk" is "Björk"."""
    return text if text.isascii() else _NOT_ASCII_RUN.sub(_once_decoded, text)


def _byte_order_mark(head: bytes) -> tuple[bytes, str | None]:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return bom, encoding
    return b"", None


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 shows in a table's first line: every second byte of Latin letters is zero."""
    # Of the header alone, which is the most Latin part whatever the records are.
    start = head[:2000].split(b"\n", 1)[0]
    half = len(start) // 2
    if half and start[1::2].count(0) > half * 0.6 and start[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if half and start[0::2].count(0) > half * 0.6 and start[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return None


def _blocks(source: IO[bytes], start: int = 0) -> Iterator[bytes]:
    source.seek(start)
    while block := source.read(BLOCK):
        yield block


def _eight_bit(source: IO[bytes]) -> str:
    """UTF-8, also with a few broken lines, or else the likeliest of Windows' and Mac's."""
    if _is_utf8(source):
        return "utf-8"
    whole = high = 0
    evidence: set[bytes] = set()
    for block in _blocks(source):
        characters = _UTF8_CHARACTER.findall(block)
        whole += sum(map(len, characters))
        high += len(_NOT_ASCII_BYTE.findall(block))
        add_snippets(evidence, block)
    # Here and there two or three letters of another encoding look like one of UTF-8.
    return "utf-8" if whole * 4 > high * 3 else likeliest(evidence)


def _is_utf8(source: IO[bytes]) -> bool:
    """Whether all is UTF-8; a character cut at the very end is a cut file, not another encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(source):
            decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _examined(source: IO[bytes], encoding: str, bom_length: int) -> Decoding:
    """Read the whole file once: sample accents, lost characters, accents encoded twice."""
    accents: dict[str, None] = {}
    doubled = lost = False
    all_doubled = True
    for text in _texts(source, encoding, bom_length):
        if len(accents) < ACCENTS_SHOWN:
            accents.update(dict.fromkeys(islice(_accented_words(text), 2 * ACCENTS_SHOWN)))
        lost = lost or LOST in text
        doubled = doubled or _has_doubled(text)
        all_doubled = all_doubled and all(map(_is_doubled, set(_NOT_ASCII_RUN.findall(text))))
    repairable = doubled and all_doubled and encoding == "utf-8"
    return Decoding(
        encoding=encoding,
        bom_length=bom_length,
        accents=tuple(accents)[:ACCENTS_SHOWN],
        warnings=_warnings(doubled=doubled, repairable=repairable, lost=lost),
        repairable=repairable,
    )


def _accented_words(text: str) -> Iterator[str]:
    """Words with a letter that is not ASCII: those a person can judge."""
    for run in _NOT_ASCII_RUN.finditer(text):
        if any(map(str.isalpha, run[0][:30])):
            start = _WORD_AHEAD.match(text[max(0, run.start() - 30) : run.start()][::-1])
            end = _WORD_AHEAD.match(text, run.start())
            yield (start[0][::-1] if start else "") + (end[0] if end else "")


def _texts(source: IO[bytes], encoding: str, start: int) -> Iterator[str]:
    """The parts of the file that are not ASCII, never cut within a run of such characters."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held = ""
    for block in _blocks(source, start):
        text = held + decoder.decode(block)
        held = ""
        if text.isascii():
            continue
        # A run that goes on in the next block waits for it (unless it is absurdly long).
        whole = text.rstrip("".join(set(text[-64:]) - _ASCII))
        if len(text) - len(whole) < 64:
            text, held = whole, text[len(whole) :]
        yield text
    yield held + decoder.decode(b"", final=True)


_ASCII = frozenset(map(chr, range(128)))


def _warnings(*, doubled: bool, repairable: bool, lost: bool) -> tuple[str, ...]:
    found = []
    if repairable:
        found.append("Accents in this file were encoded twice (Ã© for é). They can be repaired.")
    elif doubled:
        found.append(
            "Some accents in this file look damaged (Ã© for é), others do not, so nothing can be"
            " repaired safely. Better export again from Discogs."
        )
    if lost:
        found.append("Some characters cannot be read; the lines that have them are listed below.")
    return tuple(found)


def _to_bytes(run: str) -> bytes:
    """Windows-1252 as programs write it: the five bytes it leaves open stand for themselves."""
    return b"".join(
        bytes([ord(char)]) if 0x80 <= ord(char) <= 0x9F else char.encode("cp1252") for char in run
    )


def _has_doubled(text: str) -> bool:
    # The plain search for a mark is many times faster than the expression, and mostly enough.
    return any(mark in text for mark in _DOUBLE_MARKS) and _DOUBLE.search(text) is not None


def _is_doubled(run: str) -> bool:
    try:
        _to_bytes(run).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _once_decoded(run: re.Match[str]) -> str:
    return _to_bytes(run[0]).decode("utf-8") if _is_doubled(run[0]) else run[0]
