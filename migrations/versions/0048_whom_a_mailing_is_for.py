"""Letters to many also go to people in line for tickets, and to speakers."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("mailing") as table:
        table.add_column(sa.Column("whom", sa.Text(), server_default="visitors", nullable=False))


def downgrade():
    # A version that knows only people with tickets would write to those instead.
    op.execute(
        "DELETE FROM mailing_recipient WHERE mailing_id IN "
        "(SELECT id FROM mailing WHERE whom <> 'visitors')"
    )
    op.execute("DELETE FROM mailing WHERE whom <> 'visitors'")
    with op.batch_alter_table("mailing") as table:
        table.drop_column("whom")
