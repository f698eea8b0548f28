"""Assessments, their results and publication; the ladder of assessor levels; the chain over all writes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW = (
    "assessment",
    "assessment_result",
    "assessment_notice",
    "assessment_publication",
    "ladder_step",
    "audit_entry",
)


def upgrade() -> None:
    """Create the tables, append-only like those before them."""
    _create(
        "assessment",
        _region(),
        sa.Column("standard_id", sa.String(128), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("standard_digest", sa.String(64), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("assessor_level", sa.String(16)),
        sa.Column("frozen", sa.Text(), nullable=False),
    )
    op.create_index("ix_assessment_region_code", "assessment", ["region_code"])
    _create(
        "assessment_result",
        *_of_assessment("assessment_result", unique=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("region_count", sa.Integer(), nullable=False),
        sa.Column("ranked_count", sa.Integer(), nullable=False),
        sa.Column("passed_count", sa.Integer(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.Column("figures_digest", sa.String(64), nullable=False),
    )
    _create(
        "assessment_notice",
        *_of_assessment("assessment_notice"),
        sa.Column("action", sa.String(128), nullable=False),
        sa.Column("region_code", sa.String(15)),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_assessment_notice_assessment_id", "assessment_notice", ["assessment_id"])
    _create(
        "assessment_publication",
        *_of_assessment("assessment_publication", unique=True),
        sa.Column("document_number", sa.Text()),
    )
    _create(
        "ladder_step",
        _region(),
        sa.Column("standard_id", sa.String(128), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("assessor_level", sa.String(16), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("deadline", sa.Date()),
        sa.Column("indicators", sa.Text()),
    )
    op.create_index(
        "ix_ladder_step_subject", "ladder_step", ["period", "assessor_level", "standard_id", "region_code"]
    )
    _create(
        "audit_entry",
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.UniqueConstraint("revision_id", name="uq_audit_entry_revision_id"),
        indexed=False,
    )
    for table in _NEW:
        _make_append_only(table)


def _region() -> sa.Column[str]:
    return sa.Column("region_code", sa.String(15), nullable=False)


def _of_assessment(table: str, *, unique: bool = False) -> list[sa.schema.SchemaItem]:
    items: list[sa.schema.SchemaItem] = [
        sa.Column("assessment_id", _ROW_NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=f"fk_{table}_assessment_id_assessment"
        ),
    ]
    if unique:
        items.append(sa.UniqueConstraint("assessment_id", name=f"uq_{table}_assessment_id"))
    return items


def _create(table: str, *items: sa.schema.SchemaItem, indexed: bool = True) -> None:
    """A table with its own numbers and the revision of each row; a place refers to its region."""
    places = [
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=f"fk_{table}_region_code_region")
        for item in items
        if isinstance(item, sa.Column) and item.name == "region_code" and not item.nullable
    ]
    op.create_table(
        table,
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        *items,
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=f"fk_{table}_revision_id_revision"),
        *places,
    )
    if indexed:
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
