"""What stands in for TensorFlow where only answers are given: Rasa imports it, we use it nowhere.

Rasa 3.6 imports every part that a pipeline could have, spaCy's thinc whatever is installed: 335 MB
and two seconds of each bot (docs/decisions/0020). Training and the baseline load the real one.
"""

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

LEFT_OUT = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "keras"})


class NeedsTensorFlow(RuntimeError):
    """The pipeline got a part that TensorFlow computes: serve it without `left_out`."""


class AnyClass(type):
    """Good as a base, an annotation or a decorator, which is all that an import asks of it."""

    is_over = False

    def __getattr__(cls, name: str) -> "AnyClass":
        return _any(name)

    def __call__(cls, *_: Any, **__: Any) -> Any:
        if AnyClass.is_over:
            raise NeedsTensorFlow(f"{cls.__name__} is of TensorFlow, which is not loaded")
        return super().__call__()


class Anything(metaclass=AnyClass):
    def __call__(self, *_: Any, **__: Any) -> AnyClass:
        return Anything


class AnyModule(ModuleType):
    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> AnyClass:
        return _any(name)


def _any(name: str) -> AnyClass:
    if name.startswith("__"):
        raise AttributeError(name)
    return AnyClass(name, (Anything,), {})


class Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        ours = fullname.partition(".")[0] in LEFT_OUT
        return ModuleSpec(fullname, self, is_package=True) if ours else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return AnyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """It is whole already."""


@contextmanager
def left_out() -> Iterator[None]:
    """What is imported meanwhile finds the stand-in; who calls it later gets NeedsTensorFlow."""
    sys.modules["tensorflow"] = None  # thinc then does without
    importlib.import_module("spacy")
    del sys.modules["tensorflow"]
    sys.meta_path.insert(0, Finder())
    try:
        yield
    finally:
        AnyClass.is_over = True
