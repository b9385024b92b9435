"""What is asked for each message is told by the conversation; a message's fate has a moment."""

import sqlalchemy as sa
from alembic import op

revision = "009259907ebd"
down_revision = "70fcc8ad8fc9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        # of those that are there already nobody knows: they are looked at once
        batch_op.add_column(
            sa.Column("expects", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(sa.Column("changed", sa.Float(), nullable=False, server_default="0"))
        batch_op.create_index("ix_conversation_changed", ["changed"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed", sa.Float(), nullable=False, server_default="0"))
        batch_op.create_index("ix_outbox_changed", ["conversation_id", "changed"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_changed")
        batch_op.drop_column("changed")

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_changed")
        batch_op.drop_column("changed")
        batch_op.drop_column("expects")
