"""The intent classifier: Rasa's graph component around our linear model."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clauses import clauses
from bot.nlu.linear import LinearModel, Ranking
from bot.nlu.storage import restore, save

RANKING = "intent_ranking"
# The readings of message and clauses: for the verdict, not for the output
WHOLE, CLAUSES = "whole", "clauses"
RANKING_LENGTH = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks the catalogue's topics for a message, and for each of its clauses."""

    def __init__(
        self, storage: ModelStorage, resource: Resource, model: LinearModel | None = None
    ) -> None:
        self.storage, self.resource, self.model = storage, resource, model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntentClassifier":
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        self.model = LinearModel.train(texts, [example.get(INTENT) for example in examples])
        with self.storage.write_to(self.resource) as folder:
            save(self.model, folder)
        return self.resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearIntentClassifier":
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, restore(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            self._understand(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def _understand(self, message: Message) -> None:
        text = message.get(TEXT)
        whole = self.model.read(text)
        ranking = _named(whole.ranking)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(RANKING, ranking[:RANKING_LENGTH], add_to_output=True)
        message.set(WHOLE, whole)
        message.set(CLAUSES, [self.model.read(part) for part in clauses(text)])


def _named(ranking: Ranking) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": confidence} for name, confidence in ranking]
