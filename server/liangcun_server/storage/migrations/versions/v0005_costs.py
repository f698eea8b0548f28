"""Cost tables of places, for improvement plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, append-only like those before it."""
    op.create_table(
        "cost_table",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("region_code", sa.String(15), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cost_table"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_cost_table_region_code_region"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_cost_table_revision_id_revision"),
    )
    op.create_index("ix_cost_table_region_code_revision_id", "cost_table", ["region_code", "revision_id"])
    op.create_index("ix_cost_table_revision_id", "cost_table", ["revision_id"])
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER cost_table_refuse_{action.lower()} BEFORE {action} ON cost_table "
                "BEGIN SELECT RAISE(ABORT, 'cost_table is append-only'); END"
            )
        return
    for what, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = "change" if each == "ROW" else "truncate"
        op.execute(
            f"CREATE TRIGGER cost_table_refuse_{name} BEFORE {what} ON cost_table "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Drop it; the triggers go with it."""
    op.drop_table("cost_table")
