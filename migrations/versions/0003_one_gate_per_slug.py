"""A gate's name in the address is guarded by an index with a name that the rules know."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("gate") as table:
        table.drop_constraint("uq_gate_edition_id_slug", type_="unique")
        table.create_index("one_gate_per_slug", ["edition_id", "slug"], unique=True)


def downgrade():
    with op.batch_alter_table("gate") as table:
        table.drop_index("one_gate_per_slug")
        table.create_unique_constraint("uq_gate_edition_id_slug", ["edition_id", "slug"])
