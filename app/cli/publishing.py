"""Publishing the shelf as the content of a Hugo site: publish."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.output import OWNER_ID, as_json, plain_errors, show, workplace
from app.domain.album_pages import PLACEMENTS
from app.services.publishing import site, theme
from app.services.publishing.git_tree import GitTree
from app.services.publishing.report import Report, Wish
from app.services.publishing.site_job import as_stored, check, committed, told, would_change

DIFFS_SHOWN = 1_000
_SIGNS = (("+", "new"), ("~", "changed"), ("−", "orphaned"), ("!", "edited"))


def register(cli: click.Group) -> None:
    """Add this command."""
    cli.add_command(publish)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--changed/--all", "only_changed", default=True, help="--all makes every page anew.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would change.")
@click.option("--album", type=click.IntRange(1), help="Only this Discogs release.")
@click.option("--artist", type=click.IntRange(1), help="Only the page of this Discogs artist.")
@click.option("--artists", is_flag=True, help="Only the pages of artists.")
@click.option("--overwrite", is_flag=True, help="Also pages that were changed by hand.")
@click.option(
    "--images",
    type=click.Choice(PLACEMENTS),
    help="Where covers lie: beside their page, or in static/images. Stays until changed.",
)
@click.option(
    "--theme",
    "with_theme",
    is_flag=True,
    help="Also put Gatefold's theme into DIR; what is there of it stays.",
)
@click.option("--commit", is_flag=True, help="Commit what was written to DIR's Git repository.")
@click.option("-v", "--verbose", is_flag=True, help="Name each file; in a dry run also its lines.")
@as_json
@with_appcontext
@plain_errors
def publish(
    folder: Path,
    only_changed: bool,
    dry_run: bool,
    album: int | None,
    artist: int | None,
    artists: bool,
    overwrite: bool,
    images: str | None,
    with_theme: bool,
    commit: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Write the shelf as pages of a Hugo site into DIR; only what changed is written."""
    if sum((album is not None, artist is not None, artists)) > 1:
        raise click.UsageError("Name one of --album, --artist and --artists.")
    wish = Wish(
        everything=not only_changed,
        album=album,
        artist=artist,
        artists=artists,
        overwrite=overwrite,
        images=images or "",
        dry=dry_run,
        diffs=DIFFS_SHOWN if dry_run and verbose else 0,
    )
    folder = folder.absolute()
    check(workplace(), folder)
    # Before anything is written: whether a commit would be of nothing but ours.
    tree = GitTree(folder) if commit and not dry_run else None
    report = site.publish(workplace(), OWNER_ID, folder, wish)
    put = theme.put(folder) if with_theme and not dry_run else 0
    commit_told = committed(tree) if tree else ""
    of_theme = _of_theme(put, folder, is_committed=bool(commit_told))
    told_all = _sentences(report, folder, wish, verbose), of_theme, commit_told
    show(
        {**as_stored(report), "dry_run": dry_run, "theme": put, "commit": commit_told},
        "\n".join(filter(None, told_all)),
        as_json,
    )


def _of_theme(put: int, folder: Path, *, is_committed: bool) -> str:
    """What to say of a theme of which so many files were put into `folder`."""
    if not put:
        return ""
    text = f"The theme is there too: {put:,} new files. Build it with: hugo --source {folder}"
    return f"{text}\nIt is yours to change, so it is not in the commit." if is_committed else text


def _sentences(report: Report, folder: Path, wish: Wish, verbose: bool) -> str:
    lines = []
    if verbose:
        lines = [f"{sign} {path}" for sign, name in _SIGNS for path in getattr(report, name)]
    lines += [text for _path, text in report.diffs if text]
    pages = sum(path.endswith(".md") for path in (*report.new, *report.changed))
    if wish.diffs and (more := pages - len(report.diffs)):
        lines.append(
            f"The lines of {more:,} more {'page is' if more == 1 else 'pages are'} not shown."
        )
    if wish.dry:
        lines.append(would_change(report))
    else:
        lines.append(f"Published into {folder}: {told(report)}")
    if report.edited:
        lines.append(f"Changed by hand and left alone (--overwrite replaces): {len(report.edited)}")
        lines += [f"! {path}" for path in report.edited[:20]] if not verbose else []
    if report.missing:
        lines.append(f"Albums without a picture: {len(report.missing):,} (-v names them).")
    if verbose:
        lines += [f"no picture: {each.title} ({each.why})" for each in report.missing]
    return "\n".join(lines)
