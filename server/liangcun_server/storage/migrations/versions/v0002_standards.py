"""Standards' documents brought in through the server, and which version binds where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("standard_document", "standard_binding")


def upgrade() -> None:
    """Create both tables, append-only like those before them."""
    op.create_table(
        "standard_document",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.String(15), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("file", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standard_document"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name="fk_standard_document_revision_id_revision"
        ),
        sa.UniqueConstraint(
            "jurisdiction", "code", "version", "revision_id", name="uq_standard_document_version"
        ),
    )
    op.create_index("ix_standard_document_revision_id", "standard_document", ["revision_id"])
    op.create_table(
        "standard_binding",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("region_code", sa.String(15), nullable=False),
        sa.Column("jurisdiction", sa.String(15), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32)),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("revision_id", _ROW_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standard_binding"),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name="fk_standard_binding_region_code_region"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name="fk_standard_binding_revision_id_revision"
        ),
    )
    op.create_index("ix_standard_binding_revision_id", "standard_binding", ["revision_id"])
    _refuse_changes()


def downgrade() -> None:
    """Drop both; the triggers go with them."""
    op.drop_table("standard_binding")
    op.drop_table("standard_document")


def _refuse_changes() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _APPEND_ONLY:
        if sqlite:
            for action in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuse_{action.lower()} BEFORE {action} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            continue
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
