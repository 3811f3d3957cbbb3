"""Who asks about a thing just now, and how many workers a run has lost

Revision: 0004, after: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('provider_result', sa.Column('held_by', sa.String(length=32), nullable=True))
    op.add_column('run', sa.Column('deaths', BIG, nullable=False, server_default='0'))


def downgrade() -> None:
    op.drop_column('run', 'deaths')
    op.drop_column('provider_result', 'held_by')
