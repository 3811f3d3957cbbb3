"""Looking after an installation: doctor, user, worker."""

from __future__ import annotations

import signal
import sys
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.output import OWNER_ID, as_json, plain_errors, show, workplace
from app.jobs.runner import Runner
from app.services import checkup, people

LISTENS_EVERY_SECONDS = 0.5


def register(cli: click.Group) -> None:
    """Add these commands."""
    for command in (doctor, user, worker):
        cli.add_command(command)


@click.command()
@as_json
@with_appcontext
@plain_errors
def doctor(as_json: bool) -> None:
    """Check settings, disk, database and every service; exit code 1 if something is wrong."""
    found = list(checkup.findings(workplace(), OWNER_ID))
    lines = [f"{'ok ' if each.is_good else 'BAD'} {each.name}: {each.sentence}" for each in found]
    result = [{"name": f.name, "ok": f.is_good, "message": f.sentence} for f in found]
    show({"checks": result}, "\n".join(lines), as_json)
    if not all(each.is_good for each in found):
        sys.exit(1)


@click.group()
def user() -> None:
    """The people whose shelves stand here."""


@user.command("list")
@as_json
@with_appcontext
@plain_errors
def list_users(as_json: bool) -> None:
    """Who there is."""
    found = [{"id": each.id, "name": each.name} for each in people.everybody()]
    show({"users": found}, "\n".join(f"{each['id']} {each['name']}" for each in found), as_json)


@user.command("create")
@click.argument("name")
@as_json
@with_appcontext
@plain_errors
def create_user(name: str, as_json: bool) -> None:
    """Add somebody called NAME, with an empty shelf."""
    person = people.add_person(name)
    show({"id": person.id, "name": person.name}, f"{person.name} has number {person.id}.", as_json)


@click.command()
@as_json
@with_appcontext
def worker(as_json: bool) -> None:
    """Work on jobs until told to stop (SIGTERM or Ctrl-C)."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    runner = Runner(app, workplace().settings)
    runner.start()
    show({"state": "working"}, "Working on jobs; Ctrl-C stops.", as_json)
    sys.stdout.flush()
    # Not without an end: a signal that another thread received is heard when this one wakes up.
    while not stopped.wait(LISTENS_EVERY_SECONDS):
        pass
    runner.stop()
    show({"state": "stopped"}, "Stopped; what is not done goes on at the next start.", as_json)
