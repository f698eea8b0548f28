"""Evidence behind values: files, what they stand behind, what was taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW = ("evidence_file", "evidence", "evidence_removal")


def upgrade() -> None:
    """Create the tables, append-only like those before them."""
    _create(
        "evidence_file",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("taken_at", sa.String(32)),
        sa.Column("latitude", sa.Double()),
        sa.Column("longitude", sa.Double()),
        sa.UniqueConstraint("sha256", name="uq_evidence_file_sha256"),
    )
    _create(
        "evidence",
        sa.Column("region_code", sa.String(15), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("assessor_level", sa.String(16), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text()),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_evidence_region_code_region"),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name="fk_evidence_indicator_id_indicator"
        ),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["evidence_file.sha256"], name="fk_evidence_file_sha256_evidence_file"
        ),
    )
    op.create_index("ix_evidence_file_sha256", "evidence", ["file_sha256"])
    op.create_index("ix_evidence_value", "evidence", ["region_code", "period", "indicator_id"])
    _create(
        "evidence_removal",
        sa.Column("evidence_id", _ROW_NUMBER, nullable=False),
        sa.UniqueConstraint("evidence_id", name="uq_evidence_removal_evidence_id"),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name="fk_evidence_removal_evidence_id_evidence"
        ),
    )
    for table in _NEW:
        _make_append_only(table)


def _create(table: str, *items: sa.schema.SchemaItem) -> None:
    """A table with its own numbers and the revision of each row."""
    op.create_table(
        table,
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        *items,
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=f"fk_{table}_revision_id_revision"),
    )
    op.create_index(f"ix_{table}_revision_id", table, ["revision_id"])


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


def downgrade() -> None:
    """Drop them; the triggers go with them."""
    for table in reversed(_NEW):
        op.drop_table(table)
