"""Which form made a voucher."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("voucher") as table:
        table.add_column(sa.Column("form_key", sa.Text(), server_default="", nullable=False))
        table.create_index(op.f("ix_voucher_form_key"), ["form_key"])


def downgrade():
    with op.batch_alter_table("voucher") as table:
        table.drop_index(op.f("ix_voucher_form_key"))
        table.drop_column("form_key")
