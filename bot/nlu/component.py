"""What Rasa asks of every trained component, once."""

from pathlib import Path
from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

Self = TypeVar("Self", bound="LearningComponent")


class LearningComponent(GraphComponent):
    """Learns once into a folder of the model, and is restored from it.

    A subclass says what to `learn`, how to `restore` it and what to add to a message.
    """

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self.storage, self.resource = storage, resource

    @classmethod
    def create(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.restore(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        with self.storage.write_to(self.resource) as folder:
            self.learn(training_data, folder)
        return self.resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            self.understand(message)
        return messages

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        raise NotImplementedError

    def restore(self, folder: Path) -> None:
        """What was learned, back from the folder."""

    def understand(self, message: Message) -> None:
        """Adds to the message what the component sees in it."""
