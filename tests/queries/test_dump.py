"""The dump: canonical, and enough to build the same shelf again."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, select

from app.domain.filters import BrowseFilter
from app.domain.preset_settings import STANDARD
from app.domain.qr_rows import Preset, RowEdit
from app.domain.quality import BY_NAME
from app.errors import ConflictError, InvalidInputError
from app.extensions import db, set_reading
from app.models import (
    Artist,
    Copy,
    Crate,
    Edit,
    ExportBatch,
    Feedback,
    Folder,
    Label,
    Link,
    OwnTag,
    Picture,
    Preference,
    Release,
    Skip,
    StickerPreset,
    Tombstone,
)
from app.queries import browse, exports
from app.queries import piles as piles_of
from app.queries.dump import dump_lines
from app.queries.dump_lines import Line, in_order
from app.queries.skips import is_left_alone
from app.queries.sticker_facts import Addresses
from app.services import (
    artist_pages,
    copies,
    covers,
    crates,
    curate,
    edits,
    export_csv,
    feedback,
    load_dump,
    one_record,
    own_tags,
    picks,
    provider_care,
    quality,
    sample_shelf,
    skips,
    sticker_edits,
    sticker_presets,
    trash,
)
from app.services.enrich import links
from app.services.enrich.links import FoundLink
from app.services.one_record import Typed
from app.services.subjects import open_subject
from tests.csv_shelf import row, shelve, strangers_copy
from tests.listings import KIND_OF_BLUE, listed

OWNER = 1
ADDRESSES = Addresses("https://www.discogs.com", "http://here/s/")


def dump() -> list[str]:
    lines = list(dump_lines(OWNER))
    db.session.rollback()
    return lines


def entries(kind: str) -> list[dict[str, Any]]:
    return [entry for entry in map(json.loads, dump()) if entry["type"] == kind]


def edit(entity: str, entity_id: int, document: str) -> None:
    version = open_subject(entity, OWNER, entity_id).version
    curate.save(entity, OWNER, entity_id, version, document)


def empty() -> None:
    mine = (Edit, ExportBatch, StickerPreset, Copy, Release, Artist, Label, Folder)
    for model in (*mine, Link, Preference, Crate, OwnTag, Skip, Feedback, Tombstone):
        db.session.execute(delete(model).where(model.owner_id == OWNER))
    db.session.execute(delete(Picture))
    db.session.commit()


def a_full_shelf() -> None:
    """Something of everything: listed, imported, typed, put away, edited, undone."""
    release_id = listed()
    edit("release", release_id, '{"title": "Kind Of Blue (mono)", "year": null}')
    edit("release", release_id, '{"title": "Kind Of Blue (stereo)"}')
    artist_id = db.session.execute(
        select(Artist.id).where(Artist.name == "Miles Davis")
    ).scalar_one()
    edit("artist", artist_id, '{"profile": "Trumpeter"}')
    edits.undo("release", OWNER, release_id, field="year")
    edits.lock("release", OWNER, release_id, "country")
    label_id = db.session.execute(select(Label.id).where(Label.name == "Columbia")).scalar_one()
    edit("label", label_id, '{"name": "Columbia Records", "profile": "Since 1888"}')
    (copy_id,) = db.session.scalars(select(Copy.id))
    edit("copy", copy_id, '{"folder": "Jazz", "fields": [{"name": "Cleaned", "value": "yes"}]}')
    shelve(
        row(5), row(5, **{"Collection Notes": "second copy", "Date Added": "2020-01-01 00:00:00"})
    )
    added = one_record.add_by_hand(
        OWNER, Typed(artist="水", title="†", tracks="A1 One 1:00\nB1 Two", genres=("Rock",))
    )
    one_record.add_by_hand(OWNER, Typed(artist="Me", title="Gone"))
    copies.remove_copy(OWNER, added.copy_id)
    stickers(added.copy_id)
    matches()
    piles(added.copy_id, release_id)
    one_page_and_a_tombstone()


def one_page_and_a_tombstone() -> None:
    """An artist made part of another, and a copy gone for good."""
    pianist = db.session.execute(select(Artist.id).where(Artist.name == "Bill Evans"))
    leader = db.session.execute(select(Artist.id).where(Artist.name == "Miles Davis"))
    artist_pages.merge(OWNER, pianist.scalar_one(), leader.scalar_one())
    gone = listed(discogs_id=77, title="Gone for good")
    trash.remove_release(OWNER, gone)
    trash.empty(OWNER, db.session.scalars(select(Copy.id).where(Copy.release_id == gone)).all())


def matches() -> None:
    """A link, a cover of one's own and a preference."""
    page = FoundLink("spotify", "https://open.spotify.com/album/1", "exact", 1.0, "accepted")
    links.keep(OWNER, "title", "r1234", [page])
    covers.note_own(OWNER, "1234", "ab" * 32, is_here=False)
    provider_care.switch(OWNER, "wikidata", on=False)


