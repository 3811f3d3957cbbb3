"""Fetching details, covers, links and biographies: enrich."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.output import OWNER_ID, as_json, plain_errors, show
from app.domain.providers import SERVICES, title_of
from app.jobs import foreground
from app.models import Run
from app.queries import enrich_status
from app.services import runs


def register(cli: click.Group) -> None:
    """Add this command."""
    cli.add_command(enrich)


@click.command()
@click.option(
    "--only", type=click.Choice([service.name for service in SERVICES]), help="Ask only this one."
)
@click.option("--limit", type=click.IntRange(1), help="At most so many things of each provider.")
@as_json
@with_appcontext
@plain_errors
def enrich(only: str | None, limit: int | None, as_json: bool) -> None:
    """Fetch what other services know of the shelf, and wait for the end."""
    cursor = {"only": only or "", **({"most": limit} if limit else {})}
    started = runs.start(OWNER_ID, "enrich", cursor)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    run = foreground.follow(app, OWNER_ID, started.id, _Progress())
    counts = {
        count.provider: dict(sorted(count.states.items()))
        for count in enrich_status.lane_counts()
        if count.total
    }
    show(
        {"run": run.id, "state": run.state, "providers": counts, "message": run.message},
        "\n".join(_lines(counts, run.message)),
        as_json,
    )
    if run.state != "done":
        sys.exit(1)


def _lines(counts: dict[str, dict[str, int]], message: str | None) -> list[str]:
    lines = [
        f"{title_of(provider)}: " + ", ".join(f"{count} {state}" for state, count in states.items())
        for provider, states in counts.items()
    ]
    return [*lines, message] if message else lines or ["There is nothing to ask."]


class _Progress:
    """A line on standard error whenever something has moved."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, run: Run) -> None:
        done, total = enrich_status.progress()
        line = f"{run.state}: {done} of {total}"
        if run.state == "waiting" and run.message:
            line += f" ({run.message})"
        if line != self._last:
            click.echo(line, err=True)
            self._last = line
