"""Gives every form in data/ its actions, for the action server to find."""

from rasa_sdk import Action

from actions.form_checks import CheckAnswers
from actions.form_ends import AskConfirmation, GivenUp, Left, Sent
from italian.forms import read_forms

# The server looks for classes, and forgets those that nobody holds
ACTIONS = [
    type(f"{kind.__name__}_{topic}", (kind, Action), {"form": form, "__module__": __name__})
    for topic, form in read_forms().items()
    for kind in (CheckAnswers, AskConfirmation, Sent, GivenUp, Left)
]
