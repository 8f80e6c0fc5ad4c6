"""Stars remember that they were taken away, so that calendars hear of it in order."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("star") as batch_op:
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("changes", sa.Integer(), server_default="1", nullable=False))


def downgrade():
    # What is not wanted any more must not come back as a star.
    star = sa.table("star", sa.column("removed_at"))
    op.execute(star.delete().where(star.c.removed_at.is_not(None)))
    with op.batch_alter_table("star") as batch_op:
        batch_op.drop_column("changes")
        batch_op.drop_column("removed_at")
