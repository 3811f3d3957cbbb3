from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Edit
from app.models.base import utcnow
from app.services.overlay import let_edits_win

OWNER = 1

pytestmark = pytest.mark.usefixtures("app")


def edit(field: str, after: object, *, owner_id: int = OWNER, undone: bool = False) -> None:
    db.session.add(
        Edit(
            owner_id=owner_id,
            batch="b",
            entity="release",
            entity_id=7,
            field=field,
            before="Kind Of Blue",
            after=after,
            upstream="Kind Of Blue",
            undone_at=utcnow() if undone else None,
        )
    )
    db.session.flush()


def upstreams() -> list[object]:
    return list(db.session.scalars(select(Edit.upstream).order_by(Edit.id)))


def test_what_nobody_edited_passes_as_told() -> None:
    told = {"title": "Kind of Blue", "year": 1959}

    assert let_edits_win(OWNER, "release", 7, told) == told


def test_an_edited_field_is_held_back_and_kept_as_what_the_provider_says_now() -> None:
    edit("title", "Kind of Blue (mono)")
    told = {"title": "Kind Of Blue (Remastered)", "year": 1959}

    assert let_edits_win(OWNER, "release", 7, told) == {"year": 1959}
    assert upstreams() == ["Kind Of Blue (Remastered)"]
    assert told["title"] == "Kind Of Blue (Remastered)"


def test_every_standing_edit_of_the_field_learns_what_the_provider_says() -> None:
    edit("title", "Blue 1")
    edit("title", "Blue 2")

    let_edits_win(OWNER, "release", 7, {"title": "New"})

    assert upstreams() == ["New", "New"]


def test_a_field_the_provider_does_not_mention_keeps_what_it_last_said() -> None:
    edit("title", "Blue")

    assert let_edits_win(OWNER, "release", 7, {"year": None}) == {"year": None}
    assert upstreams() == ["Kind Of Blue"]


def test_an_undone_edit_holds_nothing_back() -> None:
    edit("title", "Blue", undone=True)

    assert let_edits_win(OWNER, "release", 7, {"title": "New"}) == {"title": "New"}


@pytest.mark.parametrize(("entity", "entity_id"), [("release", 8), ("artist", 7)])
def test_an_edit_of_something_else_holds_nothing_back(
    app: Flask, entity: str, entity_id: int
) -> None:
    edit("title", "Blue")

    assert let_edits_win(OWNER, entity, entity_id, {"title": "New"}) == {"title": "New"}


def test_nothing_told_can_be_kept_beneath_an_edit() -> None:
    edit("country", "Japan")

    let_edits_win(OWNER, "release", 7, {"country": None})

    assert upstreams() == [None]
