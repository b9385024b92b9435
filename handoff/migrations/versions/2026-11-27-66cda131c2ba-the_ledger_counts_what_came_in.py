"""The ledger counts what came in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alembic import op
import sqlalchemy as sa
import handoff.tables.base


revision = '66cda131c2ba'
down_revision = '1e256772d187'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('intake',
    sa.Column('channel', sa.String(length=32), nullable=False),
    sa.Column('series', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('last_sequence', sa.BigInteger(), nullable=True),
    sa.Column('gapless', sa.Boolean(), nullable=False),
    sa.Column('gaps', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('channel', 'series', 'day', name=op.f('pk_intake'))
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('wants', sa.String(length=8), server_default='bot', nullable=False))
        batch_op.create_index('ix_inbox_channel_created_at', ['channel', 'created_at'], unique=False)
        batch_op.create_index('ix_inbox_created_at', ['created_at'], unique=False)

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_created_at', ['created_at'], unique=False)

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_created_at', ['created_at'], unique=False)

    _begin_with_today()


def _begin_with_today() -> None:
    """The first day that is counted is whole: what came before today stays uncounted."""
    rome = datetime.now(ZoneInfo("Europe/Rome"))
    midnight = rome.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    inbox = sa.table(
        "inbox",
        *map(sa.column, ("channel", "message_id", "state", "wants")),
        sa.column("created_at", handoff.tables.base.Moment(timezone=True)),
    )
    message = sa.table("message", sa.column("reply_to"))
    today = inbox.c.created_at >= midnight
    intake = sa.table(
        "intake",
        *map(sa.column, ("channel", "series", "taken")),
        sa.column("day", sa.Date()),
        sa.column("gapless", sa.Boolean()),
        sa.column("gaps", sa.JSON()),
    )
    rows = op.get_bind().execute(
        sa.select(inbox.c.channel, sa.func.count()).where(today).group_by(inbox.c.channel)
    )
    fixed = {"series": "#0", "day": rome.date(), "gapless": False, "gaps": []}
    op.bulk_insert(intake, [{"channel": name, "taken": taken, **fixed} for name, taken in rows])
    answered = sa.exists().where(message.c.reply_to == inbox.c.message_id)
    op.execute(
        sa.update(inbox)
        .where(today, inbox.c.state == "done", ~answered)
        .values(wants="nobody")  # or a ticket's: that is found out from the ticket
    )


def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_created_at')

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_created_at')

    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index('ix_inbox_created_at')
        batch_op.drop_index('ix_inbox_channel_created_at')
        batch_op.drop_column('wants')

    op.drop_table('intake')
