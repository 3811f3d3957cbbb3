"""How many calls of a provider's window are of others at our internet address

Revision: 0006, after: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'neighbour_calls',
        sa.Column('provider', sa.String(length=40), nullable=False),
        sa.Column('calls', BIG, nullable=False),
        sa.Column('told_at', sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint('provider', name=op.f('pk_neighbour_calls')),
    )


def downgrade() -> None:
    op.drop_table('neighbour_calls')
