"""Letters to many: what is written, who got it, and who wants no invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "invitation_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_choice")),
        sa.UniqueConstraint("address", name=op.f("uq_invitation_choice_address")),
        sa.UniqueConstraint("secret", name=op.f("uq_invitation_choice_secret")),
    )
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("subject_nl", sa.Text(), nullable=False),
        sa.Column("subject_en", sa.Text(), nullable=False),
        sa.Column("body_nl", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("next_turn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('service', 'invitation')", name=op.f("ck_mailing_known_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'sending', 'stopped', 'sent')", name=op.f("ck_mailing_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["edition.id"], name=op.f("fk_mailing_audience_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_mailing_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("code", name=op.f("uq_mailing_code")),
    )
    with op.batch_alter_table("mailing") as batch_op:
        batch_op.create_index(batch_op.f("ix_mailing_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mailing_audience_id"), ["audience_id"], unique=False)

    op.create_table(
        "mailing_recipient",
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("is_wrong", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mailing_id"],
            ["mailing.id"],
            name=op.f("fk_mailing_recipient_mailing_id_mailing"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mailing_id", "address", name=op.f("pk_mailing_recipient")),
    )
    with op.batch_alter_table("letter") as batch_op:
        batch_op.add_column(
            sa.Column("unsubscribe_url", sa.Text(), server_default="", nullable=False)
        )


def downgrade():
    with op.batch_alter_table("letter") as batch_op:
        batch_op.drop_column("unsubscribe_url")

    op.drop_table("mailing_recipient")
    op.drop_table("mailing")
    op.drop_table("invitation_choice")
