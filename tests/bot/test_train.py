"""A model is trained when what it is made of has changed, and only then."""

import shutil

import pytest

from bot.snapshot import PACKAGED
from bot.train import ingredients, refresh


@pytest.fixture
def snapshot(tmp_path, monkeypatch):
    folder = tmp_path / "snapshot"
    shutil.copytree(PACKAGED, folder)
    monkeypatch.setenv("SPORTELLO_SNAPSHOT", str(folder))
    return folder


def test_the_same_ingredients_are_not_trained_again_but_become_the_newest(tmp_path, capsys):
    known = tmp_path / f"20200101T000000Z-{ingredients()}.tar.gz"
    known.write_bytes(b"trained long ago")
    (tmp_path / "20200102T000000Z-other.tar.gz").touch()
    model = refresh(tmp_path)
    assert model.read_bytes() == b"trained long ago"
    assert model == sorted(tmp_path.glob("*.tar.gz"))[-1]
    assert "Nothing has changed" in capsys.readouterr().out


def test_another_phrase_makes_another_model(snapshot):
    before = ingredients()
    file = next((snapshot / "knowledge").glob("*.yml"))
    file.write_text(file.read_text() + "\n# another phrase\n")
    assert ingredients() != before


def test_what_is_not_trained_on_makes_no_difference(snapshot):
    before = ingredients()
    (snapshot / "evaluation" / "more.tsv").write_text("parcheggio\tgiovani\tparkeggio?\n")
    assert ingredients() == before
