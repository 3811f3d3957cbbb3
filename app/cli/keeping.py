"""All that a person owns and edited, out and in again: dump, load."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.output import OWNER_ID, as_json, plain_errors, show
from app.cli.records import write_whole
from app.extensions import reading
from app.queries.dump import dump_lines
from app.services import moving


def register(cli: click.Group) -> None:
    """Add these commands."""
    cli.add_command(dump)
    cli.add_command(load)


@click.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For symmetry: a dump is JSON anyway.")
@with_appcontext
@plain_errors
def dump(output: Path | None, as_json: bool) -> None:
    """Print what is owned and edited as sorted lines of JSON; equal shelves give equal text."""
    with reading():
        pieces = (f"{line}\n".encode("utf-8", "surrogatepass") for line in dump_lines(OWNER_ID))
        if output is not None:
            size = write_whole(output, pieces)
            show({"file": str(output), "bytes": size}, f"Written: {output}.", as_json)
            return
        stream = sys.stdout.buffer
        for piece in pieces:
            stream.write(piece)


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@as_json
@with_appcontext
@plain_errors
def load(file: IO[str], as_json: bool) -> None:
    """Load FILE, written by dump, into an empty shelf, and compare. Doing it twice does no harm."""
    moved = moving.load(OWNER_ID, file, current_app.extensions["workplace"])
    counted = (f"{count} of type {kind}" for kind, count in moved.counts.items() if count)
    told = ", ".join(counted) or "nothing"
    sentence = "All of it is here already." if moved.was_there else f"Loaded: {told}."
    if moved.backup:
        sentence += f" What was known of the emptied shelf before is in the backup {moved.backup}."
    if moved.without_nul:
        sentence += f" Lines with the character NUL, which is left out: {moved.without_nul}."
    equal = "Equal to the file" if moved.is_equal else "A dump now differs from the file"
    result = {
        "loaded": moved.counts,
        "sha256": moved.sha256,
        "equal": moved.is_equal,
        "without_nul": moved.without_nul,
        "backup": moved.backup,
    }
    show(result, f"{sentence} {equal} (sha256 {moved.sha256}).", as_json)
