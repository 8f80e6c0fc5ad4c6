"""Who of the team ordered for somebody, and why an order costs nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("orders") as table:
        table.add_column(sa.Column("placed_by_id", sa.Integer()))
        table.add_column(sa.Column("free_reason", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key(
            op.f("fk_orders_placed_by_id_team_member"), "team_member", ["placed_by_id"], ["id"]
        )


def downgrade():
    with op.batch_alter_table("orders") as table:
        table.drop_constraint(op.f("fk_orders_placed_by_id_team_member"), type_="foreignkey")
        table.drop_column("free_reason")
        table.drop_column("placed_by_id")
