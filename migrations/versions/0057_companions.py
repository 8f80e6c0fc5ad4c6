"""Tickets of companions, each bound to the ticket of one person."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

OF_TICKET = "fk_ticket_accompanies_id_ticket"
INDEX = "ix_ticket_accompanies_id"


def upgrade():
    with op.batch_alter_table("ticket_type") as table:
        table.add_column(
            sa.Column("is_companion", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("accompanies_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(OF_TICKET), "ticket", ["accompanies_id"], ["id"])
        table.create_index(op.f(INDEX), ["accompanies_id"])


def downgrade():
    with op.batch_alter_table("ticket") as table:
        table.drop_index(op.f(INDEX))
        table.drop_constraint(op.f(OF_TICKET), type_="foreignkey")
        table.drop_column("accompanies_id")
    with op.batch_alter_table("ticket_type") as table:
        table.drop_column("is_companion")
