"""Each periodic job has its own sign of life, with how many rows failed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    # The former signs were of groups of jobs; the worker writes new ones within minutes.
    op.execute("DELETE FROM heartbeat")
    with op.batch_alter_table("heartbeat") as table:
        table.add_column(sa.Column("failed", sa.Integer(), nullable=False, server_default="0"))


def downgrade():
    op.execute("DELETE FROM heartbeat")
    with op.batch_alter_table("heartbeat") as table:
        table.drop_column("failed")
