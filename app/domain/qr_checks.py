"""What a person may type into a QR preset or a row, and what is wrong with it, in sentences."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from app.domain.qr_rows import DEFAULTS, MAX_FILE_NAME, Preset, RowEdit
from app.domain.sticker_text import one_newline, template_problems

MAX_NAME, MAX_TEXT, MAX_VALUE, MAX_YEAR_WORD = 80, 1_000, 500, 40
MAX_URL = 2_000
# File systems count bytes and stop at 255; this leaves room for the ending.
_MAX_FILE_NAME_BYTES = 240

# These three follow from the rest of the preset, so they cannot be set as a column.
_DECIDED_ELSEWHERE = {
    "BottomText": "The text under the code is set in the text template.",
    "Content": "Where the code leads to is set by the target.",
    "FileName": "The file name is the release id, so that every picture gets its own file.",
}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PATH_SIGNS = re.compile(r'[\\/:*?"<>|]')
# Names Windows keeps for devices, with any ending: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)

Problems = dict[str, list[str]]


def preset_problems(preset: Preset) -> Problems:
    """Sentences by field name (a column is "columns.<name>"); {} when the preset can be used."""
    problems = {
        "name": _text_problems(preset.name, MAX_NAME),
        "text_template": _text_problems(preset.text_template, MAX_TEXT, lines=True)
        + template_problems(preset.text_template),
        "unknown_year": _text_problems(preset.unknown_year, MAX_YEAR_WORD),
        "content_target": _choice_problems(preset.content_target, "discogs", "gatefold"),
        "quoting": _choice_problems(preset.dialect.quoting, "doubled", "backslash"),
        "newline": _choice_problems(preset.dialect.newline, "LF", "CRLF"),
    }
    if not preset.name.strip():
        problems["name"].append("Give the preset a name.")
    for column, value in preset.columns.items():
        problems[f"columns.{column}"] = _column_problems(column, value)
    return _only_found(problems)


def edit_problems(edit: RowEdit) -> Problems:
    """Sentences by field (`bottom_text`, `content`, `file_name`); {} when all can be written."""
    problems: Problems = {}
    if edit.bottom_text is not None:
        problems["bottom_text"] = _text_problems(edit.bottom_text, MAX_TEXT, lines=True)
    if edit.content is not None:
        problems["content"] = _url_problems(edit.content)
    if edit.file_name is not None:
        problems["file_name"] = _file_name_problems(edit.file_name)
    return _only_found(problems)


def _only_found(problems: Problems) -> Problems:
    return {name: found for name, found in problems.items() if found}


def _column_problems(column: str, value: str) -> list[str]:
    if column not in DEFAULTS:
        return ["QR Factory 3 has no such column."]
    if column in _DECIDED_ELSEWHERE:
        return [_DECIDED_ELSEWHERE[column]]
    return _text_problems(value, MAX_VALUE) + template_problems(value)


def _choice_problems(value: str, *choices: str) -> list[str]:
    return [] if value in choices else [f"Choose one of: {', '.join(choices)}."]


def _length_problems(text: str, limit: int) -> list[str]:
    if len(text) <= limit:
        return []
    return [f"Too long: {len(text):,} characters, at most {limit:,}."]


def _text_problems(text: str, limit: int, *, lines: bool = False) -> list[str]:
    """Too long, or with signs that cannot be shown. `lines`: line breaks are welcome."""
    problems = _length_problems(text, limit)
    if lines and _CONTROLS.search(one_newline(text).replace("\n", "")):
        problems.append("Remove the control characters.")
    if not lines and _CONTROLS.search(text):
        problems.append("Remove the line breaks and control characters.")
    return problems


def _url_problems(url: str) -> list[str]:
    problems = _length_problems(url, MAX_URL)
    if not url.isprintable() or " " in url:
        problems.append("An address has no blanks or control characters.")
    elif not _is_web_address(url):
        problems.append("Give a full web address, such as https://www.discogs.com/release/1.")
    return problems


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # Reading the port is what makes urlsplit look at it.
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _file_name_problems(name: str) -> list[str]:
    if not name.strip():
        return ["Give the picture a file name."]
    problems = _length_problems(name, MAX_FILE_NAME)
    if not name.isprintable():
        problems.append("A file name has no line breaks, control or invisible characters.")
    elif not problems and len(name.encode()) > _MAX_FILE_NAME_BYTES:
        problems.append(f"Too long: at most {_MAX_FILE_NAME_BYTES} bytes in UTF-8.")
    if _PATH_SIGNS.search(name):
        problems.append('A file name has none of \\ / : * ? " < > |')
    if name != name.strip() or name.endswith("."):
        problems.append("A file name does not begin with a blank, or end with a blank or a dot.")
    if _DEVICE.fullmatch(name):
        problems.append(f"Windows keeps the name {name} for itself.")
    return problems
