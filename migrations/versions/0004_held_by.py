"""Who asks about a thing just now

Revision: 0004, after: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('provider_result', sa.Column('held_by', sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column('provider_result', 'held_by')
