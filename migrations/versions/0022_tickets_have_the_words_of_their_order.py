"""A ticket has the words of its order too, so that finding it joins nothing.

Going either way writes the words of all tickets again.
"""

import sqlalchemy as sa
from alembic import op

from festival import search_index

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_AT_A_TIME = 1000
_Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

orders = sa.table("orders", *map(sa.column, ("id", "name", "email", "reference", "code")))
ticket = sa.table(
    "ticket", *map(sa.column, ("id", "order_id", "holder_name", "holder_email", "code"))
)


def upgrade():
    begin_again(sa.Column("order_id", sa.Integer(), nullable=False))
    write_words(
        "order_id",
        words_of=lambda row: (
            words_of_holder(row)
            | search_index.words_of(
                row.name, email=row.email, whole=[row.reference], codes=[row.order_code]
            )
        ),
    )


def downgrade():
    begin_again()
    write_words(words_of=words_of_holder)


def begin_again(*beside):
    """Make the table without a row, with the columns `beside` in its key."""
    op.drop_table("ticket_word")
    op.create_table(
        "ticket_word",
        sa.Column("word", _Word, nullable=False),
        *beside,
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"], ["ticket.id"], name="fk_ticket_word_row_id_ticket", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "word", *(column.name for column in beside), "row_id", name="pk_ticket_word"
        ),
    )
    op.create_index("ix_ticket_word_row_id", "ticket_word", ["row_id"])


def words_of_holder(row):
    return search_index.words_of(row.holder_name, email=row.holder_email, codes=[row.code])


def write_words(*beside, words_of):
    """Write the words of each ticket, a thousand tickets at a time."""
    table = sa.table("ticket_word", *map(sa.column, ("word", *beside, "row_id")))
    query = sa.select(
        ticket, orders.c.name, orders.c.email, orders.c.reference, orders.c.code.label("order_code")
    ).join_from(ticket, orders, ticket.c.order_id == orders.c.id)
    last = 0
    while True:
        part = query.where(ticket.c.id > last).order_by(ticket.c.id).limit(_AT_A_TIME)
        rows = op.get_bind().execute(part).all()
        if not rows:
            return
        values = [
            {"word": word, "row_id": row.id, **{name: getattr(row, name) for name in beside}}
            for row in rows
            for word in words_of(row)
        ]
        op.get_bind().execute(sa.insert(table), values)
        last = rows[-1].id
