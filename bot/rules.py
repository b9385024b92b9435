"""Rasa's rules, found by what a state must hold: it looks through all of them for every answer."""

from collections import defaultdict
from collections.abc import Mapping

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker

Place = tuple[str | None, str | None]  # the last action and the intent that a state names
Index = Mapping[Place, list[str]]


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class IndexedRulePolicy(RulePolicy):
    """Predicts what RulePolicy does, from the few rules whose last state can match.

    Six forms and 77 topics are 300 rules, looked through twice for each answer: a third of its
    time.
    """

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        """None of our rules asks for a text: the states need no reading twice."""
        if use_text_for_last_user_input:
            return None, None, False
        return super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not states:
            return super()._get_possible_keys(lookup, states)
        action, intent = _place(states[-1])
        near = self._index(lookup)
        places = {(action, intent), (action, None), (None, intent), (None, None)}
        few = {key: lookup[key] for place in places for key in near.get(place, ())}
        return super()._get_possible_keys(few, states)

    def _index(self, lookup: dict[str, str]) -> Index:
        """Made anew when training gave it other rules."""
        known = self.__dict__.setdefault("_indices", {})
        if known.get(id(lookup), (None, None))[0] != lookup.keys():
            index: dict[Place, list[str]] = defaultdict(list)
            for key in lookup:
                index[_place(self._rule_key_to_state(key)[-1])].append(key)
            known[id(lookup)] = (set(lookup), index)
        found: Index = known[id(lookup)][1]
        return found


def _place(state: State) -> Place:
    action = state.get("prev_action", {}).get("action_name")
    intent = state.get("user", {}).get("intent")
    return action, intent
