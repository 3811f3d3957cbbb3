"""Links, pictures, articles and preferences: what the enrichment job finds and needs

Revision: 0002, after: 0001
"""

from __future__ import annotations

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('article',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('licence', sa.Text(), nullable=False),
    sa.Column('fetched_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article')),
    sa.UniqueConstraint('url', name=op.f('uq_article_url'))
    )
    op.create_table('image',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('width', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('height', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bytes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('colour', sa.String(length=7), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_image'))
    )
    with op.batch_alter_table('image', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_image_used_at'), ['used_at'], unique=False)

    op.create_table('provider_health',
    sa.Column('provider', sa.String(length=40), nullable=False),
    sa.Column('failures', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('open_until', sa.Float(precision=53), nullable=True),
    sa.Column('opened', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('refusal', sa.Text(), nullable=False),
    sa.Column('last_success_at', sa.DateTime(), nullable=True),
    sa.Column('last_failure_at', sa.DateTime(), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.Column('calls', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('errors', sa.JSON(), nullable=False),
    sa.Column('clock_skew', sa.Float(precision=53), nullable=True),
    sa.PrimaryKeyConstraint('provider', name=op.f('pk_provider_health'))
    )
    op.create_table('link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('remote_id', sa.String(length=200), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('badge', sa.String(length=10), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('found_at', sa.DateTime(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("badge = 'exact' OR badge = 'derived' OR badge = 'guess'", name=op.f('ck_link_badge')),
    sa.CheckConstraint("entity = 'title' OR entity = 'release' OR entity = 'artist'", name=op.f('ck_link_entity')),
    sa.CheckConstraint("state = 'accepted' OR state = 'waiting' OR state = 'rejected'", name=op.f('ck_link_state')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_link_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link')),
    sa.UniqueConstraint('owner_id', 'entity', 'key', 'provider', 'url', name=op.f('uq_link_owner_id_entity_key_provider_url'))
    )
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_link_owner_id_state_score'), ['owner_id', 'state', 'score'], unique=False)

    op.create_table('picture',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('release_key', sa.String(length=40), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('image_sha256', sa.String(length=64), nullable=True),
    sa.Column('fetched_at', sa.DateTime(), nullable=True),
    sa.Column('gone_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("source = 'discogs' OR source = 'coverart' OR source = 'itunes' OR source = 'apple_music' OR source = 'upload'", name=op.f('ck_picture_source')),
    sa.ForeignKeyConstraint(['image_sha256'], ['image.sha256'], name=op.f('fk_picture_image_sha256')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_picture')),
    sa.UniqueConstraint('source', 'key', name=op.f('uq_picture_source_key'))
    )
    with op.batch_alter_table('picture', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_picture_image_sha256'), ['image_sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_picture_release_key'), ['release_key'], unique=False)

    op.create_table('preference',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_preference_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preference')),
    sa.UniqueConstraint('owner_id', 'name', name=op.f('uq_preference_owner_id_name'))
    )
    op.create_table('schedule',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('every_seconds', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('next_at', sa.Float(precision=53), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("kind = 'sync'", name=op.f('ck_schedule_kind')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_schedule_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedule')),
    sa.UniqueConstraint('owner_id', 'kind', name=op.f('uq_schedule_owner_id_kind'))
    )
    with op.batch_alter_table('call_slot', schema=None) as batch_op:
        batch_op.add_column(sa.Column('for_person', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('master', schema=None) as batch_op:
        batch_op.add_column(sa.Column('year_from', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('mbid', sa.String(length=36), nullable=True))

    with op.batch_alter_table('provider_result', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tried_at', sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_provider_result_provider_fetched_at'), ['provider', 'fetched_at'], unique=False)

    # Said in full, for a batch would copy the table, and deleting the old one takes all its lines.
    op.execute(
        'ALTER TABLE release ADD COLUMN image_sha256 VARCHAR(64)'
        ' CONSTRAINT fk_release_image_sha256 REFERENCES image (sha256)'
    )
    op.create_index(
        'ix_release_image_sha256', 'release', ['image_sha256'], unique=False,
        sqlite_where=sa.text('image_sha256 IS NOT NULL'),
        postgresql_where=sa.text('image_sha256 IS NOT NULL'),
    )
    op.create_index(
        'ix_release_master_discogs_id_owner_id', 'release', ['master_discogs_id', 'owner_id'], unique=False,
        sqlite_where=sa.text('master_discogs_id IS NOT NULL'),
        postgresql_where=sa.text('master_discogs_id IS NOT NULL'),
    )
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('paused_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('marks', sa.JSON(), nullable=False, server_default='[]'))

    tell_people_apart()
    write_out_stickers()


def tell_people_apart() -> None:
    """Of several people with one name, all but the first get their number behind it."""
    op.execute(
        'UPDATE "user" SET name = name || \' \' || id WHERE EXISTS'
        ' (SELECT 1 FROM "user" AS first WHERE first.name = "user".name AND first.id < "user".id)'
    )
    op.create_index('uq_user_name', 'user', ['name'], unique=True)


def write_out_stickers() -> None:
    """Files knew only which copies they held, one bit an id; now they know what they said as well.

    What the stickers of a file said is known where they were marked as printed; of the others only
    the copies are kept. The packed form is that of domain.packed_stickers today.
    """
    op.alter_column('export_batch', 'copies', new_column_name='stickers')
    batches = sa.table(
        'export_batch', sa.column('id', sa.Integer()), sa.column('stickers', sa.LargeBinary())
    )
    bind = op.get_bind()
    for batch_id in bind.scalars(sa.select(batches.c.id)).all():
        mine = batches.c.id == batch_id
        bits = int.from_bytes(bind.scalar(sa.select(batches.c.stickers).where(mine)), 'little')
        said = said_by(batch_id)
        lines = [
            json.dumps([copy_id, *said.get(copy_id, ('', ''))]) + '\n'
            for copy_id, bit in enumerate(reversed(f'{bits:b}')) if bit == '1'
        ]
        packed = zlib.compress(''.join(lines).encode())
        bind.execute(batches.update().where(mine).values(stickers=packed))


def said_by(batch_id: int) -> dict[int, tuple[str, str]]:
    """The text and the address of each printed sticker of a file, by copy."""
    prints = sa.table(
        'sticker_print', *map(sa.column, ('copy_id', 'batch_id', 'text', 'url'))
    )
    rows = op.get_bind().execute(
        sa.select(prints.c.copy_id, prints.c.text, prints.c.url)
        .where(prints.c.batch_id == batch_id)
    )
    return {copy_id: (text, url) for copy_id, text, url in rows}
