"""Versions: of an edition's whole programme, and of each row that two people may edit at once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

EDITED = ("edition", "stage", "theme", "speaker", "session")


def upgrade():
    for name in EDITED:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("edition") as table:
        table.add_column(
            sa.Column("programme_version", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade():
    with op.batch_alter_table("edition") as table:
        table.drop_column("programme_version")
    for name in EDITED:
        with op.batch_alter_table(name) as table:
            table.drop_column("version")
