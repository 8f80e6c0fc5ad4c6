"""Who a ticket type is for, in a word."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

KNOWN = "ck_ticket_type_known_audience"


def upgrade():
    with op.batch_alter_table("ticket_type") as table:
        table.add_column(
            sa.Column("audience_kind", sa.Text(), server_default="regular", nullable=False)
        )
        table.create_check_constraint(
            op.f(KNOWN), "audience_kind IN ('regular', 'student', 'resident', 'child', 'crew')"
        )


def downgrade():
    with op.batch_alter_table("ticket_type") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.drop_column("audience_kind")
