"""Keeps a process's approved words as they are in the database."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from handoff.db import Database
from handoff.knowledge import revisions
from handoff.knowledge.blocks import BadKnowledge
from handoff.knowledge.words import Knowledge

NOTHING = (0, 0)
POLL = 0.5  # seconds; an edited answer is live within one
logger = logging.getLogger(__name__)


async def keep_fresh(database: Database, knowledge: Knowledge) -> None:
    """Until cancelled; while the database is away the last known words stay."""
    known = NOTHING
    async with database.bell.listen(revisions.RINGS) as heard:
        while True:
            try:
                known = await refresh(database, knowledge, known)
            except (SQLAlchemyError, OSError) as error:
                logger.warning("cannot read the live knowledge: %s", type(error).__name__)
            await heard.wait(POLL)


async def refresh(
    database: Database, knowledge: Knowledge, known: tuple[int, int] = NOTHING
) -> tuple[int, int]:
    """Take over what changed since `known`; the state that is known then."""
    async with database.read() as session:
        state = await revisions.state(session)
        changed = await revisions.live(session) if state != known else ()
    for revision in changed:
        try:
            block = revisions.block_of(revision)
            knowledge.renew(block.key, block.entry(), revision=f"{block.key}/{revision.number}")
        except BadKnowledge as error:  # the words before it are still approved
            logger.error("revision %s is not used: %s", revision.id, error)
    return state
