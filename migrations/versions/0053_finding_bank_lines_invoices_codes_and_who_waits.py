"""Bank lines, refunds, invoices, codes and who waits for tickets are found and sorted as orders."""

import sqlalchemy as sa
from alembic import op

from festival import search, search_index
from festival.email_addresses import shown
from festival.sorting import person_key, title_key

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_AT_A_TIME = 1000
# The new columns of a table: what each is made of, and how.
_NEW = {
    "bank_line": {
        "payer_key": (("payer_name",), person_key),
        "found_by": (("payer_name", "payer_iban", "reference", "description"), search.folded),
    },
    "refund": {"found_by": (("reason",), search.folded)},
    "invoice": {
        "customer_key": (("customer_name",), title_key),
        "found_by": (
            ("number", "customer_name", "customer_attention", "subject_code", "po_number"),
            search.folded,
        ),
    },
    "voucher": {"code_key": (("code",), title_key), "tag_key": (("tag",), title_key)},
    "ticket_wait": {
        "name_key": (("name",), person_key),
        "found_by": (("name", "email"), lambda name, email: search.folded(name, shown(email))),
    },
}
_Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade():
    for table, columns in _NEW.items():
        for name in columns:
            op.add_column(table, sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.create_table(
        "voucher_word",
        sa.Column("word", _Word, nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"],
            ["voucher.id"],
            name=op.f("fk_voucher_word_row_id_voucher"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "row_id", name=op.f("pk_voucher_word")),
    )
    op.create_index(op.f("ix_voucher_word_row_id"), "voucher_word", ["row_id"])
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    # An invoice is final: the database refuses to change it, but for this.
    op.execute("DROP TRIGGER invoice_stays" + (" ON invoice" if is_postgresql else ""))
    for table, columns in _NEW.items():
        _fill(table, columns)
    if is_postgresql:
        stop = "FOR EACH ROW EXECUTE FUNCTION invoice_stays()"
    else:
        stop = "BEGIN SELECT RAISE(ABORT, 'invoices never change'); END"
    op.execute(f"CREATE TRIGGER invoice_stays BEFORE UPDATE ON invoice {stop}")
    _write_words()


def downgrade():
    op.drop_table("voucher_word")
    for table, columns in _NEW.items():
        for name in columns:
            op.drop_column(table, name)


def _fill(table, columns):
    sources = {source for made_of, _made in columns.values() for source in made_of}
    rows = sa.table(table, sa.column("id"), *map(sa.column, sorted({*sources, *columns})))
    change = (
        sa.update(rows)
        .where(rows.c.id == sa.bindparam("of"))
        .values({name: sa.bindparam(f"new_{name}") for name in columns})
    )
    for part in _parts(rows):
        values = [
            {
                "of": row.id,
                **{
                    f"new_{name}": made(*(getattr(row, source) for source in made_of))
                    for name, (made_of, made) in columns.items()
                },
            }
            for row in part
        ]
        op.get_bind().execute(change, values)


def _write_words():
    rows = sa.table("voucher", *map(sa.column, ("id", "code", "note", "tag")))
    words = sa.table("voucher_word", sa.column("word"), sa.column("row_id"))
    for part in _parts(rows):
        values = [
            {"word": word, "row_id": row.id}
            for row in part
            for word in search_index.words_of(row.code, row.note, row.tag)
        ]
        if values:
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
