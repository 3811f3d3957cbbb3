"""Bringing records in and out: sync, import-csv, export-csv, demo."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.output import OWNER_ID, as_json, plain_errors, show, workplace
from app.domain.discogs_csv import ENCODING_LABELS, ExportFile
from app.domain.filters import from_query
from app.jobs import foreground
from app.models import Run
from app.queries.sticker_facts import Addresses
from app.services import export_csv, import_csv, runs, sample_shelf, sync_news


def register(cli: click.Group) -> None:
    """Add these commands."""
    for command in (sync, import_file, export_file, demo):
        cli.add_command(command)


@click.command()
@click.option("--username", default="", help="Whose public collection, if not your own.")
@click.option("--quick", is_flag=True, help="Look for new copies only: mostly one call.")
@as_json
@with_appcontext
@plain_errors
def sync(username: str, quick: bool, as_json: bool) -> None:
    """Bring the Discogs collection in, and wait for the end."""
    wish = {"username": username, sync_news.QUICK: quick}
    started = runs.start(OWNER_ID, "sync", {name: value for name, value in wish.items() if value})
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    run = foreground.follow(app, OWNER_ID, started.id, _Progress())
    changes = ", ".join(f"{count} {kind}" for kind, count in sorted(run.counts.items()))
    sentence = run.message or f"{run.done} copies; {changes or 'nothing has changed'}."
    result = {"run": run.id, "state": run.state, "copies": run.done, "total": run.total}
    show({**result, "changes": run.counts, "message": run.message}, sentence, as_json)
    if run.state != "done":
        sys.exit(1)


class _Progress:
    """One line on standard error each time something has moved."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, run: Run) -> None:
        count = f" {run.done} of {run.total}" if run.total else ""
        line = f"{run.state}: {run.phase or 'connect'}{count}"
        if run.state == "waiting" and run.message:
            line += f" ({run.message})"
        if line != self._last:
            click.echo(line, err=True)
            self._last = line


@click.command("import-csv")
@click.argument("file", type=click.File("rb"))
@click.option("--encoding", type=click.Choice(list(ENCODING_LABELS)), help="Else it is found out.")
@click.option("--repair", is_flag=True, help="Mend accents that were encoded twice.")
@click.option("--leave-out", is_flag=True, help="Import the rest when rows cannot be read.")
@as_json
@with_appcontext
@plain_errors
def import_file(
    file: IO[bytes], encoding: str | None, repair: bool, leave_out: bool, as_json: bool
) -> None:
    """Import Discogs' CSV export FILE, all of it or nothing."""
    export = ExportFile(file, encoding=encoding, repair=repair)
    for warning in export.warnings:
        click.echo(warning, err=True)
    report = import_csv.import_export(OWNER_ID, export, leave_out_unreadable=leave_out)
    result = {
        name: getattr(report, name)
        for name in ("new", "updated", "unchanged", "put_away", "unreadable")
    }
    for problem in report.problems:
        click.echo(f"line {problem.line}: {problem.reason}", err=True)
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in result.items())
    show(result, f"{report.rows} rows: {counts}.", as_json)


@click.command("export-csv")
@click.option("--filter", "query", default="", help="In the language of the search box.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@as_json
@with_appcontext
@plain_errors
def export_file(query: str, output: Path | None, as_json: bool) -> None:
    """Write the CSV that QR Factory 3 imports, to standard output unless -o names a file."""
    settings = workplace().settings
    addresses = Addresses(
        discogs=settings.discogs_web_url, ours=f"http://{settings.host}:{settings.port}/s/"
    )
    pieces = export_csv.csv_of_filter(OWNER_ID, from_query(query), addresses)
    if output is None:
        stream = sys.stdout.buffer
        for piece in pieces:
            stream.write(piece)
        return
    size = write_whole(output, pieces)
    show({"file": str(output), "bytes": size}, f"Written: {output} ({size:,} bytes).", as_json)


def write_whole(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file in one go: a fault on the way leaves the former one as it was. Its size.

    What a process that was killed left half-written is swept away.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            if not _is_alive(left.suffixes[-2]):
                left.unlink(missing_ok=True)
        with beside.open("wb") as file:
            size = sum(file.write(piece) for piece in pieces)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
    return size


def _is_alive(suffix: str) -> bool:
    """Whether a process with the number in ".123" is there; True for what is no number."""
    number = suffix.removeprefix(".")
    if not number.isdecimal():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@click.command()
@click.option("--remove", is_flag=True, help="Take the sample shelf down again.")
@as_json
@with_appcontext
@plain_errors
def demo(remove: bool, as_json: bool) -> None:
    """Put the sample shelf up: real records to look around with."""
    if remove:
        gone = sample_shelf.remove(OWNER_ID)
        show({"removed": gone}, f"{gone} sample records are gone.", as_json)
        return
    came = sample_shelf.load(OWNER_ID)
    sentence = f"The sample shelf is up: {came} records." if came else "It is up already."
    show({"added": came}, sentence, as_json)
