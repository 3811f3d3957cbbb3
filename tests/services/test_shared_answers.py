"""What is known of a record because of another shelf."""

from __future__ import annotations

import zlib

from flask import Flask

from app.extensions import db
from app.models import ProviderResult
from app.models.base import utcnow
from app.services.enrich import shared_answers
from tests.shelves import put_on_shelf

OWNER = 1


def test_a_kept_answer_that_cannot_be_read_is_asked_for_anew(each_database: Flask) -> None:
    put_on_shelf({"release_id": 7}, {"release_id": 8})
    for key, payload in (("7", zlib.compress(b'{"id": "no release"}')), ("8", b"not compressed")):
        kept = ProviderResult(entity="release", provider="discogs", key=key, state="found")
        kept.payload, kept.fetched_at = payload, utcnow()
        db.session.add(kept)
    db.session.commit()

    assert shared_answers.unread_details(OWNER) == [7, 8]
    shared_answers.read_details(OWNER, [7, 8])
    db.session.commit()

    states = db.session.scalars(db.select(ProviderResult.state)).all()
    assert states == ["pending", "pending"]
