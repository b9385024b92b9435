"""Handles one message: understands, decides, runs the actions, stores; all of it or nothing."""

from pathlib import Path
from tarfile import ReadError
from tempfile import TemporaryDirectory
from typing import Any

from rasa.core.actions.action import (
    Action,
    ActionExecutionRejection,
    RemoteAction,
)
from rasa.core.actions.loops import LoopAction
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import (
    DEFAULT_INTENTS,
    DEFAULT_SLOT_NAMES,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecutionRejected,
    BotUttered,
    Event,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.answers import Answer, last_answer
from bot.asked import PressedButton, asking_only, parse_of
from bot.memory import Conversation, Unreadable
from bot.nlu.decision import DIALOGUE_INTENTS, decide
from bot.nlu.parse import Parse, said_first
from bot.question import Question
from bot.runner import StraightRunner
from bot.settings import BadSetting
from bot.trackers import Overtaken
from italian.forms import read_forms

ACTION_PREFIX = "action_"
# The others cannot: to them the tracker itself is shown, not a copy
DECLINING = (LoopAction, RemoteAction)
# Two bots at most hold one conversation: the second rereads once, a third time is a fault
ATTEMPTS = 3


class Stale(Exception):
    """The message was answered before the last one; that answer is gone."""


class UnknownPayload(ValueError):
    """No button of ours carries it."""


class Processor(MessageProcessor):
    """Rasa's processor without its forgiveness: what fails is raised and nothing is stored."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _check(self.domain)
        self.model_name = self.model_filename.removesuffix(".tar.gz")
        self.topics = _topics(self.domain)
        self.nlu_target = self._understanding()

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        with TemporaryDirectory() as folder:
            try:
                metadata, runner = load_predict_graph_runner(
                    Path(folder), Path(model_path), LocalModelStorage, StraightRunner
                )
            except ReadError as error:
                name = Path(model_path).name
                raise BadSetting(f"{name} is not a trained model") from error
        return Path(model_path).name, metadata, runner

    def _understanding(self) -> str:
        """Rasa's last node executes texts like `/restart`: stop before it."""
        target = self.model_metadata.nlu_target
        node = self.model_metadata.predict_schema.nodes[target]
        return node.needs["messages"] if node.uses is RegexMessageHandler else target

    async def warm_up(self) -> None:
        """Handle a greeting in each script that several languages use; nothing of it is stored."""
        for greeting in ("Buongiorno", "Добрый день"):
            nobody = Conversation.new("nobody", self.domain)
            await self._handle(UserMessage(greeting), nobody)

    async def close(self) -> None:
        await self.action_endpoint.close()
        self.tracker_store.close()

    async def converse(self, question: Question) -> Answer:
        message = self._message(question)
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._answer(question, message)
            except Overtaken:
                continue
        return await self._answer(question, message)

    def _message(self, question: Question) -> UserMessage:
        fields = {
            "sender_id": question.conversation_id,
            "message_id": question.message_id,
            "metadata": question.metadata,
        }
        if question.payload is None:
            return UserMessage(question.text, **fields)
        topic, _, value = question.payload.partition(":")
        if topic not in self.topics:
            raise UnknownPayload
        return PressedButton(topic, value or None, **fields)

    async def _answer(self, question: Question, message: UserMessage) -> Answer:
        conversation = await self._recall(question)
        if conversation.has_just_heard(question.message_id):
            return last_answer(conversation)
        if conversation.has_heard(question.message_id):
            raise Stale
        if question.reset:
            conversation = conversation.begun_anew(self.domain)
        await self._handle(message, conversation)
        answer = last_answer(conversation)
        conversation.hear(question.message_id)
        await self.save_tracker(conversation)
        return answer

    async def _recall(self, question: Question) -> Conversation:
        """What cannot be read is a failure, after which handoff asks to begin anew."""
        try:
            return await self.get_tracker(question.conversation_id)
        except Unreadable as unreadable:
            if not question.reset:
                raise
            fresh = Conversation.new(question.conversation_id, self.domain)
            fresh.version = unreadable.version
            return fresh

    async def _handle(self, message: UserMessage, conversation: Conversation) -> None:
        await self._handle_message_with_tracker(message, conversation)
        await self._say_first(message.output_channel, conversation)
        await self._run_prediction_loop(message.output_channel, conversation)
        if conversation.active_loop_name is None:
            self._clear_forms(conversation)

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> Parse:
        if isinstance(message, PressedButton):
            parse = parse_of(message)
        else:
            parse = self._parse_message_with_graph(message, tracker, only_output_properties)
        ranking = parse.pop("intent_ranking", [])
        classified = parse["intent"]
        intent = decide(parse, tracker)
        return {
            **parse,
            "intent": {"name": intent, "confidence": classified["confidence"]},
            "classified": {
                "intent": classified["name"],
                "confidence": classified["confidence"],
                "ranking": ranking,
            },
            "said_first": said_first(parse, intent),
            "model": self.model_name,
        }

    def _parse_message_with_graph(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None,
        only_output_properties: bool = True,
    ) -> Parse:
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}
        found = self.graph_runner.run(inputs=inputs, targets=[self.nlu_target])
        understood = found[self.nlu_target][0].as_dict(only_output_properties)
        return {"text": message.text, "entities": [], **understood}

    async def _say_first(self, channel: OutputChannel, conversation: Conversation) -> None:
        """The first half of a double question; it leaves no trace in what the rules see."""
        for topic in conversation.latest_message.parse_data["said_first"]:
            answer = self._answer_alone(topic)
            with asking_only(topic, conversation):
                events = await answer.run(channel, self.nlg, conversation, self.domain)
            said = [event for event in events if isinstance(event, BotUttered)]
            conversation.update_with_events(said, self.domain)

    def _answer_alone(self, topic: str) -> Action:
        """The topic's approved sentence, or its look-up."""
        sentence = UTTER_PREFIX + topic
        spoken = sentence in self.domain.responses
        return self._get_action(sentence if spoken else ACTION_PREFIX + topic)

    async def _run_prediction_loop(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> None:
        goes_on = True
        while goes_on:
            action, prediction = self.predict_next_with_tracker_if_should(tracker)
            goes_on = await self._run_action(action, tracker, output_channel, self.nlg, prediction)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """As Rasa's, but a failure is a failure; only a form that declines is not."""
        seen = self._foreseen(tracker, prediction) if isinstance(action, DECLINING) else tracker
        try:
            events = await action.run(output_channel, nlg, seen, self.domain)
        except ActionExecutionRejection:
            rejected = (action.name(), prediction.policy_name, prediction.max_confidence)
            tracker.update(ActionExecutionRejected(*rejected))
        else:
            self._log_action_on_tracker(tracker, action, events, prediction)
        return self.should_predict_another_action(action.name())

    def _foreseen(
        self, tracker: DialogueStateTracker, prediction: PolicyPrediction
    ) -> DialogueStateTracker:
        """What the prediction brings about holds only if the action does not decline."""
        trial = tracker.copy()
        trial.update_with_events(prediction.events, self.domain)
        return trial

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """As Rasa's, without copying every event for a debug line."""
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)

    def _clear_forms(self, conversation: Conversation) -> None:
        """A form that ended leaves nothing behind for the next one."""
        of_forms = {slot for form in self.domain.forms.values() for slot in _slots(form)}
        filled = [slot for slot in of_forms if conversation.get_slot(slot) is not None]
        events: list[Event] = [SlotSet(slot, None) for slot in sorted(filled)]
        conversation.update_with_events(events, self.domain)


def _topics(domain: Domain) -> frozenset[str]:
    """What a button may name: no intent that the dialogue alone gives."""
    begun = {form.begin for form in read_forms().values() if form.start}
    return frozenset(domain.intents) - {*DIALOGUE_INTENTS, *DEFAULT_INTENTS, *begun}


def _slots(form: dict[str, Any]) -> list[str]:
    return [REQUESTED_SLOT, *form["required_slots"]]


def _check(domain: Domain) -> None:
    """Rasa's own mappings take any sentence for a slot's value; ours are filled by actions."""
    for slot in domain.slots:
        kinds = {mapping.get("type") for mapping in slot.mappings}
        if slot.name not in DEFAULT_SLOT_NAMES and kinds - {"custom"}:
            raise BadSetting(f"Rasa fills the slot «{slot.name}»; give it a custom mapping")
