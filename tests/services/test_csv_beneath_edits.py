"""A CSV file that comes to agree with what a person made of a record."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Edit, Release
from app.services import curate, edits
from app.services.subjects import open_subject
from tests.shelves import OWNER, put_on_shelf

ROW = {"Artist": "Foo", "release_id": 5, "Date Added": "2021-01-01 00:00:00"}


def test_what_the_newest_file_says_is_shown_once_the_edit_is_taken_back(app: Flask) -> None:
    put_on_shelf({**ROW, "Title": "As first told"})
    release_id = db.session.scalars(select(Release.id)).one()
    version = open_subject("release", OWNER, release_id).version
    curate.save("release", OWNER, release_id, version, json.dumps({"title": "Mine"}))
    put_on_shelf({**ROW, "Title": "As told later"})
    put_on_shelf({**ROW, "Title": "Mine"})

    assert db.session.scalars(select(Edit.news_at)).one() is None
    edits.undo("release", OWNER, release_id, field="title")
    assert db.session.scalars(select(Release.title)).one() == "Mine"
