"""A dump on its way in: its lines by type, waiting on disk until their turn comes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from app.errors import InvalidInputError

Line = Mapping[str, Any]


class DumpFile:
    """Lines of a dump, to be read type by type and as often as wanted."""

    def __init__(self, files: Mapping[str, IO[bytes]]) -> None:
        self._files = files
        self.counts = dict.fromkeys(files, 0)

    def keep(self, number: int, line: str) -> None:
        """Put line `number` of the file to its like. Raises InvalidInputError naming it."""
        try:
            entry = json.loads(line)
            kind = entry["type"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise InvalidInputError(f"Line {number} is no line of a dump.") from None
        if not isinstance(kind, str) or kind not in self._files:
            raise InvalidInputError(f"Line {number} is of a type this version does not know.")
        self.counts[kind] += 1
        self._files[kind].write(line.strip("\r\n").encode("utf-8", "surrogatepass") + b"\n")

    def of(self, kind: str) -> Iterator[Line]:
        """The lines of one type, in the order they came; one reading at a time."""
        file = self._files[kind]
        file.seek(0)
        for line in file:
            yield json.loads(line.decode("utf-8", "surrogatepass"))


@contextmanager
def dump_file(text: Iterable[str], kinds: Sequence[str]) -> Iterator[DumpFile]:
    """The lines of a dump of these kinds. Raises InvalidInputError naming one that is none."""
    with ExitStack() as files:
        dump = DumpFile({kind: files.enter_context(TemporaryFile()) for kind in kinds})
        for number, line in enumerate(text, start=1):
            if line.strip():
                dump.keep(number, line)
        yield dump


def moment_in(text: str | None) -> datetime | None:
    """A moment as a line of a dump has it."""
    return None if text is None else datetime.fromisoformat(text)
