"""Admin: the list of releases that may need a hand, and their documents to correct."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from app.queries import curation
from app.queries.alike_names import alike_names
from app.web.admin import (
    backups,
    bulk,
    conflicts,
    documents,
    edit_acts,
    failures,
    feedback,
    health,
    history,
    preview,
    publishing,
    quality,
    reviews,
    rooms,
    skips,
)
from app.web.admin.record_places import editor_url
from app.web.auth import owner_id

bp = Blueprint("admin", __name__)
for each in (
    documents,
    edit_acts,
    history,
    reviews,
    conflicts,
    quality,
    failures,
    health,
    backups,
    skips,
    feedback,
    bulk,
    publishing,
    preview,
):
    each.register(bp)


@bp.get("/admin")
def index() -> Any:
    """Releases, newest first, searched and narrowed to what needs a hand."""
    wanted = curation.ReleaseFilter.from_args(request.args)
    return render_template(
        "admin/index.html",
        admin_tabs=rooms.tabs(),
        filter=wanted,
        states=curation.STATES,
        page=curation.releases(owner_id(), wanted),
        names=alike_names(owner_id(), wanted.q),
        editor_url=editor_url,
    )
