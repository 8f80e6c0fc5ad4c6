"""Editions that do not go on."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

REASONS = ("called_off_reason_nl", "called_off_reason_en")


def upgrade():
    with op.batch_alter_table("edition") as table:
        table.add_column(sa.Column("called_off_at", sa.DateTime(timezone=True)))
        for name in REASONS:
            table.add_column(sa.Column(name, sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("edition") as table:
        for name in REASONS:
            table.alter_column(name, server_default=None)


def downgrade():
    with op.batch_alter_table("edition") as table:
        for name in ("called_off_at", *REASONS):
            table.drop_column(name)
