"""What was done with plugins: switched on and off, put in place, taken away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, append-only like those before it."""
    op.create_table(
        "plugin_change",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("plugin", sa.String(64), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("distribution", sa.String(128)),
        sa.Column("version", sa.String(64)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plugin_change"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name="fk_plugin_change_revision_id_revision"
        ),
    )
    op.create_index("ix_plugin_change_plugin", "plugin_change", ["plugin"])
    op.create_index("ix_plugin_change_revision_id", "plugin_change", ["revision_id"])
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER plugin_change_refuse_{action.lower()} BEFORE {action} ON plugin_change "
                "BEGIN SELECT RAISE(ABORT, 'plugin_change is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER plugin_change_refuse_change BEFORE UPDATE OR DELETE ON plugin_change "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER plugin_change_refuse_truncate BEFORE TRUNCATE ON plugin_change "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Drop it; the triggers go with it."""
    op.drop_table("plugin_change")
