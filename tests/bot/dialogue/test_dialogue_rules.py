"""The index of rules finds what looking through all of them finds."""

import json

import pytest
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy

from bot.rules import IndexedRulePolicy


@pytest.fixture
def policy(processor):
    nodes = processor.graph_runner._instantiated_nodes.values()
    [found] = [node._component for node in nodes if isinstance(node._component, RulePolicy)]
    assert isinstance(found, IndexedRulePolicy)
    return found


def states(policy):
    """The situations of the rules themselves, also with another intent, and a first message."""
    for part in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
        for key in policy.lookup[part]:
            known = json.loads(key)
            yield known
            yield [*known[:-1], {**known[-1], "user": {"intent": "parcheggio"}}]
            yield [{name: value for name, value in known[-1].items() if name != "prev_action"}]


def test_the_same_rules_are_found(policy):
    asked = list(states(policy))
    assert len(asked) > 500
    for part in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
        for each in asked:
            every = RulePolicy._get_possible_keys(policy, policy.lookup[part], each)
            assert policy._get_possible_keys(policy.lookup[part], each) == every


def test_rules_that_training_changes_are_indexed_anew(policy):
    [key, *_] = policy.lookup[RULES]
    lookup = {key: "action_listen"}
    assert policy._get_possible_keys(lookup, json.loads(key)) == {key}
    del lookup[key]
    assert policy._get_possible_keys(lookup, json.loads(key)) == set()
