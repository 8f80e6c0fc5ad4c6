"""The days of an edition are rows, and ticket types refer to them instead of repeating dates."""

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

edition = sa.table(
    "edition", sa.column("id"), sa.column("starts_on", sa.Date), sa.column("ends_on", sa.Date)
)
edition_day = sa.table(
    "edition_day", sa.column("id"), sa.column("edition_id"), sa.column("held_on", sa.Date)
)
ticket_type = sa.table(
    "ticket_type", sa.column("id"), sa.column("edition_id"), sa.column("days", sa.JSON)
)
ticket_type_day = sa.table("ticket_type_day", sa.column("type_id"), sa.column("day_id"))


def upgrade():
    op.create_table(
        "edition_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name="fk_edition_day_edition_id_edition",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_edition_day"),
        sa.UniqueConstraint("edition_id", "held_on", name="uq_edition_day_edition_id_held_on"),
    )
    op.create_table(
        "ticket_type_day",
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"],
            ["ticket_type.id"],
            name="fk_ticket_type_day_type_id_ticket_type",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["day_id"], ["edition_day.id"], name="fk_ticket_type_day_day_id_edition_day"
        ),
        sa.PrimaryKeyConstraint("type_id", "day_id", name="pk_ticket_type_day"),
    )
    op.create_index("ix_ticket_type_day_day_id", "ticket_type_day", ["day_id"])
    _keep_days()
    with op.batch_alter_table("ticket_type") as batch_op:
        batch_op.drop_column("days")


def downgrade():
    with op.batch_alter_table("ticket_type") as batch_op:
        batch_op.add_column(sa.Column("days", sa.JSON(), nullable=False, server_default="[]"))
    connection = op.get_bind()
    days = {}
    for type_id, held_on in connection.execute(
        sa.select(ticket_type_day.c.type_id, edition_day.c.held_on)
        .join_from(ticket_type_day, edition_day, ticket_type_day.c.day_id == edition_day.c.id)
        .order_by(edition_day.c.held_on)
    ):
        days.setdefault(type_id, []).append(held_on.isoformat())
    for type_id, named in days.items():
        connection.execute(
            ticket_type.update().where(ticket_type.c.id == type_id).values(days=named)
        )
    with op.batch_alter_table("ticket_type") as batch_op:
        batch_op.alter_column("days", server_default=None)
    op.drop_index("ix_ticket_type_day_day_id", "ticket_type_day")
    op.drop_table("ticket_type_day")
    op.drop_table("edition_day")


def _keep_days():
    connection = op.get_bind()
    for edition_id, starts_on, ends_on in connection.execute(sa.select(edition)).all():
        held = [starts_on + timedelta(days=n) for n in range((ends_on - starts_on).days + 1)]
        op.bulk_insert(edition_day, [{"edition_id": edition_id, "held_on": day} for day in held])
        rows = dict(
            connection.execute(
                sa.select(edition_day.c.held_on, edition_day.c.id).where(
                    edition_day.c.edition_id == edition_id
                )
            ).all()
        )
        types = {
            type_id: {date.fromisoformat(day) for day in days}
            for type_id, _edition_id, days in connection.execute(
                sa.select(ticket_type).where(ticket_type.c.edition_id == edition_id)
            )
        }
        named = set().union(*types.values())
        # An edition that was moved in its form left its tickets behind, all on days it does not
        # have: they move along now. Otherwise a day that was taken off admits nobody any more.
        by = timedelta() if named & set(held) or not named else starts_on - min(named)
        links = [
            {"type_id": type_id, "day_id": rows[day + by]}
            for type_id, days in types.items()
            for day in sorted(days)
            if day + by in rows
        ]
        if links:
            op.bulk_insert(ticket_type_day, links)
