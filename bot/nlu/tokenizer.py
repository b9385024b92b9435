"""Rasa's tokens, by the shared Italian tokeniser; each carries its lemma."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from italian.lemmas import lemma
from italian.normalise import normalise
from italian.tokens import tokens


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ItalianTokenizer(Tokenizer):
    """Keeps the places in the citizen's own text, so that entities can point at them."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        return [
            Token(token.text, token.idx, lemma=lemma(normalise(token.text)))
            for token in tokens(message.get(attribute))
            if not token.is_space
        ]
