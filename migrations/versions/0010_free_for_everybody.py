"""Some sessions are open to everybody, also without a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("session") as batch_op:
        batch_op.add_column(
            sa.Column("is_free", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade():
    with op.batch_alter_table("session") as batch_op:
        batch_op.drop_column("is_free")
