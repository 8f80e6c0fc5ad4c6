"""Pay what you can: levels of a ticket type, and the gift on a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

LEVELS = ("least_cents", "low_cents", "high_cents")
AROUND_THE_PRICE = "ck_ticket_type_levels_around_the_price"
NOT_NEGATIVE = "ck_ticket_gift_not_negative"


def upgrade():
    with op.batch_alter_table("ticket_type") as table:
        for column in LEVELS:
            table.add_column(sa.Column(column, sa.Integer()))
        table.create_check_constraint(
            op.f(AROUND_THE_PRICE),
            "(least_cents IS NULL) = (low_cents IS NULL)"
            " AND (least_cents IS NULL) = (high_cents IS NULL)"
            " AND (least_cents IS NULL OR 0 <= least_cents AND least_cents <= low_cents"
            " AND low_cents < price_cents AND price_cents < high_cents)",
        )
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("gift_cents", sa.Integer(), server_default="0", nullable=False))
        table.create_check_constraint(op.f(NOT_NEGATIVE), "gift_cents >= 0")


def downgrade():
    with op.batch_alter_table("ticket") as table:
        table.drop_constraint(op.f(NOT_NEGATIVE), type_="check")
        table.drop_column("gift_cents")
    with op.batch_alter_table("ticket_type") as table:
        table.drop_constraint(op.f(AROUND_THE_PRICE), type_="check")
        for column in LEVELS:
            table.drop_column(column)
