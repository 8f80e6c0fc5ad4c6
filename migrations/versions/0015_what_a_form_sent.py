"""A form that was sent twice is told from one that was filled in again: by what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLES = ("orders", "feedback")


def upgrade():
    # Rows from before keep '': nobody knows any more what exactly was sent.
    for table in _TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(
                sa.Column("form_digest", sa.Text(), server_default="", nullable=False)
            )
            batch_op.drop_constraint(f"uq_{table}_form_key", type_="unique")
            batch_op.create_unique_constraint(
                f"uq_{table}_form_key_form_digest", ["form_key", "form_digest"]
            )


def downgrade():
    for table in _TABLES:
        # Two orders of one form would share a key.
        rows = sa.table(table, sa.column("form_key"), sa.column("form_digest"))
        op.execute(
            sa.update(rows)
            .where(rows.c.form_digest != "")
            .values(form_key=rows.c.form_key + "-" + rows.c.form_digest)
        )
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(f"uq_{table}_form_key_form_digest", type_="unique")
            batch_op.create_unique_constraint(f"uq_{table}_form_key", ["form_key"])
            batch_op.drop_column("form_digest")
