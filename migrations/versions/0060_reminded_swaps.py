"""Whether the buyer was reminded of a swap."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("ticket_swap") as table:
        table.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True)))


def downgrade():
    with op.batch_alter_table("ticket_swap") as table:
        table.drop_column("reminded_at")
