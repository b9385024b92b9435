"""The intent classifier: Rasa's graph component around our linear model."""

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clauses import clauses
from bot.nlu.component import LearningComponent
from bot.nlu.linear import LinearModel, Ranking
from bot.nlu.storage import restore, save

RANKING = "intent_ranking"
# The readings of message and clauses: for the verdict, not for the output
WHOLE, CLAUSES = "whole", "clauses"
RANKING_LENGTH = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(LearningComponent, IntentClassifier):
    """Ranks the catalogue's topics for a message, and for each of its clauses."""

    model: LinearModel

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        self.model = LinearModel.train(texts, [example.get(INTENT) for example in examples])
        save(self.model, folder)

    def restore(self, folder: Path) -> None:
        self.model = restore(folder)

    def understand(self, message: Message) -> None:
        text = message.get(TEXT)
        whole = self.model.read(text)
        ranking = _named(whole.ranking)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(RANKING, ranking[:RANKING_LENGTH], add_to_output=True)
        message.set(WHOLE, whole)
        message.set(CLAUSES, [self.model.read(part) for part in clauses(text)])


def _named(ranking: Ranking) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": confidence} for name, confidence in ranking]
