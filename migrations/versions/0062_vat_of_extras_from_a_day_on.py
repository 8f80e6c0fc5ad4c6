"""The VAT that an extra has from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

HAS_A_DAY = "ck_extra_next_vat_has_a_day"
WORDS = ("next_vat_category", "next_vat_reason")


def upgrade():
    with op.batch_alter_table("extra") as table:
        for name in WORDS:
            table.add_column(sa.Column(name, sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("next_vat_from_on", sa.Date(), nullable=True))
    with op.batch_alter_table("extra") as table:
        for name in WORDS:
            table.alter_column(name, server_default=None)
        table.create_check_constraint(
            op.f(HAS_A_DAY), "(next_vat_category = '') = (next_vat_from_on IS NULL)"
        )


def downgrade():
    with op.batch_alter_table("extra") as table:
        table.drop_constraint(op.f(HAS_A_DAY), type_="check")
        for name in (*WORDS, "next_vat_from_on"):
            table.drop_column(name)
