"""The draft and its releases, the day itself, what speakers tell us, stars, feedback."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
# Table, column, its type, and what rows that are there already get. What visitors saw until now,
# was released.
_NEW = [
    ("booking", "kept_at", _MOMENT, None),
    ("session", "access", sa.JSON(), "[]"),
    ("session", "photo", sa.Text(), ""),
    ("session", "photo_alt_nl", sa.Text(), ""),
    ("session", "photo_alt_en", sa.Text(), ""),
    ("session", "takes_feedback", sa.Boolean(), sa.true()),
    ("session", "host_notes", sa.Text(), ""),
    ("session", "needs", sa.Text(), ""),
    ("session", "minutes_before", sa.Integer(), "0"),
    ("session", "minutes_after", sa.Integer(), "0"),
    ("session", "is_public", sa.Boolean(), sa.true()),
    ("session", "draft", sa.JSON(), "{}"),
    ("slot", "is_public", sa.Boolean(), sa.true()),
    ("slot", "draft", sa.JSON(), "{}"),
    ("slot", "is_full", sa.Boolean(), sa.false()),
    ("slot", "reason_nl", sa.Text(), ""),
    ("slot", "reason_en", sa.Text(), ""),
    ("slot", "replaced_by_id", sa.Integer(), None),
    ("slot", "moved_from_stage_id", sa.Integer(), None),
    ("slot", "moved_from_at", _MOMENT, None),
    ("slot", "leaves_note", sa.Boolean(), sa.false()),
    ("slot", "moved_at", _MOMENT, None),
    ("speaker", "links", sa.JSON(), "[]"),
    ("speaker", "email", sa.Text(), ""),
    ("speaker", "phone", sa.Text(), ""),
    ("speaker", "language", sa.Text(), "nl"),
    ("speaker", "needs", sa.Text(), ""),
    ("speaker", "is_public", sa.Boolean(), sa.true()),
    ("speaker", "draft", sa.JSON(), "{}"),
    ("session_speaker", "answered_at", _MOMENT, None),
]
# These keep their default in the database.
_WITH_DEFAULT = [
    ("edition", "walk_minutes", sa.Integer(), "5"),
    ("edition", "takes_feedback", sa.Boolean(), sa.true()),
    ("edition", "draft_version", sa.Integer(), "0"),
    ("session_speaker", "role", sa.Text(), "speaker"),
    ("session_speaker", "answer", sa.Text(), ""),
    ("slot", "state", sa.Text(), "scheduled"),
    ("slot", "delay_minutes", sa.Integer(), "0"),
    ("slot", "sequence", sa.Integer(), "0"),
    ("slot", "version", sa.Integer(), "1"),
    ("stage", "changeover_minutes", sa.Integer(), "10"),
]
_CHECKS = [
    ("session_speaker", "known_role", "role IN ('speaker', 'host')"),
    ("session_speaker", "known_answer", "answer IN ('', 'yes', 'no')"),
    ("slot", "known_state", "state IN ('scheduled', 'cancelled', 'dropped')"),
    ("speaker", "known_language", "language IN ('nl', 'en')"),
    ("stage", "changeover_not_negative", "changeover_minutes >= 0"),
]
_SECRETS = [("speaker", "secret"), ("ticket", "agenda_secret")]


def upgrade():
    for table, name, kind, default in [*_NEW, *_WITH_DEFAULT]:
        with op.batch_alter_table(table) as batch_op:
            is_nullable = default is None
            batch_op.add_column(sa.Column(name, kind, nullable=is_nullable, server_default=default))
    for table, name, kind, default in _NEW:
        if default is not None:
            with op.batch_alter_table(table) as batch_op:
                batch_op.alter_column(name, existing_type=kind, server_default=None)
    for table, name, rule in _CHECKS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), rule)
    with op.batch_alter_table("slot") as batch_op:
        batch_op.add_column(sa.Column("changed_at", _MOMENT, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_slot_moved_from_stage_id_stage"),
            "stage",
            ["moved_from_stage_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            op.f("fk_slot_replaced_by_id_slot"),
            "slot",
            ["replaced_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
    slot = sa.table("slot", sa.column("changed_at", _MOMENT))
    op.execute(slot.update().values(changed_at=datetime(2026, 1, 1, tzinfo=UTC)))
    with op.batch_alter_table("slot") as batch_op:
        batch_op.alter_column("changed_at", existing_type=_MOMENT, nullable=False)
    for table, name in _SECRETS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=True))
        _give_secrets(table, name)
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(name, existing_type=sa.Text(), nullable=False)
            batch_op.create_unique_constraint(op.f(f"uq_{table}_{name}"), [name])
    _move_links()
    with op.batch_alter_table("speaker") as batch_op:
        batch_op.drop_column("link")
    op.create_table(
        "accepted_clash",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_accepted_clash_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_clash")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_accepted_clash_edition_id_key")),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_nl", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("note_nl", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("programme", sa.JSON(), nullable=True),
        sa.CheckConstraint("kind IN ('release', 'change')", name=op.f("ck_release_known_kind")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_release_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_release_edition_id_number")),
    )
    op.create_table(
        "availability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_availability_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["speaker_id"],
            ["speaker.id"],
            name=op.f("fk_availability_speaker_id_speaker"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
    )
    with op.batch_alter_table("availability") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_availability_speaker_id"), ["speaker_id"], unique=False
        )

    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_nl", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('break', 'blocker')", name=op.f("ck_block_known_kind")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_block_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_block_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_block_stage_id_stage"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("code", name=op.f("uq_block_code")),
    )
    with op.batch_alter_table("block") as batch_op:
        batch_op.create_index(batch_op.f("ix_block_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "speaker_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stored", sa.Text(), nullable=False),
        sa.Column("mimetype", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["speaker_id"],
            ["speaker.id"],
            name=op.f("fk_speaker_file_speaker_id_speaker"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_file")),
        sa.UniqueConstraint("code", name=op.f("uq_speaker_file_code")),
    )
    with op.batch_alter_table("speaker_file") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_speaker_file_speaker_id"), ["speaker_id"], unique=False
        )

    op.create_table(
        "stage_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_stage_hours_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["stage_id"],
            ["stage.id"],
            name=op.f("fk_stage_hours_stage_id_stage"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_hours")),
    )
    with op.batch_alter_table("stage_hours") as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_hours_stage_id"), ["stage_id"], unique=False)

    op.create_table(
        "walk",
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_walk_minutes_not_negative")),
        sa.CheckConstraint("stage_id < other_id", name=op.f("ck_walk_each_pair_once")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["stage.id"], name=op.f("fk_walk_other_id_stage"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_walk_stage_id_stage"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stage_id", "other_id", name=op.f("pk_walk")),
    )
    op.create_table(
        "wanted_together",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.CheckConstraint("session_id < other_id", name=op.f("ck_wanted_together_each_pair_once")),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["session.id"],
            name=op.f("fk_wanted_together_other_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_wanted_together_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "other_id", name=op.f("pk_wanted_together")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("useful", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("useful BETWEEN 1 AND 5", name=op.f("ck_feedback_useful_1_to_5")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_feedback_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_feedback_slot_id_slot"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("form_key", name=op.f("uq_feedback_form_key")),
    )
    with op.batch_alter_table("feedback") as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "star",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("starred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_star_slot_id_slot"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_star_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "slot_id", name=op.f("pk_star")),
    )
    with op.batch_alter_table("star") as batch_op:
        batch_op.create_index(batch_op.f("ix_star_slot_id"), ["slot_id"], unique=False)


def downgrade():
    with op.batch_alter_table("speaker") as batch_op:
        batch_op.add_column(sa.Column("link", sa.Text(), nullable=False, server_default=""))
    speaker = _speaker()
    for row in op.get_bind().execute(sa.select(speaker.c.id, speaker.c.links)).all():
        if row.links:
            op.execute(speaker.update().where(speaker.c.id == row.id).values(link=row.links[0]))
    with op.batch_alter_table("speaker") as batch_op:
        batch_op.alter_column("link", existing_type=sa.Text(), server_default=None)
    for table, name in _SECRETS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"uq_{table}_{name}"), type_="unique")
            batch_op.drop_column(name)
    with op.batch_alter_table("slot") as batch_op:
        batch_op.drop_constraint(op.f("fk_slot_replaced_by_id_slot"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_slot_moved_from_stage_id_stage"), type_="foreignkey")
        batch_op.drop_column("changed_at")
    for table, name, _rule in _CHECKS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    for table, name, _kind, _default in [*_WITH_DEFAULT, *_NEW]:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(name)
    with op.batch_alter_table("star") as batch_op:
        batch_op.drop_index(batch_op.f("ix_star_slot_id"))

    op.drop_table("star")
    with op.batch_alter_table("feedback") as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_slot_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_session_id"))

    op.drop_table("feedback")
    op.drop_table("wanted_together")
    op.drop_table("walk")
    with op.batch_alter_table("stage_hours") as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_hours_stage_id"))

    op.drop_table("stage_hours")
    with op.batch_alter_table("speaker_file") as batch_op:
        batch_op.drop_index(batch_op.f("ix_speaker_file_speaker_id"))

    op.drop_table("speaker_file")
    with op.batch_alter_table("block") as batch_op:
        batch_op.drop_index(batch_op.f("ix_block_edition_id"))

    op.drop_table("block")
    with op.batch_alter_table("availability") as batch_op:
        batch_op.drop_index(batch_op.f("ix_availability_speaker_id"))

    op.drop_table("availability")
    op.drop_table("release")
    op.drop_table("accepted_clash")


def _speaker():
    names = ("id", "link")
    return sa.table("speaker", *(sa.column(name) for name in names), sa.column("links", sa.JSON()))


def _move_links():
    speaker = _speaker()
    for row in op.get_bind().execute(sa.select(speaker.c.id, speaker.c.link)).all():
        if row.link:
            op.execute(speaker.update().where(speaker.c.id == row.id).values(links=[row.link]))


def _give_secrets(name, column):
    table = sa.table(name, sa.column("id"), sa.column(column))
    for row in op.get_bind().execute(sa.select(table.c.id)).all():
        op.execute(
            table.update().where(table.c.id == row.id).values({column: secrets.token_urlsafe(16)})
        )
