"""What is kept of a conversation: slots, the open form and the last three turns.

Rasa rebuilds a tracker by replaying events, so what was cut off comes back as a short beginning:
a session that starts, the slots as they were, and the form as it is opened in a conversation.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

TURNS = 3
# A worker whose lease ran out repeats one of the last messages, never one of last week's
HEARD = 32


@dataclass(frozen=True)
class Beginning:
    """The state of a conversation just before the turns that are kept."""

    slots: dict[str, Any] = field(default_factory=dict)
    loop: dict[str, Any] | None = None

    @classmethod
    def of(cls, tracker: DialogueStateTracker) -> "Beginning":
        changed = {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.value != slot.initial_value
        }
        return cls(changed, asdict(tracker.active_loop) if tracker.active_loop_name else None)

    def events(self, domain: Domain) -> list[Event]:
        names = {slot.name for slot in domain.slots}
        return [
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            ActionExecuted(ACTION_LISTEN_NAME),
            *self._opening(domain),
            *(SlotSet(name, value) for name, value in self.slots.items() if name in names),
            *self._interruption(domain),
        ]

    def _opening(self, domain: Domain) -> list[Event]:
        if not self._form_exists(domain):
            return []
        asked = self.loop["trigger_message"] or {}
        return [
            UserUttered(asked.get("text"), asked.get("intent"), asked.get("entities"), asked),
            ActionExecuted(self.loop["name"]),
            ActiveLoop(self.loop["name"]),
        ]

    def _interruption(self, domain: Domain) -> list[Event]:
        if not self._form_exists(domain):
            return []
        events: list[Event] = [ActionExecuted(ACTION_LISTEN_NAME)]
        if self.loop["is_interrupted"]:
            events.append(LoopInterrupted(True))
        if self.loop["rejected"]:
            events.append(ActionExecutionRejected(self.loop["name"]))
        return events

    def _form_exists(self, domain: Domain) -> bool:
        return self.loop is not None and self.loop["name"] in domain.form_names


class Unreadable(ValueError):
    """A snapshot that this version of the bot cannot continue; it can only begin anew."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class Conversation(DialogueStateTracker):
    """A tracker that knows which version of the stored conversation it continues."""

    version = 0
    beginning = Beginning()
    own_events = 0  # how many of the events restate the beginning
    heard: tuple[str, ...] = ()

    def __init__(self, sender_id: str, slots: Iterable[Slot], **options: Any) -> None:
        """As Rasa's, which spends a third of a prediction on copying slots."""
        super().__init__(sender_id, (), **options)
        self.slots = {slot.name: _unset(slot) for slot in slots}

    def init_copy(self) -> "Conversation":
        return Conversation(self.sender_id, self.slots.values())

    @classmethod
    def new(cls, sender_id: str, domain: Domain) -> "Conversation":
        return cls._begun(sender_id, domain, Beginning())

    @classmethod
    def restore(
        cls, sender_id: str, domain: Domain, *, snapshot: str, version: int
    ) -> "Conversation":
        try:
            kept = json.loads(snapshot)
            tracker = cls._begun(sender_id, domain, Beginning(kept["slots"], kept["loop"]))
            for event in kept["events"]:
                tracker.update(_event(event))
            tracker.version, tracker.heard = version, tuple(kept["heard"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable(version) from error
        return tracker

    @classmethod
    def _begun(cls, sender_id: str, domain: Domain, beginning: Beginning) -> "Conversation":
        tracker = cls(sender_id, domain.slots)
        tracker.beginning = beginning
        for event in beginning.events(domain):
            tracker.update(event)
        tracker.own_events = len(tracker.events)
        return tracker

    def begun_anew(self, domain: Domain) -> "Conversation":
        """The same conversation with nothing open and nothing filled in."""
        fresh = Conversation.new(self.sender_id, domain)
        fresh.version, fresh.heard = self.version, self.heard
        return fresh

    def snapshot(self) -> str:
        beginning, events = self._shortened()
        kept = {
            "slots": beginning.slots,
            "loop": beginning.loop,
            "heard": self.heard,
            "events": [event.as_dict() for event in events],
        }
        return json.dumps(kept, separators=(",", ":"))

    def last_turn(self) -> list[Event]:
        """The citizen's last message and everything that followed from it."""
        events = list(self.events)[self.own_events :]
        starts = _turns(events)
        return events[starts[-1] :] if starts else []

    def hear(self, message_id: str) -> None:
        self.heard = (*self.heard, _mark(message_id))[-HEARD:]

    def has_just_heard(self, message_id: str) -> bool:
        return bool(self.heard) and self.heard[-1] == _mark(message_id)

    def has_heard(self, message_id: str) -> bool:
        return _mark(message_id) in self.heard

    def _shortened(self) -> tuple[Beginning, list[Event]]:
        events = list(self.events)
        starts = _turns(events[self.own_events :])
        if len(starts) <= TURNS:
            return self.beginning, events[self.own_events :]
        cut = self.own_events + starts[-TURNS]
        return Beginning.of(self._as_of(events[:cut])), events[cut:]

    def _as_of(self, events: Iterable[Event]) -> DialogueStateTracker:
        earlier = self.init_copy()
        for event in events:
            earlier.update(event)
        return earlier


def _unset(slot: Slot) -> Slot:
    copied = object.__new__(type(slot))
    vars(copied).update(vars(slot))
    copied.reset()
    return copied


def _turns(events: list[Event]) -> list[int]:
    return [i for i, event in enumerate(events) if isinstance(event, UserUttered)]


def _mark(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:12]


def _event(kept: dict[str, Any]) -> Event:
    return _kinds()[kept["event"]]._from_parameters(kept)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, type[Event]]:
    """Rasa looks through all its classes for every single event."""
    return {kind.type_name: kind for kind in all_subclasses(Event)}
