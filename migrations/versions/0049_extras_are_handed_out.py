"""Extras: for which day they are, and when each was handed out."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("extra") as extra:
        extra.add_column(sa.Column("day_id", sa.Integer()))
        extra.add_column(
            sa.Column("is_handed_out", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        extra.create_foreign_key(
            op.f("fk_extra_day_id_edition_day"), "edition_day", ["day_id"], ["id"]
        )
        extra.create_index(op.f("ix_extra_day_id"), ["day_id"])
    # A donation is the one thing outside the VAT that is ordered with a ticket.
    op.execute("UPDATE extra SET is_handed_out = false WHERE vat_category = 'outside'")
    with op.batch_alter_table("ordered_extra") as ordered:
        ordered.add_column(sa.Column("handed_out_at", sa.DateTime(timezone=True)))
        ordered.add_column(sa.Column("handed_out_by_id", sa.Integer()))
        ordered.add_column(
            sa.Column("handed_out_key", sa.Text(), server_default="", nullable=False)
        )
        ordered.create_foreign_key(
            op.f("fk_ordered_extra_handed_out_by_id_team_member"),
            "team_member",
            ["handed_out_by_id"],
            ["id"],
        )


def downgrade():
    with op.batch_alter_table("ordered_extra") as ordered:
        ordered.drop_constraint(
            op.f("fk_ordered_extra_handed_out_by_id_team_member"), type_="foreignkey"
        )
        ordered.drop_column("handed_out_key")
        ordered.drop_column("handed_out_by_id")
        ordered.drop_column("handed_out_at")
    with op.batch_alter_table("extra") as extra:
        extra.drop_index(op.f("ix_extra_day_id"))
        extra.drop_constraint(op.f("fk_extra_day_id_edition_day"), type_="foreignkey")
        extra.drop_column("is_handed_out")
        extra.drop_column("day_id")
