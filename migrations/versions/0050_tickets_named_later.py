"""Tickets that are named after they were ordered."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

NAMED = "ck_ticket_only_the_nameless_are_named"
ONE_LINK = "uq_ticket_naming_secret"


def upgrade():
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("naming_secret", sa.Text()))
        table.add_column(sa.Column("named_at", sa.DateTime(timezone=True)))
        table.create_unique_constraint(op.f(ONE_LINK), ["naming_secret"])
        table.create_check_constraint(op.f(NAMED), "named_at IS NULL OR naming_secret IS NOT NULL")


def downgrade():
    with op.batch_alter_table("ticket") as table:
        table.drop_constraint(op.f(NAMED), type_="check")
        table.drop_constraint(op.f(ONE_LINK), type_="unique")
        table.drop_column("named_at")
        table.drop_column("naming_secret")