def piles(removed: int, release_id: int) -> None:
    """Crates, one of them deleted and one empty, tags, skips and feedback."""
    ids = [*db.session.scalars(select(Copy.id).order_by(Copy.id.desc()))]
    own_tags.tag(OWNER, ids, "to clean, 水")
    crates.make(OWNER, "Tonight", "Loud\nones last", [*ids[1:], ids[0]])
    crates.delete_crate(OWNER, crates.make(OWNER, "Gone", copy_ids=ids[:2]))
    crates.make(OWNER, "Empty")
    by_hand = db.session.get_one(Copy, removed).release_id
    skips.leave_release_alone(OWNER, release_id, "", "A white label")
    skips.leave_release_alone(OWNER, by_hand, "spotify", "")
    artist = select(Artist.id).where(Artist.name == "Miles Davis")
    skips.leave_artist_alone(OWNER, db.session.execute(artist).scalar_one(), "", "")
    feedback.answer(OWNER, feedback.send(OWNER, "idea", "Louder\n水", "/crates"), "Yes.")
    standing = db.session.scalars(select(Copy.id).where(Copy.removed_at.is_(None))).all()
    assert quality.leave(OWNER, BY_NAME["grade"], standing[0], "never")
    feedback.close(OWNER, feedback.send(OWNER, "wrong", "It creaks", ""))


def stickers(removed: int) -> None:
    """Presets, picks, texts by hand and a file that was printed, of all kinds of copies."""
    ids = [*db.session.scalars(select(Copy.id).where(Copy.removed_at.is_(None)).order_by(Copy.id))]
    sticker_presets.save_preset(OWNER, Preset("Small", "{title}\n{url}"), STANDARD)
    sticker_presets.choose_preset(OWNER, STANDARD)
    sticker_presets.choose_preset(OWNER, "Small")
    picks.pick(OWNER, ids)
    sticker_edits.save_edits(
        OWNER, {ids[1]: RowEdit("Line\n水", None, "mine"), removed: RowEdit("x")}
    )
    for _again in range(2):
        export_csv.download(OWNER, ADDRESSES, datetime(2026, 11, 21, 7, 53))
    export_csv.mark_processed(OWNER, exports.recent_batches(OWNER)[0].id)
    picks.unpick(OWNER, ids[:1])


def test_two_dumps_of_one_shelf_are_equal(each_database: Flask) -> None:
    a_full_shelf()

    assert dump() == dump()


def test_lines_and_keys_are_sorted(app: Flask) -> None:
    sample_shelf.load(OWNER)

    lines = dump()

    assert lines == sorted(lines)
    assert all(list(json.loads(line)) == sorted(json.loads(line)) for line in lines)


def test_a_copy_tells_what_its_owner_knows(app: Flask) -> None:
    listed()

    (copy,) = entries("copy")

    assert copy == {
        "type": "copy",
        "release_id": 1234,
        "instance_id": 1234,
        "folder": "Uncategorized",
        "rating": None,
        "media_condition": None,
        "sleeve_condition": None,
        "notes": None,
        "fields": {},
        "added_at": "2026-01-02T00:00:00Z",
        "source": "discogs",
        "removed_at": None,
        "removed_by": None,
    }


def test_a_release_tells_its_facts(app: Flask) -> None:
    listed()

    (release,) = entries("release")

    assert (release["release_id"], release["title"], release["year"]) == (
        1234,
        KIND_OF_BLUE.title,
        1959,
    )
    assert release["labels"] == [{"catno": "CL 1355", "discogs_id": 1866, "name": "Columbia"}]


def test_the_shelf_of_somebody_else_is_not_in_it(app: Flask) -> None:
    strangers_copy()
    db.session.commit()

    assert dump() == []


def test_loading_a_dump_gives_the_same_dump(each_database: Flask) -> None:
    a_full_shelf()
    before = dump()
    empty()

    load_dump.load(OWNER, before)

    assert dump() == before


