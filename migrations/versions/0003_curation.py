"""Crates, tags, skips, verdicts, feedback, change sets, merged artists and the news under edits

Revision: 0003, after: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('crate',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('removed_at', sa.DateTime(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_crate_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crate')),
    sa.UniqueConstraint('owner_id', 'name', name=op.f('uq_crate_owner_id_name'))
    )
    op.create_table('feedback',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('page', sa.String(length=2000), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("state = 'open' OR state = 'answered' OR state = 'closed'", name=op.f('ck_feedback_state')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_feedback_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback'))
    )
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feedback_owner_id_state'), ['owner_id', 'state'], unique=False)

    op.create_table('own_tag',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_own_tag_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_tag')),
    sa.UniqueConstraint('owner_id', 'name', name=op.f('uq_own_tag_owner_id_name'))
    )
    op.create_table('quality_count',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('check_name', sa.String(length=30), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('open', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_quality_count_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_count')),
    sa.UniqueConstraint('owner_id', 'check_name', 'day', name=op.f('uq_quality_count_owner_id_check_name_day'))
    )
    op.create_table('quality_verdict',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('check_name', sa.String(length=30), nullable=False),
    sa.Column('entity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('until', sa.DateTime(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("verdict = 'later' OR verdict = 'never'", name=op.f('ck_quality_verdict_verdict')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_quality_verdict_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_verdict')),
    sa.UniqueConstraint('owner_id', 'check_name', 'entity_id', name=op.f('uq_quality_verdict_owner_id_check_name_entity_id'))
    )
    op.create_table('skip',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("entity = 'release' OR entity = 'artist' OR entity = 'title'", name=op.f('ck_skip_entity')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_skip_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_skip')),
    sa.UniqueConstraint('owner_id', 'entity', 'key', 'provider', name=op.f('uq_skip_owner_id_entity_key_provider'))
    )
    with op.batch_alter_table('skip', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_skip_entity_key'), ['entity', 'key'], unique=False)

    skip_what_was_given_up()
    op.create_table('tombstone',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discogs_instance_id', sa.BigInteger(), nullable=True),
    sa.Column('discogs_release_id', sa.BigInteger(), nullable=True),
    sa.Column('added_at', sa.DateTime(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_tombstone_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tombstone')),
    sa.UniqueConstraint('owner_id', 'discogs_instance_id', name=op.f('uq_tombstone_owner_id_discogs_instance_id'))
    )
    op.create_table('copy_tag',
    sa.Column('own_tag_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('copy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_copy_tag_copy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['own_tag_id'], ['own_tag.id'], name=op.f('fk_copy_tag_own_tag_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('own_tag_id', 'copy_id', name=op.f('pk_copy_tag'))
    )
    with op.batch_alter_table('copy_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_copy_tag_copy_id'), ['copy_id'], unique=False)

    op.create_table('crate_copy',
    sa.Column('crate_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('copy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_crate_copy_copy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['crate_id'], ['crate.id'], name=op.f('fk_crate_copy_crate_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('crate_id', 'copy_id', name=op.f('pk_crate_copy'))
    )
    with op.batch_alter_table('crate_copy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crate_copy_copy_id'), ['copy_id'], unique=False)

    op.create_table('run_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('copy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('batch', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_run_change_copy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_run_change_release_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_run_change_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run_change'))
    )
    with op.batch_alter_table('run_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_run_change_copy_id'), ['copy_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_run_change_release_id'), ['release_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_run_change_run_id_kind'), ['run_id', 'kind'], unique=False)

    # Said in full, for a batch would copy the table, and deleting the old one takes what points at it.
    for table, column in (('artist', 'merged_into_id'), ('credit', 'told_artist_id')):
        op.execute(
            f'ALTER TABLE {table} ADD COLUMN {column} {id_type()}'
            f' CONSTRAINT fk_{table}_{column} REFERENCES artist (id)'
        )
    create_partial_index('ix_artist_merged', 'artist', 'merged_into_id')
    create_partial_index('ix_credit_told_artist', 'credit', 'told_artist_id')

    op.add_column('label', sa.Column('profile', sa.Text(), nullable=True))

    with op.batch_alter_table('edit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('how', sa.String(length=20), nullable=False, server_default='json'))
        batch_op.add_column(sa.Column('news_at', sa.DateTime(), nullable=True))
        batch_op.drop_constraint(op.f('ck_edit_entity'), type_='check')
        batch_op.create_check_constraint(
            op.f('ck_edit_entity'), "entity IN ('release', 'artist', 'label', 'copy')"
        )
        batch_op.create_index(batch_op.f('ix_edit_batch'), ['batch'], unique=False)
    where = sa.text('news_at IS NOT NULL')
    op.create_index('ix_edit_news', 'edit', ['owner_id'], sqlite_where=where, postgresql_where=where)
    keep_what_syncs_changed()
    create_published_page()


def keep_what_syncs_changed() -> None:
    """The lines of earlier syncs about what they changed become their change sets."""
    kinds = "('added', 'removed', 'returned', 'moved', 'rated', 'annotated', 'merged', 'corrected')"
    op.execute(
        'INSERT INTO run_change (run_id, kind, title, copy_id, fields)'
        f" SELECT run_id, kind, text, copy_id, '{{}}' FROM run_event WHERE kind IN {kinds} ORDER BY id"
    )
    op.execute(f'DELETE FROM run_event WHERE kind IN {kinds}')


def skip_what_was_given_up() -> None:
    """"Never again" on the failures page was a word in the work list; now it is a skip."""
    given_up = "state = 'parked' AND last_error = 'You said never.'"
    op.execute(
        'INSERT INTO skip (owner_id, entity, key, provider, reason, at)'
        ' SELECT DISTINCT (SELECT min(id) FROM "user"),'
        " CASE WHEN entity IN ('master', 'barcode') THEN 'title' ELSE entity END,"
        " CASE WHEN entity = 'master' THEN 'm' || key ELSE key END,"
        f" provider, '', {now_in_utc()}"
        f' FROM provider_result WHERE {given_up}'
    )
    op.execute(f"UPDATE provider_result SET due_at = '9999-01-01 00:00:00.000000' WHERE {given_up}")


def now_in_utc() -> str:
    """SQLite's clock is in UTC as it is."""
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    return 'CURRENT_TIMESTAMP' if is_sqlite else "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'"


def id_type() -> str:
    return 'INTEGER' if op.get_bind().dialect.name == 'sqlite' else 'BIGINT'


def create_partial_index(name: str, table: str, column: str) -> None:
    where = sa.text(f'{column} IS NOT NULL')
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def create_published_page() -> None:
    op.create_table('published_page',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('slug', sa.String(length=150), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_published_page_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_page')),
    sa.UniqueConstraint('owner_id', 'entity', 'key', name=op.f('uq_published_page_owner_id_entity_key')),
    sa.UniqueConstraint('owner_id', 'entity', 'slug', name=op.f('uq_published_page_owner_id_entity_slug'))
    )
