"""A form in data/ becomes Rasa's slots, loop, questions, actions and rules."""

from collections.abc import Iterator
from typing import Any

from italian.forms import CONFIRMATION, Field, Form

Rule = dict[str, Any]
# Every value comes from our own validation: no mapping of Rasa's may take a citizen's wish to
# speak with a person for the day of the complaint.
SLOT = {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}


def domain_of(form: Form) -> dict[str, Any]:
    slots = [form.slot(question) for question in form.questions]
    asked = {f"utter_ask_{form.slot(name)}": each for name, each in form.fields.items()}
    return {
        "version": "3.1",
        "forms": {form.loop: {"required_slots": slots}},
        "slots": {slot: dict(SLOT) for slot in slots},
        "intents": [form.begin],
        "responses": {key: [_question(form, field)] for key, field in asked.items()},
        "actions": [
            f"validate_{form.loop}",
            f"action_ask_{form.slot(CONFIRMATION)}",
            f"action_{form.topic}_inviato",
            f"action_{form.topic}_annullato",
            {
                _leave(form): {"send_domain": True}
            },  # it says the ticket of the topic it is left for
        ],
    }


def rules_of(form: Form) -> Iterator[Rule]:
    yield _begins(form)
    yield _is_complete(form)
    yield way_out(form, "annulla", f"action_{form.topic}_annullato")


def way_out(form: Form, topic: str, action: str | None = None) -> Rule:
    """A topic that ends the open form; by default what was said so far goes along."""
    return {
        "rule": f"{topic} ends {form.loop}",
        "condition": [{"active_loop": form.loop}],
        "steps": [
            {"intent": topic},
            {"action": "action_deactivate_loop"},
            {"active_loop": None},
            {"action": action or _leave(form)},
        ],
    }


def _begins(form: Form) -> Rule:
    said = [] if form.start else [{"action": f"utter_{form.topic}"}]
    opened = [{"action": form.loop}, {"active_loop": form.loop}]
    return {"rule": f"{form.loop} begins", "steps": [{"intent": form.begin}, *said, *opened]}


def _is_complete(form: Form) -> Rule:
    return {
        "rule": f"{form.loop} is complete",
        "condition": [{"active_loop": form.loop}],
        "steps": [
            {"action": form.loop},
            {"active_loop": None},
            {"slot_was_set": [{"requested_slot": None}]},
            {"action": f"action_{form.topic}_inviato"},
        ],
    }


def _leave(form: Form) -> str:
    return f"action_lascia_{form.topic}"


def _question(form: Form, field: Field) -> dict[str, Any]:
    buttons = [
        {"title": choice.title, "payload": form.button(name)}
        for name, choice in field.buttons.items()
    ]
    said = {"say": f"{form.topic}.{field.name}", "with": {"buttons": buttons} if buttons else {}}
    return {"custom": said}
