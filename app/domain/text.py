"""Text as people type it, made comparable: folding for search, keys for sorting, cleaning.

Record titles come in every script and some in none ("★", "†", "!!!"), so each function here has an
answer for those too. All are called once per cell of an import, which is why plain ASCII takes a
short path through byte tables.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from anyascii import anyascii

SEARCH_TEXT_LIMIT = 20_000
SORT_KEY_LIMIT = 120

# One byte table for both keys: lower case, everything but letters and digits becomes a blank.
_WORDS_TABLE = bytes(
    ord(chr(byte).lower()) if chr(byte) in string.ascii_letters + string.digits else ord(" ")
    for byte in range(256)
)
# "R.E.M." is filed as "rem" and "Don't" as "dont", while "AC/DC" and "Hip-Hop" are two words.
_DROPPED_FROM_KEYS = b"'.`"

_PUNCTUATION_TO_BLANK = {ord(char): " " for char in string.punctuation}
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DISAMBIGUATOR = re.compile(r" \(\d+\)\s*$")
_ARTICLE = re.compile(r"(?:(?:the|an?|die|der|das|le|la|les|el|los|il)\s+(?=\S)|l'(?=\w))")
_DIGITS = re.compile(r"\d+")
# Of parts joined by line ends, one that has neither letters nor digits.
_WORDLESS_PART = re.compile(r"^[^a-zA-Z0-9\n]+$", re.MULTILINE)


def fold(text: str) -> str:
    """`text` as lower-case ASCII words, one blank between them; accents, case and script are gone.

    Text that has no letters or digits in any script ("†", "!!!") folds to its own symbols, so that
    it can still be searched for.
    """
    ascii_text = text if text.isascii() else _to_ascii(text)
    words = _ascii_words(ascii_text)
    return b" ".join(words).decode("ascii") if words else _symbols(text)


def search_text(*parts: str) -> str:
    """The words under which something made of `parts` is found.

    These are the folded words, and for text that is not ASCII also the words as written, in lower
    case: 坂本 is found by "坂本" as by "banben". Every word once, in order of appearance, at most
    `SEARCH_TEXT_LIMIT` characters (the last word is never cut).
    """
    together = "\n".join(parts)
    # A part without any letter ("!!!") is kept by its symbols, which only fold() of it alone does.
    if together.isascii() and not _WORDLESS_PART.search(together):
        text = b" ".join(dict.fromkeys(_ascii_words(together))).decode("ascii")
    else:
        text = " ".join(_words_of_each(parts))
    if len(text) <= SEARCH_TEXT_LIMIT:
        return text
    return text[: SEARCH_TEXT_LIMIT + 1].rpartition(" ")[0] or text[:SEARCH_TEXT_LIMIT]


def _ascii_words(text: str) -> list[bytes]:
    return text.encode("ascii").translate(_WORDS_TABLE).split()


def _words_of_each(parts: Sequence[str]) -> dict[str, None]:
    words: dict[str, None] = {}
    for part in parts:
        words.update(dict.fromkeys(fold(part).split()))
        if not part.isascii():
            words.update(dict.fromkeys(_original_words(part)))
    return words


def sort_key(text: str) -> str:
    """The key under which a title or a name is filed; compare keys by bytes (COLLATE "C").

    The leading article and Discogs' " (2)" are gone, numbers are padded so that 9 comes before 10.
    Text without a letter or digit comes after all others ("~" and its symbols).
    """
    ascii_text = text if text.isascii() else _to_ascii(text)
    key = ascii_text.lower().strip()
    if key.endswith(")"):
        key = _DISAMBIGUATOR.sub("", key)
    article = _ARTICLE.match(key)
    if article:
        key = key[article.end() :]
    words = key.encode("ascii").translate(_WORDS_TABLE, _DROPPED_FROM_KEYS).split()
    key = b" ".join(words).decode("ascii")
    if not key:
        symbols = _symbols(text)
        return ("~" + symbols)[:SORT_KEY_LIMIT] if symbols else ""
    return _DIGITS.sub(_padded, key)[:SORT_KEY_LIMIT]


def clean(text: str, limit: int | None = None) -> str:
    """`text` fit to be stored and shown: NFC, no control characters but line breaks and tabs.

    NUL and lone surrogates, which databases refuse, are removed; blanks at the end are cut; `limit`
    is the most characters to keep.
    """
    if not (text.isascii() and text.isprintable()):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = unicodedata.normalize("NFC", _CONTROLS.sub("", text))
    return text[:limit].rstrip()


# A title is both filed and found, and an artist has many.
@lru_cache(maxsize=4096)
def _to_ascii(text: str) -> str:
    # Composed first: か + the voicing mark is "ga" as one character, but "ka" and a quote as two.
    return anyascii(unicodedata.normalize("NFC", text))


def _symbols(text: str) -> str:
    """What is left of text without letters: its printable characters, blanks removed."""
    return "".join(char for char in text.lower() if char.isprintable() and not char.isspace())


def _original_words(part: str) -> list[str]:
    written = _SURROGATES.sub("", unicodedata.normalize("NFC", part))
    return written.casefold().translate(_PUNCTUATION_TO_BLANK).split()


def _padded(digits: re.Match[str]) -> str:
    return digits[0].zfill(8)