def test_edits_of_labels_and_copies_can_be_undone_after_a_load(app: Flask) -> None:
    a_full_shelf()
    before = dump()
    empty()
    load_dump.load(OWNER, before)

    label_id = db.session.execute(
        select(Label.id).where(Label.name == "Columbia Records")
    ).scalar_one()
    edits.undo("label", OWNER, label_id, field="name")
    copy_id = db.session.execute(select(Edit.entity_id).where(Edit.entity == "copy").limit(1))
    edits.undo("copy", OWNER, copy_id.scalar_one(), field="folder")

    assert open_subject("label", OWNER, label_id).shown["name"] == "Columbia"
    (lock,) = (one for one in entries("edit") if one["how"] == "lock")
    assert (lock["field"], lock["after"]) == ("country", "US")
    assert sorted({one["folder"] for one in entries("copy")})[-1] == "Uncategorized"


def test_the_sample_shelf_goes_through_a_dump_unchanged(each_database: Flask) -> None:
    sample_shelf.load(OWNER)
    before = dump()
    sample_shelf.remove(OWNER)

    counts = load_dump.load(OWNER, before)

    assert dump() == before
    assert counts["copy"] == browse.page(OWNER, BrowseFilter()).total
    assert browse.page(OWNER, BrowseFilter(q="follow me")).total >= 1


def test_a_shelf_moves_to_another_database_and_back(
    each_database: Flask, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    other = make_app(database_url=f"sqlite:///{tmp_path / 'other.db'}")
    with other.app_context():
        set_reading(False)
        upgrade()
        a_full_shelf()
        before = dump()
        db.session.remove()

    load_dump.load(OWNER, before)

    assert dump() == before
    kinds = {json.loads(line)["type"] for line in before}
    assert kinds == set(load_dump.KINDS)


def test_stickers_are_tied_to_the_same_copies_after_a_load(each_database: Flask) -> None:
    _first, second = shelve(row(5), row(5))  # nobody can tell them apart but by their stickers
    picks.pick(OWNER, [second])
    sticker_edits.save_edits(OWNER, {second: RowEdit(bottom_text="The good one")})
    export_csv.download(OWNER, ADDRESSES, datetime(2026, 11, 21, 7, 53))
    export_csv.mark_processed(OWNER, exports.recent_batches(OWNER)[0].id)
    before = dump()
    empty()

    load_dump.load(OWNER, before)

    (picked,) = exports.picked_ids(OWNER)
    assert exports.edits_of(OWNER, [picked]) == {picked: RowEdit(bottom_text="The good one")}
    (marked,) = exports.recent_batches(OWNER)
    assert export_csv.mark_processed(OWNER, marked.id) == marked.rows == 1
    assert [sticker["text"] for sticker in entries("sticker")] == ["The good one"]


def test_more_than_ten_twins_keep_their_order(app: Flask) -> None:
    ids = shelve(*(row(5) for _ in range(12)))
    sticker_edits.save_edits(OWNER, {ids[1]: RowEdit("second"), ids[10]: RowEdit("eleventh")})
    before = dump()
    empty()

    load_dump.load(OWNER, before)

    assert dump() == before


def test_a_preset_of_the_dump_takes_the_place_of_its_namesake(app: Flask) -> None:
    listed()
    sticker_presets.save_preset(OWNER, Preset("Small", "{title}"), STANDARD)
    before = dump()
    empty()
    sticker_presets.save_preset(OWNER, Preset("Small", "{artist}"), STANDARD)

    load_dump.load(OWNER, before)

    assert dump() == before


def test_sorting_holds_some_lines_only() -> None:
    lines: Iterable[Line] = ({"n": n * 7919 % 6_000, "text": "x" * 1_000} for n in range(6_000))
    tracemalloc.start()
    numbers = [json.loads(line)["n"] for line in in_order(lines, at_once=500)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sorted(numbers) == list(range(6_000))
    assert peak < 3_000_000


def test_edits_loaded_can_be_undone(app: Flask) -> None:
    release_id = listed()
    edit("release", release_id, '{"title": "Mine"}')
    before = dump()
    empty()
    load_dump.load(OWNER, before)

    release = db.session.scalars(select(Release)).one()
    assert release.title == "Mine"
    edits.undo("release", OWNER, release.id, field="title")

    assert db.session.scalars(select(Release.title)).one() == "Kind Of Blue"


def test_twins_nobody_can_tell_apart_stay_two(app: Flask) -> None:
    for another in (False, True):
        one_record.add_by_hand(OWNER, Typed(artist="A", title="B"), another=another)
    before = dump()
    empty()

    load_dump.load(OWNER, before)

    assert dump() == before
    assert len(entries("copy")) == 2


def test_a_shelf_that_was_emptied_takes_its_dump_again(each_database: Flask) -> None:
    a_full_shelf()
    before = dump()
    for release_id in db.session.scalars(select(Copy.release_id).distinct()).all():
        trash.remove_release(OWNER, release_id)
    trash.empty(OWNER)
    assert entries("copy") == []
    assert len(entries("tombstone")) > 1
    assert len(entries("edit")) > 1

    load_dump.load(OWNER, before)

    assert dump() == before


def test_what_was_let_go_and_is_in_no_dump_stays_away(app: Flask) -> None:
    listed()
    before = dump()
    trash.remove_release(OWNER, listed(discogs_id=7))
    trash.remove_release(OWNER, listed())
    trash.empty(OWNER)

    load_dump.load(OWNER, before)

    listed(discogs_id=7)
    assert [one["release_id"] for one in entries("copy")] == [1_234]
    assert [one["instance_id"] for one in entries("tombstone")] == [7]


def test_a_shelf_with_records_takes_no_dump(app: Flask) -> None:
    listed()

    with pytest.raises(ConflictError):
        load_dump.load(OWNER, dump())


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        "{}",
        '{"type":"secret"}',
        '{"type":"copy"}',
        '{"type":"copy","release_id":5,"folder":"x"}',
        '{"type":"release","release_id":"five"}',
        '{"type":"edit","entity":"release","release_id":9,"at":"x"}',
        '{"type":"release","release_id":1,"facts_from":"csv","master_id":null,"title":7}',
        '{"type":"release","release_id":1234,"facts_from":"csv","master_id":null,"title":"twin"}',
        '{"type":"release","release_id":1,"facts_from":"rumour","master_id":null,"title":"x"}',
        "[" * 100_000,
        '{"type":["copy"]}',
        '{"type":"pick","own_copy":"nobody"}',
        '{"type":"pick"}',
        '{"type":"crate","name":"x","note":"","made_at":null,"removed_at":null,"copies":[77]}',
        '{"type":"crate","name":"\\"","note":"","made_at":null,"removed_at":null,"copies":[]}',
        '{"type":"crate","name":"x","note":7,"made_at":null,"removed_at":null,"copies":[]}',
        '{"type":"tag","name":"a, b","instance_id":1234}',
        '{"type":"tag","name":"a","instance_id":77}',
        '{"type":"skip","release_id":"x","provider":"","reason":"","at":"2026-01-01T00:00:00Z"}',
        '{"type":"skip","title":"what","provider":"","reason":"","at":"2026-01-01T00:00:00Z"}',
        '{"type":"feedback","kind":"rant","at":"2026-01-01T00:00:00Z","text":"x"}',
        '{"type":"preset","name":"x","settings":{"text_template":7},"used_at":null}',
        '{"type":"preset","name":"x","settings":{"columns":7},"used_at":null}',
        '{"type":"sticker_edit","instance_id":1234,"bottom_text":7,"content":null,"file_name":null}',
        '{"type":"sticker","instance_id":1234,"export":"none","text":"","url":"","layout":"","at":"x"}',
    ],
)
def test_a_damaged_dump_is_refused_whole(app: Flask, line: str) -> None:
    listed()
    good = dump()
    empty()

    with pytest.raises(InvalidInputError):
        load_dump.load(OWNER, [*good, line])

    assert dump() == []


