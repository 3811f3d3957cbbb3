"""Jobs: how far they are, stopping them, and taking back what a sync put away."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.models.run import ACTIVE_STATES
from app.queries import enrich_status, run_status
from app.services import runs
from app.web.auth import owner_id
from app.web.imports import job_words, lane_words
from app.web.imports.enrich_page import contested, enrich_page, is_poll

STOP_POLLING = 286


def register(bp: Blueprint) -> None:
    """Add these addresses to the import area's."""
    bp.get("/jobs")(jobs)
    bp.get("/jobs/<id:run_id>")(job)
    bp.post("/jobs/<id:run_id>/cancel")(cancel)
    bp.get("/jobs/pill")(pill)


def jobs() -> str:
    """The latest jobs."""
    return render_template(
        "jobs/index.html", runs=run_status.recent(owner_id()), words=job_words, told=lane_words
    )


def job(run_id: int) -> ResponseReturnValue:
    """One job: progress while it runs, what it changed once it has ended."""
    run = run_status.get(owner_id(), run_id)
    if run.kind in job_words.PUBLISHING:
        return redirect("/admin/publish")
    if run.kind == "enrich":
        page = enrich_page(run)
    else:
        status = run_status.status(run)
        page = render_template(
            "jobs/show.html", status=status, run=run, words=job_words, contested=contested(run)
        )
    if run.state not in ACTIVE_STATES and is_poll():
        return page, STOP_POLLING, {"HX-Trigger": "run-over"}  # the pill in the header goes too
    return page


def cancel(run_id: int) -> ResponseReturnValue:
    """Ask a job to stop at its next step."""
    runs.ask_to_stop(owner_id(), run_id)
    return redirect(url_for("imports.job", run_id=run_id))


def pill() -> str:
    """What the header shows of a job under way; nothing when there is none."""
    run = run_status.under_way(owner_id())
    if run is None:
        return ""
    done, total = enrich_status.progress() if run.kind == "enrich" else (run.done, run.total)
    word, count = job_words.pill(run, done, total)
    return render_template("jobs/_pill.html", run=run, word=word, count=count)
