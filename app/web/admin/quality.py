"""Gaps in what is known: how many there are, and one after the other with its fix beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.genres import GENRES
from app.domain.grades import MEDIA, SLEEVE
from app.domain.ids import id_in
from app.domain.matching.own_addresses import KNOWN
from app.domain.picture_files import MOST_BYTES
from app.domain.quality import BY_NAME, COUNTRIES, Check, edit_address
from app.domain.quality_fixes import timed_tracks, values_of
from app.errors import GatefoldError, InvalidInputError, NotFoundError
from app.extensions import db, set_reading
from app.models.base import utcnow
from app.queries import quality as queries
from app.queries import run_status
from app.queries.alike_labels import alike_labels, label_called, label_with_titles
from app.queries.elsewhere import original_year
from app.queries.folder_names import folder_names
from app.queries.quality_gaps import sharing_barcode
from app.queries.unmatched import offered
from app.services import edits, own_cover, own_labels, own_links, quality, reviews
from app.services.artist_pages import take_apart
from app.services.curate import StaleDocumentError, WrongDocumentError
from app.services.image_store import ImageStore, NoRoomError
from app.services.subjects import Subject, open_subject
from app.web.admin import rooms, words
from app.web.admin.burn_down import burn_down
from app.web.admin.record_places import editor_url
from app.web.auth import owner_id
from app.web.errors import status_of

PLACE = "/admin/quality"
FILL = "admin.quality_fill"
# What is refused unread looks like a broken connection: up to here a file is read and judged.
MOST_FORM_BYTES = 70_000_000
DONE = {
    "edit": "Saved.",
    "merge": "Made one page.",
    "cover": "Your picture is the cover.",
    "link": "Found.",
    "later": "Put off for 30 days.",
    "never": "Left as it is, for good.",
}


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.url_value_preprocessor(_allow_a_large_body)
    bp.add_url_rule(PLACE, "quality", index)
    one = f"{PLACE}/<any({', '.join(repr(name) for name in BY_NAME)}):name>"
    bp.add_url_rule(one, "quality_check", check)
    rule = f"{one}/<id:entity_id>/<any(later, never):verdict>"
    bp.add_url_rule(rule, "quality_leave", leave, methods=["POST"])
    # One address for both: loaded again after a refusal, it leads to the gap.
    rule = f"{one}/<id:entity_id>"
    bp.add_url_rule(rule, "quality_fill", fill, methods=["GET", "POST"])
    bp.add_url_rule(f"{one}/undo", "quality_undo", undo, methods=["POST"])


def _allow_a_large_body(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Before anything reads the body (the CSRF check does), and for pictures only."""
    if endpoint == FILL and values and values.get("name") == "cover":
        request.max_content_length = MOST_FORM_BYTES


def index() -> str:
    """Every check with what is open, and how the number went down."""
    standings = queries.standings(owner_id())
    days = queries.counts_by_day(owner_id())
    now = {each.check.name: each.open for each in standings}
    if days.get(utcnow().date()) != now:
        db.session.rollback()
        set_reading(False)  # what is counted is noted, once a day and after each change
        quality.count(owner_id())
        days = {**days, utcnow().date(): now}
    total = sum(now.values())
    return render_template(
        "admin/quality.html",
        admin_tabs=rooms.tabs(gaps=total),
        standings=standings,
        total=total,
        waiting=queries.waiting(owner_id()),
        run=run_status.under_way(owner_id(), "enrich"),
        charts=burn_down(days),
    )


def check(name: str) -> str:
    """The next gap of a check, or the one asked for with `at`."""
    return _page(BY_NAME[name], id_in(request.args.get("at", "")))


def _page(
    check: Check,
    wanted: int | None,
    *,
    error: GatefoldError | None = None,
) -> str:
    turn = queries.turn(owner_id(), check, wanted)
    shown = _shown(check, turn.entity_id) if turn else {}
    return render_template(
        "admin/quality_item.html",
        admin_tabs=rooms.tabs(),
        check=check,
        turn=turn,
        error=error,
        problems=_problems(check, error),
        typed=request.form,
        done=_done(),
        editor_url=editor_url,
        **shown,
    )


