"""Health: how each service is, switches, the order of covers, the schedule, disk and database."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import InvalidInputError
from app.queries import failures, run_status
from app.queries import health as queries
from app.services import (
    checkup,
    cover_order,
    lane_report,
    preferences,
    provider_care,
    refresh,
    schedules,
)
from app.services.workplace import Workplace
from app.web.admin import health_words, rooms, words
from app.web.auth import owner_id

STEPS = {"up": -1, "down": 1}


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule("/admin/health", "health", index)
    for name, view in (
        ("switch", switch),
        ("again", try_again),
        ("covers", order_covers),
        ("schedule", schedule),
    ):
        bp.add_url_rule(f"/admin/health/{name}", f"health_{name}", view, methods=["POST"])


def index() -> str:
    """How everything is."""
    workplace: Workplace = current_app.extensions["workplace"]
    lanes = lane_report.report(workplace, owner_id())
    return render_template(
        "admin/health.html",
        admin_tabs=rooms.tabs(),
        words=words,
        told=health_words,
        lanes=lanes,
        clock_off_by=lane_report.clock_off_by(lanes),
        covers=cover_order.order_of(owner_id()),
        schedule=schedules.schedule_of(owner_id()),
        choices=schedules.CHOICES,
        is_freshened=refresh.is_wanted_when_opened(workplace, owner_id()),
        enrich_after=preferences.get(owner_id(), schedules.ENRICH_AFTER_SYNC, False),
        findings=checkup.house_findings(workplace),
        sizes=queries.sizes(),
        image_cache_mb=workplace.settings.image_cache_mb,
        due=failures.due_count({lane.service.name for lane in lanes if not lane.why_off}),
        run=run_status.under_way(owner_id()),
    )


def switch() -> ResponseReturnValue:
    """Switch a service on or off."""
    name, is_on = request.form.get("provider", ""), request.form.get("on") == "1"
    provider_care.switch(owner_id(), name, on=is_on)
    if is_on:
        flash(f"{words.site(name)} is on. The next run asks it.", "good")
    else:
        flash(f"{words.site(name)} is off. What it told stays.", "good")
    return _back(name)


def try_again() -> ResponseReturnValue:
    """Forget that a service refused us or broke down."""
    name = request.form.get("provider", "")
    provider_care.try_again(name)
    flash(f"{words.site(name)} is tried again with the next run.", "good")
    return _back(name)


def order_covers() -> ResponseReturnValue:
    """Prefer a source of covers more, or less."""
    source, step = request.form.get("source", ""), STEPS.get(request.form.get("move", ""))
    if step is None:
        raise InvalidInputError("A source of covers is moved up or down.")
    cover_order.move(owner_id(), source, step)
    return _back("covers")


def schedule() -> ResponseReturnValue:
    """When to sync by itself, whether the other services are asked then, and what opening does."""
    every = schedules.CHOICES.get(request.form.get("every", ""))
    if every is None:
        raise InvalidInputError("A sync is off, every six hours or daily.")
    schedules.set_schedule(owner_id(), every)
    preferences.put(owner_id(), schedules.ENRICH_AFTER_SYNC, request.form.get("enrich") == "1")
    preferences.put(owner_id(), refresh.WHEN_OPENED, request.form.get("fresh") == "1")
    flash("Saved.", "good")
    return _back("schedule")


def _back(anchor: str) -> ResponseReturnValue:
    return redirect(url_for("admin.health", _anchor=anchor))
