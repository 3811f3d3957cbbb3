"""Where the pictures of a release besides its cover lie at Discogs

Read from the answers that are kept, so that nobody is asked again.

Revision: 0005, after: 0004
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

AT_ONCE = 500

_release = sa.table(
    'release', sa.column('id'), sa.column('discogs_id'), sa.column('further_pictures', sa.JSON)
)
_result = sa.table(
    'provider_result',
    *(sa.column(name) for name in ('id', 'entity', 'key', 'provider')),
    sa.column('payload', sa.LargeBinary),
)


def upgrade() -> None:
    op.add_column('release', sa.Column('further_pictures', sa.JSON(), nullable=True))
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    ids = defaultdict[str, list[int]](list)
    for row in connection.execute(sa.select(_release.c.id, _release.c.discogs_id)):
        ids[str(row.discogs_id)].append(row.id)
    kept = (
        sa.select(_result.c.id, _result.c.key, _result.c.payload)
        .where(
            _result.c.entity == 'release',
            _result.c.provider == 'discogs',
            _result.c.payload.is_not(None),
        )
        .order_by(_result.c.id)
        .limit(AT_ONCE)
    )
    change = (
        _release.update()
        .where(_release.c.id == sa.bindparam('release'))
        .values(further_pictures=sa.bindparam('pictures', type_=sa.JSON))
    )
    after = 0
    while rows := connection.execute(kept.where(_result.c.id > after)).all():
        after = rows[-1].id
        changes = [
            {'release': release_id, 'pictures': pictures}
            for row in rows
            if row.key in ids and (pictures := _pictures(row.payload))
            for release_id in ids[row.key]
        ]
        if changes:
            connection.execute(change, changes)


def _pictures(payload: bytes) -> list[str]:
    """All but the cover, the primary one, which does not always come first."""
    try:
        images: Any = json.loads(zlib.decompress(payload))['images']
        images = sorted(images, key=lambda image: image['type'] != 'primary')
        return [image['uri'] for image in images if image['uri']][1:]
    except (zlib.error, ValueError, LookupError, TypeError):
        return []  # odd, or without pictures


def downgrade() -> None:
    op.drop_column('release', 'further_pictures')