def _problems(check: Check, error: GatefoldError | None) -> Mapping[str, list[str]]:
    """Sentences by field of the form; "" for what belongs to none."""
    if isinstance(error, WrongDocumentError):
        return {"": [problem.message for problem in error.found]}
    if isinstance(error, InvalidInputError) and error.problems:
        return error.problems
    return {"": [str(error)]} if error else {}


def _done() -> dict[str, str] | None:
    """What was done last, as the address says; whether it can be undone shows when it is."""
    kind, _, key = request.args.get("done", "").partition("-")
    at = request.args.get("of", "")
    if kind not in DONE or not key or not id_in(at):
        return None
    return {"token": f"{kind}-{key}", "at": at, "text": DONE[kind]}


def _shown(check: Check, entity_id: int) -> dict[str, Any]:
    """The record with the gap, and what its form needs."""
    subject = open_subject(check.entity, owner_id(), entity_id)
    row = queries.row_of(owner_id(), check, entity_id)
    base = current_app.extensions["workplace"].settings.discogs_web_url
    more = _MORE[check.name](subject, row) if check.name in _MORE else {}
    return {
        "subject": subject,
        "row": row,
        "discogs_url": edit_address(base, check.entity, row.discogs_id if row else None),
        **more,
    }


def _for_durations(subject: Subject, _row: Any) -> dict[str, Any]:
    return {"tracks": timed_tracks(subject.shown)}


def _for_too_early(subject: Subject, _row: Any) -> dict[str, Any]:
    return {"original": original_year(queries.master_of(subject.id))}


def _for_barcode(subject: Subject, _row: Any) -> dict[str, Any]:
    code, others = sharing_barcode(owner_id(), subject.id)
    return {"barcode": code, "others": queries.first_copies(owner_id(), others)}


def _for_twice(_subject: Subject, row: Any) -> dict[str, Any]:
    return {"others": queries.other_copies(owner_id(), row)}


def _for_name(subject: Subject, _row: Any) -> dict[str, Any]:
    this, *others = queries.namesakes(owner_id(), subject.id)
    return {"artist": this, "others": others}


def _for_label(subject: Subject, _row: Any) -> dict[str, Any]:
    label = label_with_titles(owner_id(), subject.id)
    return {"label": label, "others": alike_labels(owner_id(), subject.shown["name"])}


def _for_link(subject: Subject, _row: Any) -> dict[str, Any]:
    return {"offers": offered(owner_id(), subject.id), "words": words, "services": KNOWN}


_MORE: Mapping[str, Callable[[Subject, Any], dict[str, Any]]] = {
    "too-early": _for_too_early,
    "country": lambda _subject, _row: {"countries": COUNTRIES},
    "genre": lambda _subject, _row: {"genres": GENRES},
    "durations": _for_durations,
    "barcode": _for_barcode,
    "grade": lambda _subject, _row: {"media": MEDIA, "sleeves": SLEEVE},
    "folder": lambda _subject, _row: {"folders": folder_names(owner_id())},
    "twice": _for_twice,
    "name": _for_name,
    "link": _for_link,
    "label": _for_label,
}


def fill(name: str, entity_id: int) -> ResponseReturnValue:
    """Save, and go on with the next; on trouble the form comes back as it was."""
    check = BY_NAME[name]
    if request.method == "GET":
        return redirect(url_for("admin.quality_check", name=name, at=entity_id))
    try:
        done = _FILL.get(check.fix, _save)(check, entity_id)
    except (InvalidInputError, StaleDocumentError, NoRoomError) as error:
        db.session.rollback()
        status = 507 if isinstance(error, NoRoomError) else status_of(error)
        return _page(check, entity_id, error=error), status
    if done is None:
        flash("Nothing was changed, so nothing was saved.", "info")
    return _onwards(name, entity_id, done)


