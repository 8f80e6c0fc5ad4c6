"""Who waits for a place and could not take one, stays in line without keeping others from it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("waiting_list_entry") as batch_op:
        batch_op.add_column(sa.Column("passed_over_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("waiting_list_entry") as batch_op:
        batch_op.drop_column("passed_over_at")
