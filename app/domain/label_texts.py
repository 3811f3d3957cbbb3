"""The labels of a release and their numbers, as lists show them."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.names import display_name
from app.domain.records import LabelRecord


def label_texts(labels: Sequence[LabelRecord]) -> tuple[str, str]:
    """Label names and catalogue numbers as shown: each once, joined by ", "."""
    return label_pair_texts([(label.name, label.catno) for label in labels])


def label_pair_texts(pairs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The same of plain pairs of name and number."""
    if len(pairs) == 1:
        ((name, catno),) = pairs
        return display_name(name), "" if catno.lower() == "none" else catno
    names = {display_name(name): None for name, _catno in pairs}
    numbers = {catno: None for _name, catno in pairs if catno and catno.lower() != "none"}
    return ", ".join(names), ", ".join(numbers)
