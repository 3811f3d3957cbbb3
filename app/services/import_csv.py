"""Discogs' CSV export into the collection: looked at first, then imported in one transaction.

An export has no instance ids. A row is the copy of the same release that was added in the same
second, else one whose time is not known in the same folder; every other row is a new copy. Nothing
is ever removed by an import, and a copy that Discogs lists stays as Discogs told it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import exists, select, update

from app.domain.arrivals import Arrivals
from app.domain.discogs_csv import (
    ExportFile,
    ExportRow,
    RowProblem,
)
from app.domain.documents import Document
from app.errors import InvalidInputError
from app.extensions import db
from app.models import Copy, Edit, Format, Release
from app.services import artist_pages, catalogue_lock, folders, overlay, shelf, trash
from app.services.bulk import commit_large, in_chunks, without_garbage_collection
from app.services.copy_words import CopyWords, without
from app.services.csv_facts import FACT_COLUMNS, Facts, ReleaseNews, told_fields
from app.services.csv_report import CsvReport
from app.services.csv_writer import CsvWriter
from app.services.release_writer import ReleaseWriter

ROWS_AT_ONCE = 2_000
PROBLEMS_SHOWN = 100
SAMPLE_ROWS = 8
TOLD_IN = {
    "rating": "Rating",
    "media_condition": "Collection Media Condition",
    "sleeve_condition": "Collection Sleeve Condition",
    "notes": "Collection Notes",
}


class Known(NamedTuple):
    """A copy that was here before; `facts` of its release where CSV files may change them."""

    id: int
    release_id: int
    folder_id: int
    values: tuple[Any, ...]
    added_at: Any
    removed_by: str | None
    source: str
    facts: Facts | None


def preview(owner_id: int, export: ExportFile) -> CsvReport:
    """What importing `export` would do. Writes nothing."""
    return _Import(owner_id, export, dry=True).run()


def import_export(owner_id: int, export: ExportFile, *, leave_out_unreadable: bool) -> CsvReport:
    """Import all rows, or nothing: commits once at the end.

    Raises InvalidInputError naming the first unreadable line, unless those may be left out.
    """
    catalogue_lock.hold(owner_id)
    report = _Import(owner_id, export, dry=False).run()
    if report.unreadable and not leave_out_unreadable:
        db.session.rollback()
        first = report.problems[0]
        raise InvalidInputError(
            f"Line {first.line} cannot be read: {first.reason} Nothing was imported."
        )
    artist_pages.follow(owner_id)
    commit_large()
    return report


class _Import:
    def __init__(self, owner_id: int, export: ExportFile, *, dry: bool) -> None:
        self.owner_id, self.export, self.dry = owner_id, export, dry
        self.report = CsvReport()
        self.news = ReleaseNews(owner_id, told_fields(export.columns))
        self.taken: set[int] = set()
        self.folder_ids: dict[str, int] = {}
        self.field_ids: dict[str, int] = {}
        mine = exists().where(Copy.owner_id == owner_id)
        self.is_first = not db.session.scalar(select(mine))
        self.writer = CsvWriter(owner_id, is_first=self.is_first)
        self.buried = trash.buried_moments(owner_id)
        self.edits = {} if self.is_first else overlay.active_edits_of(owner_id, "copy")
        self.told_columns = _told_columns(export)
        self.tells_folder = "CollectionFolder" in export.columns.positions

    def run(self) -> CsvReport:
        with without_garbage_collection():
            return self._run()

    def _run(self) -> CsvReport:
        for rows in self._batches():
            self._learn(rows)
            known = {} if self.is_first else self._known(rows)
            fresh, changed = self._sort_out(rows, known)
            if not self.dry:
                self._update(changed)
                self.news.write(ReleaseWriter(self.owner_id))
                self._insert(fresh)
        self.writer.finish()
        return self.report

    def _batches(self) -> Iterator[list[ExportRow]]:
        for chunk in in_chunks(self.export.rows(), ROWS_AT_ONCE):
            rows = [row for row in chunk if isinstance(row, ExportRow)]
            self._note_problems([row for row in chunk if isinstance(row, RowProblem)])
            if len(self.report.sample) < SAMPLE_ROWS:
                self.report.sample.extend(rows[: SAMPLE_ROWS - len(self.report.sample)])
            yield rows

    def _note_problems(self, problems: Sequence[RowProblem]) -> None:
        self.report.unreadable += len(problems)
        room = PROBLEMS_SHOWN - len(self.report.problems)
        self.report.problems.extend(problems[: max(room, 0)])

    def _learn(self, rows: Sequence[ExportRow]) -> None:
        """Folders and custom fields these rows name; a preview makes none."""
        names = {row.folder for row in rows}.difference(self.folder_ids)
        if self.dry:
            self.folder_ids.update(folders.existing_folder_ids(self.owner_id, names))
            self.field_ids = folders.existing_field_ids(self.owner_id)
            return
        if names:
            self.folder_ids.update(folders.folder_ids_by_name(self.owner_id, sorted(names)))
        custom = list(self.export.columns.custom)
        if custom and not self.field_ids:
            self.field_ids = folders.field_ids_by_name(self.owner_id, custom)

    def _known(self, rows: Sequence[ExportRow]) -> dict[int, list[Known]]:
        """Copies we have of the releases in `rows`, by Discogs release id."""
        wanted = {row.release_id for row in rows}
        columns = [getattr(Copy, name) for name in self.told_columns]
        found: dict[int, list[Known]] = defaultdict(list)
        for row in db.session.execute(
            select(
                Release.discogs_id,
                Copy.id,
                Copy.release_id,
                Copy.folder_id,
                Copy.added_at,
                Copy.removed_by,
                Copy.source,
                Release.facts_from,
                *FACT_COLUMNS,
                *columns,
            )
            .join(Release, Release.id == Copy.release_id)
            .outerjoin(Format, Format.id == Release.format_id)
            .where(
                # The owner of a release owns its copies. Asked for by owner as well, copies would
                # be the way in, and all of them read for every batch.
                Release.owner_id == self.owner_id,
                Release.discogs_id.in_(wanted),
                Copy.source != "sample",
            )
            .order_by(Copy.id)
        ):
            facts = Facts._make(row[8:14]) if row[7] == "csv" else None
            found[row[0] or 0].append(
                Known(row[1], row[2], row[3], tuple(row[14:]), row[4], row[5], row[6], facts)
            )
        return found

    def _sort_out(
        self, rows: Sequence[ExportRow], known: Mapping[int, list[Known]]
    ) -> tuple[list[ExportRow], list[tuple[Known, dict[str, Any]]]]:
        """Rows that are new copies, and known copies with the values that differ."""
        fresh: list[ExportRow] = []
        changed: list[tuple[Known, dict[str, Any]]] = []
        for row in rows:
            copy = self._match(row, known[row.release_id]) if row.release_id in known else None
            if copy is None and (row.release_id, row.added_at) in self.buried:
                self.report.put_away += 1
                continue
            if copy is None:
                fresh.append(row)
                continue
            self.taken.add(copy.id)
            different = self._different(copy, row)
            is_news = copy.facts is not None and self.news.take(copy.release_id, copy.facts, row)
            if copy.removed_by == "person":
                self.report.put_away += 1
            elif different or is_news:
                changed.append((copy, different))
            else:
                self.report.unchanged += 1
        self.report.new += len(fresh)
        self.report.updated += len(changed)
        return fresh, changed

    def _match(self, row: ExportRow, candidates: Sequence[Known]) -> Known | None:
        free = [copy for copy in candidates if copy.id not in self.taken]
        if row.added_at is None:
            here = [copy for copy in free if self._is_in_folder(copy, row)]
            return next(iter(here or free), None)
        same_second = [copy for copy in free if copy.added_at == row.added_at]
        same_second.sort(key=lambda copy: not self._is_in_folder(copy, row))
        unknown = [c for c in free if c.added_at is None and self._is_in_folder(c, row)]
        return next(iter([*same_second, *unknown]), None)

    def _is_in_folder(self, copy: Known, row: ExportRow) -> bool:
        """Whether the copy stands where the row says; any place will do if the file has none."""
        return not self.tells_folder or copy.folder_id == self.folder_ids.get(row.folder)

    def _different(self, copy: Known, row: ExportRow) -> dict[str, Any]:
        """What the row changes about the copy. Discogs itself knows better than any file.

        One that its owner put away stays as it is.
        """
        if copy.removed_by == "person" or (copy.source == "discogs" and not copy.removed_by):
            return {}
        says = self._values(row)
        before = dict(zip(self.told_columns, copy.values, strict=True))
        if "fields" in says:
            kept = {k: v for k, v in (before["fields"] or {}).items() if k not in self._own_keys()}
            says["fields"] = {**kept, **(says["fields"] or {})} or None
        if self.tells_folder:
            before["folder_id"], says["folder_id"] = copy.folder_id, self.folder_ids.get(row.folder)
        different = {name: said for name, said in says.items() if said != before[name]}
        if copy.added_at is None and row.added_at is not None:
            different["added_at"] = row.added_at
        if copy.removed_by == "sync":
            # Without its place in the listing (the instance id) the next sync lets it stand.
            different |= {"removed_at": None, "removed_by": None}
            different |= {"discogs_instance_id": None, "source": "csv"}
        return self._showable(copy, says, different)

    def _showable(
        self, copy: Known, says: Mapping[str, Any], different: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What of it may be written; what the person edited only comes to lie under their edit."""
        edits = self.edits.get(copy.id, [])
        if edits and not self.dry:
            overlay.lay_under(edits, self._told(edits, says))
        return without(different, {edit.field for edit in edits})

    def _told(self, edits: Sequence[Edit], says: Mapping[str, Any]) -> Document:
        """The document of what a copy is told; beneath an edit, fields without a column stay."""
        told, own = self.words.document(says), self.export.columns.custom
        beneath = next((edit.upstream for edit in edits if edit.field == "fields"), None)
        if beneath is not None and "fields" in told:
            kept = [entry for entry in beneath if entry["name"] not in own]
            told["fields"] = kept + [entry for entry in told["fields"] if entry["name"] in own]
        return told

    @cached_property
    def words(self) -> CopyWords:
        """Asked for when folders and fields of the file have been made."""
        return CopyWords(self.owner_id)

    def _own_keys(self) -> set[str]:
        """Under which keys a copy holds the fields this file has columns for."""
        return {str(self.field_ids.get(name, name)) for name in self.export.columns.custom}

    def _values(self, row: ExportRow) -> dict[str, Any]:
        """The columns of a copy this file speaks of, as our columns have them."""
        values = {
            "rating": row.rating,
            "media_condition": row.media or None,
            "sleeve_condition": row.sleeve or None,
            "notes": row.notes or None,
            "fields": {
                str(self.field_ids.get(name, name)): value
                for name, value in row.fields.items()
                if value
            }
            or None,
        }
        return {name: values[name] for name in self.told_columns}

    def _update(self, changed: Sequence[tuple[Known, dict[str, Any]]]) -> None:
        changed = [(copy, values) for copy, values in changed if values]
        for copy, values in changed:
            db.session.execute(update(Copy).where(Copy.id == copy.id).values(values))
        shelf.refresh(self.owner_id, [copy.release_id for copy, _values in changed])

    def _insert(self, rows: Sequence[ExportRow]) -> None:
        made = self.writer.add(rows, self.folder_ids, self.field_ids)
        if not self.is_first:
            # A later row alike is another copy, not this one again.
            self.taken.update(made)
            self._note_arrivals(made)

    def _note_arrivals(self, made: Sequence[int]) -> None:
        if made:
            known = self.report.arrivals
            first = known.first if known else made[0]
            self.report.arrivals = Arrivals("csv", first, made[-1])


def _told_columns(export: ExportFile) -> tuple[str, ...]:
    """The columns of a copy that this file has; what it lacks stays as it is."""
    told = [name for name, header in TOLD_IN.items() if header in export.columns.positions]
    return (*told, "fields") if export.columns.custom else tuple(told)
