"""Things that bear the same name, told apart."""

from __future__ import annotations

from collections.abc import Sequence


def told_apart(names: Sequence[str]) -> list[str]:
    """`names`, each of them once: of twins the first keeps it, the second is called "Shelf (2)"."""
    taken = set(names)
    met: set[str] = set()
    found = []
    for name in names:
        if name in met:
            name = _numbered(name, taken)
        met.add(name)
        taken.add(name)
        found.append(name)
    return found


def _numbered(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
