"""Orders that were put into another."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

# Entries of the ledger and invoices never change. Only where they belong to follows a merge.
LEDGER_ENTRY = (
    "id, kind, name_nl, name_en, amount_cents, vat_category, vat_percent, vat_reason, vat_cents,"
    " ticket_id, reverses_id, entered_at"
)
INVOICE = (
    "id, edition_id, kind, number, series, year, sequence, credits_id, subject_kind, subject_code,"
    " payment_reference, po_number, language, event_name, issued_at, issued_on, due_on,"
    " supplied_on, total_cents, vat_cents, paid_cents, seller_name, seller_email, seller_street,"
    " seller_postal_code, seller_city, seller_kvk, seller_vat_id, seller_iban, customer_name,"
    " customer_attention, customer_email, customer_street, customer_postal_code, customer_city,"
    " customer_country, customer_kvk, customer_vat_id, customer_key, found_by"
)
FINAL = {
    "ledger_entry": (LEDGER_ENTRY, "order_id", "entries of the ledger never change"),
    "invoice": (INVOICE, "subject_id", "invoices never change"),
}


def upgrade():
    op.create_table(
        "order_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_merge_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["orders.id"], name=op.f("fk_order_merge_merged_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["team_member.id"], name=op.f("fk_order_merge_member_id_team_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_merge")),
        sa.UniqueConstraint("merged_id", name=op.f("uq_order_merge_merged_id")),
    )
    with op.batch_alter_table("order_merge") as table:
        table.create_index(op.f("ix_order_merge_order_id"), ["order_id"])
    for table, (columns, belongs_to, sentence) in FINAL.items():
        _drop_trigger(f"{table}_stays", table)
        _create_trigger(table, f"UPDATE OF {columns}", sentence)
        _create_moving_trigger(table, belongs_to, sentence)


def downgrade():
    for table, (_columns, _belongs_to, sentence) in FINAL.items():
        _drop_trigger(f"{table}_moves", table)
        _drop_trigger(f"{table}_stays", table)
        _create_trigger(table, "UPDATE", sentence)
        if _is_postgresql():
            op.execute(f"DROP FUNCTION {table}_moves()")
    op.drop_table("order_merge")


def _is_postgresql():
    return op.get_bind().dialect.name == "postgresql"


def _drop_trigger(name, table):
    op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if _is_postgresql() else ""))


def _create_trigger(table, of, sentence):
    """Let the database refuse this update of the table."""
    if _is_postgresql():
        stop = f"FOR EACH ROW EXECUTE FUNCTION {table}_stays()"
    else:
        stop = f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    op.execute(f"CREATE TRIGGER {table}_stays BEFORE {of} ON {table} {stop}")


def _create_moving_trigger(table, column, sentence):
    """Let a row go to another order only if its own was put into that."""
    begin = f"CREATE TRIGGER {table}_moves BEFORE UPDATE OF {column} ON {table} FOR EACH ROW"
    merge = f"merged_id = OLD.{column} AND order_id = NEW.{column}"
    there = f"NOT EXISTS (SELECT 1 FROM order_merge WHERE {merge})"  # noqa: S608
    if table == "invoice":
        there += " OR OLD.subject_kind <> 'orders'"
    if _is_postgresql():
        op.execute(
            f"CREATE FUNCTION {table}_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {there} THEN RAISE EXCEPTION '{sentence}'; END IF; RETURN NEW; END $$"
        )
        op.execute(f"{begin} EXECUTE FUNCTION {table}_moves()")
    else:
        op.execute(f"{begin} WHEN {there} BEGIN SELECT RAISE(ABORT, '{sentence}'); END")
