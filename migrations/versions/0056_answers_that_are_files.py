"""Questions that are answered with a file."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

KNOWN_KIND = "ck_order_question_known_kind"
WITHOUT_FILES = "kind IN ('text', 'choice', 'several', 'number', 'date')"


def upgrade():
    with op.batch_alter_table("order_question") as table:
        table.drop_constraint(op.f(KNOWN_KIND), type_="check")
        table.create_check_constraint(
            op.f(KNOWN_KIND), "kind IN ('text', 'choice', 'several', 'number', 'date', 'file')"
        )
    with op.batch_alter_table("order_answer") as table:
        for column in ("stored", "mimetype"):
            table.add_column(sa.Column(column, sa.Text(), server_default="", nullable=False))


def downgrade():
    op.execute(
        "DELETE FROM order_answer WHERE question_id IN"
        " (SELECT id FROM order_question WHERE kind = 'file')"
    )
    op.execute("UPDATE order_question SET kind = 'text', is_on = false WHERE kind = 'file'")
    with op.batch_alter_table("order_answer") as table:
        for column in ("mimetype", "stored"):
            table.drop_column(column)
    with op.batch_alter_table("order_question") as table:
        table.drop_constraint(op.f(KNOWN_KIND), type_="check")
        table.create_check_constraint(op.f(KNOWN_KIND), WITHOUT_FILES)
