"""Claims find who waits among the many that are done."""

import sqlalchemy as sa
from alembic import op

revision = "1e256772d187"
down_revision = "009259907ebd"
branch_labels = None
depends_on = None

WAITING = sa.text("state in ('ready', 'run')")


def upgrade() -> None:
    for table in ("inbox", "outbox"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(
                f"ix_{table}_waiting",
                ["id"],
                unique=False,
                postgresql_where=WAITING,
                sqlite_where=WAITING,
            )


def downgrade() -> None:
    for table in ("outbox", "inbox"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(f"ix_{table}_waiting")
