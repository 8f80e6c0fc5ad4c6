"""Letters to speakers are named after the capability that writes them."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LETTERS = ("speaker_invited", "speaker_reminded", "speaker_answered")


def upgrade():
    rename("programme", "speakers")


def downgrade():
    rename("speakers", "programme")


def rename(old, new):
    for letter in LETTERS:
        op.execute(f"UPDATE letter SET name = '{new}/{letter}' WHERE name = '{old}/{letter}'")  # noqa: S608
