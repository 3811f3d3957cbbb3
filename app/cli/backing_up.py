"""Backups: backup, restore."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.output import as_json, plain_errors, show, workplace
from app.domain.backups import REASONS
from app.errors import InvalidInputError
from app.services.backups import making, restoring
from app.services.backups.checking import folder_of
from app.services.backups.restoring import Preview


def register(cli: click.Group) -> None:
    """Add these commands."""
    cli.add_command(backup)
    cli.add_command(restore)


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Put a copy of it here as well.",
)
@as_json
@with_appcontext
@plain_errors
def backup(output: Path | None, as_json: bool) -> None:
    """Make a backup now, look it through, and say where it is."""
    made = making.make(workplace())
    folder = folder_of(workplace())
    place = folder.file(made.name)
    if output is not None:
        making.copy_out(folder, made, output)
        place = output
    copies = made.manifest.count("copies")
    result = {"file": str(place), "bytes": made.size, "sha256": made.manifest.sha256}
    sentence = f"Backed up {copies:,} copies: {place} ({made.size / 1e6:,.1f} MB)."
    show({**result, "tables": made.manifest.tables}, sentence, as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@with_appcontext
@plain_errors
def restore(file: Path, yes: bool, as_json: bool) -> None:
    """Replace what is here by the backup FILE (a path, or its name in the list of backups)."""
    path = _found(file)
    seen = restoring.preview(workplace(), path)
    if not yes:
        _ask(seen, as_json)
    done = restoring.restore(workplace(), path)
    place = folder_of(workplace()).file(done.point.name)
    counts = {what: done.manifest.count(what) for what, _then, _now in seen.rows}
    sentence = f"Restored: {_told(seen)}. What was here before: {place}."
    show({"restored": counts, "restore_point": str(place)}, sentence, as_json)


def _found(file: Path) -> Path:
    folder = folder_of(workplace())
    is_in_list = not file.exists() and (folder.path / file.name).is_file()
    return folder.path / file.name if is_in_list else file


def _ask(seen: Preview, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        raise InvalidInputError("Nothing was changed. Add --yes to replace what is here.")
    made = f"{seen.manifest.made_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"A backup of {made} ({REASONS.get(seen.manifest.why, seen.manifest.why)}):")
    for what, then, now in seen.rows:
        click.echo(f"  {what}: {then:,} in the backup, {now:,} here now")
    click.confirm("Replace what is here?", abort=True)


def _told(seen: Preview) -> str:
    return ", ".join(f"{then:,} {what}" for what, then, _now in seen.rows)
