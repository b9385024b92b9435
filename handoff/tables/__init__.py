"""The schema, a file per aggregate."""

from handoff.tables.attachments import Attachment, AttachmentContent
from handoff.tables.base import Base, Moment, new_id, present
from handoff.tables.channels import ChannelState
from handoff.tables.conversations import (
    KEY,
    SAID_ELSEWHERE,
    UNPROVEN,
    Conversation,
    Message,
    Offer,
)
from handoff.tables.joining import CitizenChange, JoinCode
from handoff.tables.knowledge import KnowledgeProposal, KnowledgeRevision
from handoff.tables.ledger import Intake
from handoff.tables.notices import Notice, NoticeTold
from handoff.tables.operators import LoginAttempt, Operator, PanelSession
from handoff.tables.queues import (
    Attempt,
    DeliveryReport,
    Inbox,
    Oddity,
    Outbox,
    SentPart,
)
from handoff.tables.tickets import Survey, Ticket, TicketEvent
from handoff.tables.trackers import BotTracker
from handoff.tables.training import PhraseReview, Release
from handoff.tables.webchat import WebchatSession

__all__ = [
    "KEY",
    "SAID_ELSEWHERE",
    "UNPROVEN",
    "Attachment",
    "AttachmentContent",
    "Attempt",
    "Base",
    "BotTracker",
    "ChannelState",
    "CitizenChange",
    "Conversation",
    "DeliveryReport",
    "Inbox",
    "Intake",
    "JoinCode",
    "KnowledgeProposal",
    "KnowledgeRevision",
    "LoginAttempt",
    "Message",
    "Moment",
    "Notice",
    "NoticeTold",
    "Oddity",
    "Offer",
    "Operator",
    "Outbox",
    "PanelSession",
    "PhraseReview",
    "Release",
    "SentPart",
    "Survey",
    "Ticket",
    "TicketEvent",
    "WebchatSession",
    "new_id",
    "present",
]