def _save(check: Check, entity_id: int) -> str | None:
    subject = open_subject(check.entity, owner_id(), entity_id)
    values = values_of(check, subject.shown, request.form.to_dict(flat=False))
    version = id_in(request.form.get("version", "")) or 0
    db.session.rollback()
    batch = quality.fill(owner_id(), check, entity_id, version, values)
    return f"edit-{batch}" if batch else None


def _merge(_check: Check, entity_id: int) -> str:
    quality.merge(owner_id(), entity_id, id_in(request.form.get("into", "")) or 0)
    return f"merge-{entity_id}"


def _relabel(_check: Check, entity_id: int) -> str:
    """One of those with a like name, or the one somebody typed."""
    typed = request.form.get("label", "")
    into = id_in(request.form.get("into", "")) or label_called(owner_id(), typed)
    if into is None:
        sentence = (
            "None of your labels with a number at Discogs is called so."
            if typed.strip()
            else "Type what the label is called at Discogs."
        )
        raise InvalidInputError(sentence, {"label": [sentence]})
    db.session.rollback()
    batch = own_labels.resolve(owner_id(), entity_id, into)
    quality.count(owner_id())
    return f"edit-{batch}"


def _add_cover(_check: Check, entity_id: int) -> str:
    file = request.files.get("picture")
    if file is None or not file.filename:
        sentence = "Choose a picture first."
        raise InvalidInputError(sentence, {"picture": [sentence]})
    store = ImageStore(current_app.extensions["workplace"].settings.instance_path)
    own_cover.upload(store, owner_id(), entity_id, file.stream.read(MOST_BYTES + 1))
    quality.count(owner_id())
    return f"cover-{entity_id}"


def _add_link(_check: Check, entity_id: int) -> str:
    """One of the pages on offer, or that of an address somebody pasted."""
    chosen = id_in(request.form.get("offer", ""))
    if chosen is None:
        key = own_links.add(owner_id(), entity_id, request.form.get("address", ""))
    else:
        if chosen not in {link.id for link in offered(owner_id(), entity_id)}:
            raise InvalidInputError("That was decided already. Look what is on offer now.")
        db.session.rollback()
        key = chosen
        reviews.decide(owner_id(), key, "accept")
    quality.count(owner_id())
    return f"link-{key}"


_FILL: Mapping[str, Callable[[Check, int], str | None]] = {
    "merge": _merge,
    "cover": _add_cover,
    "address": _add_link,
    "relabel": _relabel,
}


def leave(name: str, entity_id: int, verdict: str) -> ResponseReturnValue:
    """Do not ask about this gap for a while, or ever."""
    said = quality.leave(owner_id(), BY_NAME[name], entity_id, verdict)
    if said is None:
        flash("That is filled already.", "info")
    return _onwards(name, entity_id, f"{verdict}-{said}" if said else None)


def undo(name: str) -> ResponseReturnValue:
    """Take back what was done last, and look at that gap again."""
    kind, _, key = request.form.get("done", "").partition("-")
    number = id_in(key) or 0
    match kind:
        case "edit":
            edits.undo_batch(owner_id(), key[:32])
        case "merge":
            take_apart(owner_id(), number)
        case "cover":
            own_cover.remove_upload(owner_id(), number)
        case "link":
            own_links.take_back(owner_id(), number)
        case "later" | "never":
            quality.take_back_verdict(owner_id(), number)
        case _:
            raise NotFoundError("There is nothing of that kind to undo.")
    quality.count(owner_id())
    flash("Taken back.", "good")
    at = id_in(request.form.get("at", ""))
    return redirect(url_for("admin.quality_check", name=name, at=at), 303)


def _onwards(name: str, entity_id: int, done: str | None) -> ResponseReturnValue:
    """To the next gap, with what was done last."""
    of = entity_id if done else None
    return redirect(url_for("admin.quality_check", name=name, done=done, of=of), 303)
