"""Orders and tickets are found by their words and sorted by name; an e-mail address has one form.

Letters and the audit trail get the folded text by which their lists are searched. Going down keeps
the addresses in their one form.
"""

import sqlalchemy as sa
from alembic import op

from festival import search, search_index
from festival.email_addresses import canonical, shown
from festival.sorting import person_key

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_AT_A_TIME = 1000
_ADDRESSES = {
    "orders": ("email",),
    "ticket": ("holder_email",),
    "speaker": ("email",),
    "edition": ("organiser_email",),
    "letter": ("to_address", "reply_to"),
    "team_member": ("email",),
}
_NEW = {
    "orders": "name_key",
    "ticket": "holder_key",
    "letter": "found_by",
    "audit_entry": "found_by",
}
_WORDS = {"orders": "orders_word", "ticket": "ticket_word"}
_Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade():
    for table, column in _NEW.items():
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Text(), server_default="", nullable=False))
    for table, words in _WORDS.items():
        op.create_table(
            words,
            sa.Column("word", _Word, nullable=False),
            sa.Column("row_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["row_id"], [f"{table}.id"], name=f"fk_{words}_row_id_{table}", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("word", "row_id", name=f"pk_{words}"),
        )
        op.create_index(f"ix_{words}_row_id", words, ["row_id"])
    for table, columns in _ADDRESSES.items():
        canonicalise(table, columns)
    fill("orders", ("name",), lambda row: person_key(row.name))
    fill("ticket", ("holder_name",), lambda row: person_key(row.holder_name))
    fill(
        "letter",
        ("to_address", "subject"),
        lambda row: search.folded(shown(row.to_address), row.subject),
    )
    fill("audit_entry", ("subject",), lambda row: search.folded(row.subject))
    write_words(
        "orders",
        ("name", "email", "reference", "code"),
        lambda row: search_index.words_of(
            row.name, email=row.email, whole=[row.reference], codes=[row.code]
        ),
    )
    write_words(
        "ticket",
        ("holder_name", "holder_email", "code"),
        lambda row: search_index.words_of(
            row.holder_name, email=row.holder_email, codes=[row.code]
        ),
    )


def downgrade():
    for words in _WORDS.values():
        op.drop_table(words)
    for table, column in _NEW.items():
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)


def canonicalise(table, columns):
    """Write each address of `table` in its one form, unless that is somebody else's account."""
    rows = _table(table, columns)
    for name in columns:
        column = rows.c[name]
        for (address,) in op.get_bind().execute(sa.select(column).distinct()).all():
            one = canonical(address or "")
            if one == (address or ""):
                continue
            taken = sa.select(rows.c.id).where(column == one).limit(1)
            if table == "team_member" and op.get_bind().scalar(taken):
                continue
            op.execute(sa.update(rows).where(column == address).values({name: one}))


def fill(table, columns, text_of):
    """Write the new column of `table`."""
    name = _NEW[table]
    rows = _table(table, (*columns, name))
    change = (
        sa.update(rows).where(rows.c.id == sa.bindparam("of")).values({name: sa.bindparam("text")})
    )
    for part in _parts(rows):
        values = [{"of": row.id, "text": text_of(row)} for row in part]
        op.get_bind().execute(change, values)


def write_words(table, columns, words_of):
    """Write the words of each row of `table`."""
    words = sa.table(_WORDS[table], sa.column("word"), sa.column("row_id"))
    for part in _parts(_table(table, columns)):
        values = [{"word": word, "row_id": row.id} for row in part for word in words_of(row)]
        op.get_bind().execute(sa.insert(words), values)


def _parts(rows):
    """Yields the rows, a thousand at a time, by id."""
    last = 0
    while True:
        query = sa.select(rows).where(rows.c.id > last).order_by(rows.c.id).limit(_AT_A_TIME)
        part = op.get_bind().execute(query).all()
        if not part:
            return
        yield part
        last = part[-1].id


def _table(name, columns):
    return sa.table(name, sa.column("id"), *map(sa.column, columns))
