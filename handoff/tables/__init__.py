"""The schema, a file per aggregate."""

from handoff.tables.base import Base, Moment, new_id, present
from handoff.tables.conversations import KEY, Conversation, Message, Offer
from handoff.tables.knowledge import KnowledgeRevision
from handoff.tables.notices import Notice, NoticeTold
from handoff.tables.operators import LoginAttempt, Operator, PanelSession
from handoff.tables.queues import Attempt, Inbox, Outbox
from handoff.tables.tickets import Survey, Ticket, TicketEvent
from handoff.tables.trackers import BotTracker
from handoff.tables.training import PhraseReview, Release
from handoff.tables.webchat import WebchatSession

__all__ = [
    "KEY",
    "Attempt",
    "Base",
    "BotTracker",
    "Conversation",
    "Inbox",
    "KnowledgeRevision",
    "LoginAttempt",
    "Message",
    "Moment",
    "Notice",
    "NoticeTold",
    "Offer",
    "Operator",
    "Outbox",
    "PanelSession",
    "PhraseReview",
    "Release",
    "Survey",
    "Ticket",
    "TicketEvent",
    "WebchatSession",
    "new_id",
    "present",
]
