"""Questions of the order form, their options, and the answers."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "order_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label_nl", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("purpose_nl", sa.Text(), nullable=False),
        sa.Column("purpose_en", sa.Text(), nullable=False),
        sa.Column("sensitivity", sa.Text(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("is_for_all", sa.Boolean(), nullable=False),
        sa.Column("erase_on", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "about IN ('ticket', 'order')", name=op.f("ck_order_question_known_about")
        ),
        sa.CheckConstraint(
            "kind IN ('text', 'choice', 'several', 'number', 'date')",
            name=op.f("ck_order_question_known_kind"),
        ),
        sa.CheckConstraint(
            "sensitivity IN ('ordinary', 'diet', 'access')",
            name=op.f("ck_order_question_known_sensitivity"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_order_question_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_question")),
        sa.UniqueConstraint("code", name=op.f("uq_order_question_code")),
    )
    op.create_index(op.f("ix_order_question_edition_id"), "order_question", ["edition_id"])

    op.create_table(
        "question_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_nl", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["order_question.id"],
            name=op.f("fk_question_option_question_id_order_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_option")),
        sa.UniqueConstraint("code", name=op.f("uq_question_option_code")),
    )
    op.create_index(op.f("ix_question_option_question_id"), "question_option", ["question_id"])

    op.create_table(
        "order_question_type",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["order_question.id"],
            name=op.f("fk_order_question_type_question_id_order_question"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["type_id"],
            ["ticket_type.id"],
            name=op.f("fk_order_question_type_type_id_ticket_type"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", "type_id", name=op.f("pk_order_question_type")),
    )
    op.create_index(op.f("ix_order_question_type_type_id"), "order_question_type", ["type_id"])

    op.create_table(
        "order_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "erased_at IS NULL OR value = ''", name=op.f("ck_order_answer_erased_is_empty")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_answer_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["order_question.id"],
            name=op.f("fk_order_answer_question_id_order_question"),
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_order_answer_ticket_id_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_answer")),
    )
    op.create_index(op.f("ix_order_answer_order_id"), "order_answer", ["order_id"])
    op.create_index(op.f("ix_order_answer_question_id"), "order_answer", ["question_id"])
    op.create_index(op.f("ix_order_answer_ticket_id"), "order_answer", ["ticket_id"])
    op.create_index(
        "one_answer_per_order",
        "order_answer",
        ["question_id", "order_id"],
        unique=True,
        sqlite_where=sa.text("ticket_id IS NULL"),
        postgresql_where=sa.text("ticket_id IS NULL"),
    )
    op.create_index(
        "one_answer_per_ticket",
        "order_answer",
        ["question_id", "ticket_id"],
        unique=True,
        sqlite_where=sa.text("ticket_id IS NOT NULL"),
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )


def downgrade():

    op.drop_table("order_answer")

    op.drop_table("order_question_type")

    op.drop_table("question_option")

    op.drop_table("order_question")
