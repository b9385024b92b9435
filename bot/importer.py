"""A snapshot of the knowledge becomes Rasa's intents, examples, responses and rules."""

from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_model_configuration

from bot.form_rules import domain_of, rules_of, way_out
from bot.nlu.decision import DIALOGUE_INTENTS
from bot.snapshot import TICKET_KINDS, BadKnowledge, Topic, read_topics, snapshot_folder
from italian.forms import FILE, BadForm, Form, read_forms

DOMAIN = Path(__file__).parent / "domain"
CONFIG = Path(__file__).parent / "config.yml"
RULES = "conversation/rules.yml"
Rule = dict[str, Any]


class KnowledgeImporter(TrainingDataImporter):
    """Phrases, answers and plain rules from the snapshot, forms from data/; look-ups by hand."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        snapshot: str | None = None,
        **_: Any,
    ) -> None:
        self.config_file = config_file or str(CONFIG)
        self.folder = Path(snapshot) if snapshot else snapshot_folder()

    @cached_property
    def topics(self) -> dict[str, Topic]:
        return read_topics(self.folder)

    @cached_property
    def hand_written(self) -> list[Rule]:
        content = yaml.safe_load((self.folder / RULES).read_text(encoding="utf-8"))
        rules: list[Rule] = content["rules"]
        for rule in rules:
            _check(rule, self.topics)
        return rules

    @cached_property
    def forms(self) -> list[Form]:
        """Those whose topic the snapshot has: actions and bot come with their own description."""
        try:
            forms = read_forms()
        except BadForm as error:
            raise BadKnowledge(str(error)) from error
        for form in forms.values():
            if form.ticket not in TICKET_KINDS:
                raise BadKnowledge(f"{FILE}: {form.topic}: there is no ticket «{form.ticket}»")
        return [form for form in forms.values() if form.topic in self.topics]

    def get_config(self) -> dict[str, Any]:
        return read_model_configuration(self.config_file)

    def get_config_file_for_auto_config(self) -> str | None:
        return self.config_file

    def get_domain(self) -> Domain:
        generated = {
            "version": "3.1",
            "intents": [*self.topics, *DIALOGUE_INTENTS],
            "responses": {f"utter_{topic.id}": [_response(topic)] for topic in self._spoken()},
            "actions": [f"utter_{topic.id}" for topic in self._spoken()],
        }
        domain = Domain.load(str(DOMAIN)).merge(Domain.from_dict(generated))
        for form in self.forms:
            domain = domain.merge(Domain.from_dict(domain_of(form)))
        return domain

    def get_nlu_data(self, language: str | None = "it") -> TrainingData:
        return TrainingData(
            [
                Message({TEXT: phrase.text, INTENT: topic.id, METADATA: metadata})
                for topic, metadata in self._with_metadata()
                for phrase in topic.phrases
            ]
        )

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        reader = YAMLStoryReader(self.get_domain())
        of_forms = [rule for form in self.forms for rule in rules_of(form)]
        generated = [*self._answers(), *of_forms, *self._ways_out()]
        content = {"version": "3.1", "rules": [*self.hand_written, *generated]}
        return StoryGraph(reader.read_from_parsed_yaml(content))

    def plain(self) -> list[Topic]:
        """The topics answered by their approved sentence, without an action of their own."""
        return [topic for topic, plain in self._with_plainness() if plain]

    def _with_plainness(self) -> list[tuple[Topic, bool]]:
        led = {_intent(rule) for rule in self.hand_written if "condition" not in rule}
        led |= {form.begin for form in self.forms}
        return [(topic, topic.id not in led) for topic in self.topics.values()]

    def _with_metadata(self) -> list[tuple[Topic, dict[str, Any]]]:
        """A sentence or a look-up can be said beside another answer: it changes nothing."""
        looked_up = {_intent(rule) for rule in self.hand_written if _is_look_up(rule)}
        return [
            (topic, _metadata(topic, topic.id in looked_up or (plain and _is_harmless(topic))))
            for topic, plain in self._with_plainness()
        ]

    def _spoken(self) -> list[Topic]:
        """A form that begins at once says its topic's sentence first, too."""
        at_once = [self.topics[form.topic] for form in self.forms if not form.start]
        return [*self.plain(), *at_once]

    def _answers(self) -> list[Rule]:
        return [
            {
                "rule": f"{topic.id} is answered",
                "steps": [{"intent": topic.id}, {"action": f"utter_{topic.id}"}],
            }
            for topic in self.plain()
        ]

    def _ways_out(self) -> list[Rule]:
        """A topic that opens a ticket ends an open form; what was said so far goes along."""
        ending = [topic.id for topic in self.topics.values() if topic.ticket]
        return [way_out(form, topic) for topic in ending for form in self.forms]


def _response(topic: Topic) -> dict[str, Any]:
    said: dict[str, Any] = {"say": topic.id, "with": {}}
    return {"custom": said | ({"ticket": {**topic.ticket, "topic": None}} if topic.ticket else {})}


def _metadata(topic: Topic, said_alone: bool) -> dict[str, Any]:
    """What the verdict must know of a topic, carried into the model with its phrases."""
    facts = {"risk": topic.risk, "kind": topic.kind, "said_alone": said_alone}
    return {METADATA_EXAMPLE: facts}


def _is_harmless(topic: Topic) -> bool:
    return topic.ticket is None and topic.kind != "safety"


def _is_look_up(rule: Rule) -> bool:
    intent, *steps = rule["steps"]
    return "condition" not in rule and steps == [{"action": f"action_{intent.get('intent')}"}]


def _check(rule: Rule, topics: dict[str, Topic]) -> None:
    known = {*topics, *DIALOGUE_INTENTS, None}
    if (intent := _intent(rule)) not in known:
        raise BadKnowledge(f"{RULES}: {rule['rule']}: there is no topic «{intent}»")


def _intent(rule: Rule) -> str | None:
    intent: str | None = rule["steps"][0].get("intent")
    return intent
