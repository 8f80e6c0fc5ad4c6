"""Versions of what two members of the team may edit at once: partners, questions, tickets, roles."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

EDITED = (
    "partner",
    "question",
    "pool",
    "ticket_type",
    "voucher",
    "order_question",
    "team_member",
)


def upgrade():
    for name in EDITED:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade():
    for name in EDITED:
        with op.batch_alter_table(name) as table:
            table.drop_column("version")