@pytest.mark.parametrize("said", ['"instance_id":1234', '"year":1959', '"release_id":1234'])
def test_a_dump_with_a_number_no_database_holds_is_refused_whole(
    each_database: Flask, said: str
) -> None:
    listed()
    good = dump()
    empty()
    bad = [line.replace(said, f"{said.partition(':')[0]}:{2**70}") for line in good]
    assert bad != good

    with pytest.raises(InvalidInputError, match="damaged"):
        load_dump.load(OWNER, bad)

    assert dump() == []


def test_crates_come_back_in_their_order_and_skips_as_skips(each_database: Flask) -> None:
    a_full_shelf()
    before = dump()
    wanted = BrowseFilter(crate=("Tonight",), sort="crate")
    packed = [row.title for row in browse.page(OWNER, wanted).rows]
    empty()

    load_dump.load(OWNER, before)

    assert [row.title for row in browse.page(OWNER, wanted).rows] == packed
    assert len(packed) > 2
    assert is_left_alone("release", "1234", "discogs")
    by_hand = db.session.scalars(select(Release.id).where(Release.title == "†")).one()
    assert is_left_alone("release", f"own:{by_hand}", "spotify")
    (left,) = [each.name for each in piles_of.deleted(OWNER)]
    assert left == "Gone"


def test_a_dump_loaded_where_crates_of_its_names_are_takes_their_place(app: Flask) -> None:
    a_full_shelf()
    before = dump()
    empty()
    crates.make(OWNER, "Tonight", "an other")

    load_dump.load(OWNER, before)

    assert dump() == before
