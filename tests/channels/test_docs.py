"""What the administrators' pages say is what the code does."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from pydantic_settings import BaseSettings

from handoff import channels
from ops import settings as ops_settings
from ops.places import ROOT

DOCS = ROOT / "docs" / "canali"
PAGES = sorted(DOCS.glob("*.md"))
NAMES = sorted(module.name for module in iter_modules(channels.__path__))
ELSEWHERE = {"phone": "desk"}  # channels that share a page
SETTING = re.compile(r"\bSPORTELLO_[A-Z0-9_]*[A-Z0-9]\b(?!_)")
LISTED = re.compile(r"SPORTELLO_CHANNELS=([a-z,]+)")
TROUBLE = re.compile(r"^\| «([^»]+)»", re.MULTILINE)


def page(name: str) -> Path:
    return DOCS / f"{ELSEWHERE.get(name, name)}.md"


def below(kind: type[BaseSettings]) -> set[type[BaseSettings]]:
    return {deeper for sub in kind.__subclasses__() for deeper in {sub, *below(sub)}}


def required(name: str) -> set[str]:
    """What a channel does not start without."""
    import_module(f"{channels.__name__}.{name}")
    prefix = f"SPORTELLO_{name.upper()}_"
    kinds = [kind for kind in below(BaseSettings) if kind.model_config["env_prefix"] == prefix]
    return {
        f"{prefix}{field}".upper()
        for kind in kinds
        for field, what in kind.model_fields.items()
        if what.is_required()
    }


def source() -> str:
    """What channels can say, whatever stands in its gaps."""
    files = [ROOT / "handoff" / "channel_watch.py", *(ROOT / "handoff").glob("channel*/**/*.py")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("name", NAMES)
def test_every_channel_has_a_page_that_names_what_it_cannot_start_without(name: str) -> None:
    told = set(SETTING.findall(page(name).read_text(encoding="utf-8")))
    assert required(name) - told == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_setting_that_a_page_names_exists(path: Path) -> None:
    named = set(SETTING.findall(path.read_text(encoding="utf-8")))
    assert named - set(ops_settings.read(ROOT / ".env.example")) == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_example_switches_off_what_is_on_from_the_start(path: Path) -> None:
    """The setting names all channels: `webchat,telegram` would end desk and phone."""
    for listed in LISTED.findall(path.read_text(encoding="utf-8")):
        assert {"webchat", "desk", "phone"} <= set(listed.split(",")), listed


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_trouble_that_a_page_explains_is_one_that_a_channel_tells(path: Path) -> None:
    """Up to a setting's name, which is filled in."""
    told = source()
    for trouble in TROUBLE.findall(path.read_text(encoding="utf-8")):
        assert trouble.partition(": vedere SPORTELLO")[0] in told, trouble
