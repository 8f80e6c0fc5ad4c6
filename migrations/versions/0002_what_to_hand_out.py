"""What the crew hands out at the gate, per ticket type."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("ticket_type") as table:
        table.add_column(sa.Column("hand_out_nl", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("hand_out_en", sa.Text(), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("ticket_type") as table:
        table.drop_column("hand_out_en")
        table.drop_column("hand_out_nl")
