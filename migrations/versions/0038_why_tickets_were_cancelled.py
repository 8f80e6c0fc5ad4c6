"""Why the team cancelled a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("ticket", sa.Column("cancel_note", sa.Text(), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("ticket") as table:
        table.drop_column("cancel_note")
