"""First light: the whole shelf.

Revision: 0001, after: 
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('call_slot',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(length=40), nullable=False),
    sa.Column('at', sa.Float(precision=53), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_slot'))
    )
    with op.batch_alter_table('call_slot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_slot_provider_at'), ['provider', 'at'], unique=False)

    op.create_table('format',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=32), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_format')),
    sa.UniqueConstraint('digest', name=op.f('uq_format_digest'))
    )
    op.create_table('master',
    sa.Column('discogs_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('year', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('discogs_id', name=op.f('pk_master'))
    )
    op.create_table('provider_pause',
    sa.Column('provider', sa.String(length=40), nullable=False),
    sa.Column('until', sa.Float(precision=53), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('provider', name=op.f('pk_provider_pause'))
    )
    op.create_table('provider_result',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('evidence', sa.JSON(), nullable=True),
    sa.Column('payload', sa.LargeBinary(), nullable=True),
    sa.Column('fetched_at', sa.DateTime(), nullable=True),
    sa.Column('due_at', sa.DateTime(), nullable=True),
    sa.Column('attempts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('pending', 'found', 'none', 'doubtful', 'failed', 'parked')", name=op.f('ck_provider_result_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_result')),
    sa.UniqueConstraint('entity', 'key', 'provider', name=op.f('uq_provider_result_entity_key_provider'))
    )
    with op.batch_alter_table('provider_result', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_result_provider_state_due_at'), ['provider', 'state', 'due_at'], unique=False)

    op.create_table('tag',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.CheckConstraint("kind IN ('genre', 'style', 'format')", name=op.f('ck_tag_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_tag_kind_name'))
    )
    op.create_table('user',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('collection_version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user'))
    )
    op.create_table('artist',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discogs_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sort_key', sa.String(length=400).with_variant(sa.String(length=400, collation='C'), 'postgresql'), nullable=False),
    sa.Column('profile', sa.Text(), nullable=True),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_artist_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_artist')),
    sa.UniqueConstraint('owner_id', 'discogs_id', name=op.f('uq_artist_owner_id_discogs_id'))
    )
    with op.batch_alter_table('artist', schema=None) as batch_op:
        batch_op.create_index('uq_artist_name_only', ['owner_id', 'name'], unique=True, sqlite_where=sa.text('discogs_id IS NULL'), postgresql_where=sa.text('discogs_id IS NULL'))

    op.create_table('collection_field',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discogs_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('options', sa.JSON(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_collection_field_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collection_field')),
    sa.UniqueConstraint('owner_id', 'discogs_id', name=op.f('uq_collection_field_owner_id_discogs_id'))
    )
    op.create_table('connection',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('provider_user_id', sa.BigInteger(), nullable=True),
    sa.Column('secret', sa.LargeBinary(), nullable=True),
    sa.Column('checked_at', sa.DateTime(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("kind IN ('username', 'token', 'oauth')", name=op.f('ck_connection_kind')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_connection_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_connection')),
    sa.UniqueConstraint('owner_id', 'provider', name=op.f('uq_connection_owner_id_provider'))
    )
    op.create_table('edit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch', sa.String(length=32), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('entity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('field', sa.String(length=100), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('upstream', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("entity IN ('release', 'artist', 'copy')", name=op.f('ck_edit_entity')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_edit_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edit'))
    )
    with op.batch_alter_table('edit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_edit_entity_entity_id_field'), ['entity', 'entity_id', 'field'], unique=False)
        batch_op.create_index(batch_op.f('ix_edit_owner_id_at'), ['owner_id', 'at'], unique=False)

    op.create_table('export_batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('preset', sa.Text(), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('copies', sa.LargeBinary(), nullable=False),
    sa.Column('rows', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('processed_at', sa.DateTime(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_export_batch_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_batch'))
    )
    op.create_table('folder',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discogs_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_folder_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_folder')),
    sa.UniqueConstraint('owner_id', 'discogs_id', name=op.f('uq_folder_owner_id_discogs_id'))
    )
    op.create_table('format_tag',
    sa.Column('format_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['format_id'], ['format.id'], name=op.f('fk_format_tag_format_id')),
    sa.ForeignKeyConstraint(['tag_id'], ['tag.id'], name=op.f('fk_format_tag_tag_id')),
    sa.PrimaryKeyConstraint('format_id', 'tag_id', name=op.f('pk_format_tag'))
    )
    op.create_table('label',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discogs_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sort_key', sa.String(length=400).with_variant(sa.String(length=400, collation='C'), 'postgresql'), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_label_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_label')),
    sa.UniqueConstraint('owner_id', 'discogs_id', name=op.f('uq_label_owner_id_discogs_id'))
    )
    with op.batch_alter_table('label', schema=None) as batch_op:
        batch_op.create_index('uq_label_name_only', ['owner_id', 'name'], unique=True, sqlite_where=sa.text('discogs_id IS NULL'), postgresql_where=sa.text('discogs_id IS NULL'))

    op.create_table('oauth_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token', sa.String(length=255), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_oauth_request_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_oauth_request')),
    sa.UniqueConstraint('token', name=op.f('uq_oauth_request_token'))
    )
    op.create_table('run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('phase', sa.String(length=20), nullable=False),
    sa.Column('done', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('total', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('cursor', sa.JSON(), nullable=False),
    sa.Column('cancel_asked', sa.Boolean(), nullable=False),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('attempts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lease', sa.String(length=32), nullable=True),
    sa.Column('lease_until', sa.Float(precision=53), nullable=True),
    sa.Column('fence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("state IN ('queued', 'running', 'waiting', 'done', 'failed', 'cancelled')", name=op.f('ck_run_state')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_run_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run'))
    )
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.create_index('uq_run_active', ['owner_id', 'kind'], unique=True, sqlite_where=sa.text("state IN ('queued', 'running', 'waiting')"), postgresql_where=sa.text("state IN ('queued', 'running', 'waiting')"))

    op.create_table('sticker_preset',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_sticker_preset_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sticker_preset')),
    sa.UniqueConstraint('owner_id', 'name', name=op.f('uq_sticker_preset_owner_id_name'))
    )
    op.create_table('release',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discogs_id', sa.BigInteger(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('artist_text', sa.Text(), nullable=False),
    sa.Column('artist_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('label_text', sa.Text(), nullable=False),
    sa.Column('catno_text', sa.Text(), nullable=False),
    sa.Column('format_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('year', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('released', sa.Text(), nullable=True),
    sa.Column('country', sa.Text(), nullable=True),
    sa.Column('notes', sa.Text(), nullable=True),
    sa.Column('master_discogs_id', sa.BigInteger(), nullable=True),
    sa.Column('thumb_url', sa.Text(), nullable=True),
    sa.Column('cover_url', sa.Text(), nullable=True),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('facts_from', sa.String(length=10), nullable=False),
    sa.Column('facts_digest', sa.String(length=32), nullable=True),
    sa.Column('detailed_at', sa.DateTime(), nullable=True),
    sa.Column('gone_at', sa.DateTime(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("facts_from = 'listing' OR facts_from = 'details' OR facts_from = 'csv' OR facts_from = 'hand' OR facts_from = 'sample'", name=op.f('ck_release_facts_from')),
    sa.CheckConstraint('year IS NULL OR year BETWEEN 1 AND 9999', name=op.f('ck_release_year')),
    sa.ForeignKeyConstraint(['artist_id'], ['artist.id'], name=op.f('fk_release_artist_id')),
    sa.ForeignKeyConstraint(['format_id'], ['format.id'], name=op.f('fk_release_format_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_release_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release')),
    sa.UniqueConstraint('owner_id', 'discogs_id', name=op.f('uq_release_owner_id_discogs_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('release', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_release_artist_id'), ['artist_id'], unique=False)

    op.create_table('run_seen',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discogs_instance_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_run_seen_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run_seen')),
    sa.UniqueConstraint('run_id', 'discogs_instance_id', name=op.f('uq_run_seen_run_id_discogs_instance_id'))
    )
    op.create_table('company',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('catno', sa.Text(), nullable=False),
    sa.Column('discogs_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_company_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_company'))
    )
    with op.batch_alter_table('company', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_company_release_id'), ['release_id'], unique=False)

    op.create_table('copy',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('folder_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('discogs_instance_id', sa.BigInteger(), nullable=True),
    sa.Column('rating', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('media_condition', sa.Text(), nullable=True),
    sa.Column('sleeve_condition', sa.Text(), nullable=True),
    sa.Column('notes', sa.Text(), nullable=True),
    sa.Column('fields', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('added_at', sa.DateTime(), nullable=True),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('removed_at', sa.DateTime(), nullable=True),
    sa.Column('removed_by', sa.String(length=10), nullable=True),
    sa.Column('sort_artist', sa.String(length=400).with_variant(sa.String(length=400, collation='C'), 'postgresql'), nullable=False),
    sa.Column('sort_title', sa.String(length=400).with_variant(sa.String(length=400, collation='C'), 'postgresql'), nullable=False),
    sa.Column('sort_year', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.Column('changed_in', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("removed_by = 'sync' OR removed_by = 'person'", name=op.f('ck_copy_removed_by')),
    sa.CheckConstraint("source = 'discogs' OR source = 'csv' OR source = 'hand' OR source = 'sample'", name=op.f('ck_copy_source')),
    sa.CheckConstraint('rating IS NULL OR rating BETWEEN 1 AND 5', name=op.f('ck_copy_rating')),
    sa.ForeignKeyConstraint(['folder_id'], ['folder.id'], name=op.f('fk_copy_folder_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_copy_owner_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_copy_release_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_copy')),
    sa.UniqueConstraint('owner_id', 'discogs_instance_id', name=op.f('uq_copy_owner_id_discogs_instance_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('copy', schema=None) as batch_op:
        batch_op.create_index('ix_copy_by_added', ['owner_id', 'added_at'], unique=False, sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
        batch_op.create_index('ix_copy_by_artist', ['owner_id', 'sort_artist', 'sort_year', 'sort_title'], unique=False, sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_copy_owner_id_changed_in'), ['owner_id', 'changed_in'], unique=False)
        batch_op.create_index(batch_op.f('ix_copy_release_id'), ['release_id'], unique=False)

    op.create_table('credit',
    sa.Column('artist_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('anv', sa.Text(), nullable=False),
    sa.Column('join', sa.Text(), nullable=False),
    sa.Column('tracks', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['artist_id'], ['artist.id'], name=op.f('fk_credit_artist_id')),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_credit_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit'))
    )
    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_artist_id_release_id'), ['artist_id', 'release_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_release_id'), ['release_id'], unique=False)

    op.create_table('identifier',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_identifier_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identifier'))
    )
    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identifier_release_id'), ['release_id'], unique=False)

    op.create_table('release_label',
    sa.Column('label_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('catno', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['label_id'], ['label.id'], name=op.f('fk_release_label_label_id')),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_release_label_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_label'))
    )
    with op.batch_alter_table('release_label', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_release_label_label_id_release_id'), ['label_id', 'release_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_release_label_release_id'), ['release_id'], unique=False)

    op.create_table('release_tag',
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_release_tag_release_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tag_id'], ['tag.id'], name=op.f('fk_release_tag_tag_id')),
    sa.PrimaryKeyConstraint('release_id', 'tag_id', name=op.f('pk_release_tag'))
    )
    with op.batch_alter_table('release_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_release_tag_tag_id_release_id'), ['tag_id', 'release_id'], unique=False)

    op.create_table('track',
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('depth', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('duration', sa.Text(), nullable=False),
    sa.Column('artist_text', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("kind = 'track' OR kind = 'heading' OR kind = 'index'", name=op.f('ck_track_kind')),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_track_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_track'))
    )
    with op.batch_alter_table('track', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_track_release_id'), ['release_id'], unique=False)

    op.create_table('video',
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('duration', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_video_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video'))
    )
    with op.batch_alter_table('video', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_video_release_id'), ['release_id'], unique=False)

    op.create_table('run_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('copy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_run_event_copy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_run_event_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run_event'))
    )
    with op.batch_alter_table('run_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_run_event_run_id'), ['run_id'], unique=False)

    op.create_table('selection',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('copy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_selection_copy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_selection_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection')),
    sa.UniqueConstraint('owner_id', 'copy_id', name=op.f('uq_selection_owner_id_copy_id'))
    )
    with op.batch_alter_table('selection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_selection_copy_id'), ['copy_id'], unique=False)

    op.create_table('sticker_edit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('copy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bottom_text', sa.Text(), nullable=True),
    sa.Column('content', sa.Text(), nullable=True),
    sa.Column('file_name', sa.Text(), nullable=True),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_sticker_edit_copy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_sticker_edit_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sticker_edit')),
    sa.UniqueConstraint('owner_id', 'copy_id', name=op.f('uq_sticker_edit_owner_id_copy_id'))
    )
    with op.batch_alter_table('sticker_edit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sticker_edit_copy_id'), ['copy_id'], unique=False)

    op.create_table('sticker_print',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('copy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('layout', sa.String(length=100), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['export_batch.id'], name=op.f('fk_sticker_print_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['copy_id'], ['copy.id'], name=op.f('fk_sticker_print_copy_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_sticker_print_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sticker_print'))
    )
    with op.batch_alter_table('sticker_print', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sticker_print_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sticker_print_copy_id'), ['copy_id'], unique=False)

    make_search_index()
    make_first_owner()


def make_search_index() -> None:
    """Full text over copy.search_text; the database itself keeps it in step with updates.

    The words are folded before they are stored, so the index needs neither ranks nor positions.
    Rows inserted with words are indexed by services/shelf: a trigger a row triples an import.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_copy_search ON copy USING gin (to_tsvector('simple', search_text))"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE copy_fts USING fts5(search_text, content='copy', content_rowid='id',"
        " detail='none', columnsize=0,"
        " tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co S* P*'\")"
    )
    forget = (
        "INSERT INTO copy_fts(copy_fts, rowid, search_text)"
        " SELECT 'delete', old.id, old.search_text WHERE old.search_text <> '';"
    )
    learn = (
        "INSERT INTO copy_fts(rowid, search_text)"
        " SELECT new.id, new.search_text WHERE new.search_text <> '';"
    )
    op.execute(f"CREATE TRIGGER copy_fts_delete AFTER DELETE ON copy BEGIN {forget} END")
    op.execute(
        "CREATE TRIGGER copy_fts_update AFTER UPDATE OF search_text ON copy"
        f" WHEN old.search_text <> new.search_text BEGIN {forget} {learn} END"
    )


def make_first_owner() -> None:
    """Until accounts exist, everything belongs to this person."""
    columns = [sa.column(name) for name in ("name", "collection_version", "created_at")]
    user = sa.table("user", *columns)
    op.execute(user.insert().values(name="me", collection_version=0, created_at=sa.func.now()))
