"""The comparison with stock Rasa: the same phrases for both, and both really trained."""

import json

from bot import baseline
from bot.baseline import PER_TOPIC, read, sample, share, training_data
from bot.phrases import Phrase

PARKING = ["dove si parcheggia", "quanto costa il parcheggio", "ci sono posti auto?"]
BOOKING = ["vorrei prenotare una visita", "come si prenota", "mi serve un appuntamento"]


def phrase(text: str, topic: str = "parcheggio") -> Phrase:
    return Phrase(topic, text, "giovani", "semplice", "a")


def test_the_sample_is_the_same_whatever_the_order_and_as_large_for_every_topic():
    many = [phrase(f"frase {n}", topic) for topic in ("a", "b") for n in range(PER_TOPIC + 5)]
    drawn = list(sample(iter(many)))
    assert list(sample(iter(reversed(many)))) == drawn
    assert [each.topic for each in drawn] == ["a"] * PER_TOPIC + ["b"] * PER_TOPIC


def test_brackets_are_no_entities_for_rasa():
    (nlu,) = training_data([phrase("dove [parcheggio](ora)\n{qui}?")])["nlu"]
    assert nlu["examples"] == "- dove  parcheggio  ora   qui ?\n"


def test_double_questions_are_not_asked_and_any_of_several_labels_is_right(tmp_path):
    file = tmp_path / "messages.tsv"
    file.write_text("a|b\tsemplice\tuno\na+b\tsemplice\tdue\n\nb\tstoria\ttre\n", "utf-8")
    asked = read(file)
    assert [text for _, text in asked] == ["uno", "tre"]
    assert share(["b", "a"], asked) == 0.5


def test_both_are_trained_and_compared(tmp_path, monkeypatch, capsys):
    lines = [f"parcheggio\tsemplice\t{text}" for text in PARKING]
    lines += [f"prenotare_visita\tsemplice\t{text}" for text in BOOKING]
    folder = tmp_path / "phrases" / "giovani"
    folder.mkdir(parents=True)
    (folder / "all.tsv").write_text("\n".join(lines), "utf-8")
    messages = tmp_path / "messages.tsv"
    messages.write_text("parcheggio\tsemplice\tdove lascio la macchina, si parcheggia?\n", "utf-8")
    monkeypatch.setattr(baseline, "snapshot_folder", lambda: tmp_path)
    baseline.main([str(messages)])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (found["phrases"], found["n"]) == (6, 1)
    assert {found["ours_right"], found["diet_right"]} <= {0.0, 1.0}
