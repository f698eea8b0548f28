"""What regions are called and belong to, on the audit chain: those that are there, and every change."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, append-only; regions that are there are taken down in a revision of their own."""
    op.create_table(
        "region_change",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("region_code", sa.String(15), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("parent_code", sa.String(15)),
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_region_change"),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_region_change_region_code_region"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name="fk_region_change_revision_id_revision"
        ),
    )
    op.create_index("ix_region_change_revision_id", "region_change", ["revision_id"])
    op.create_index("ix_region_change_region", "region_change", ["region_code", "id"])
    _take_down()
    _make_append_only("region_change")


def downgrade() -> None:
    """Drop it; its triggers go with it."""
    op.drop_table("region_change")


def _take_down() -> None:
    connection = op.get_bind()
    if not connection.scalar(sa.text("SELECT count(*) FROM region")):
        return
    made = sa.table(
        "revision",
        sa.column("id", _ROW_NUMBER),
        sa.column("recorded_at", sa.DateTime(timezone=True)),
        sa.column("author", sa.Text()),
        sa.column("reason", sa.Text()),
        sa.column("kind", sa.Text()),
    )
    # Times of revisions never go back, whatever the clock says.
    newest = connection.scalar(sa.select(sa.func.max(made.c.recorded_at)))
    now = datetime.now(UTC)
    if newest is not None:
        now = max(now, newest if newest.tzinfo is not None else newest.replace(tzinfo=UTC))
    connection.execute(
        sa.insert(made).values(
            recorded_at=now,
            author="liangcun",
            reason="升级：区划名册记入审计链 / upgrade: the regions go onto the audit chain",
            kind="regions",
        )
    )
    number = connection.scalar(sa.select(sa.func.max(made.c.id)))
    connection.execute(
        sa.text(
            "INSERT INTO region_change (region_code, name, level, parent_code, revision_id) "
            "SELECT code, name, level, parent_code, :number FROM region ORDER BY code"
        ),
        {"number": number},
    )


def _make_append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
