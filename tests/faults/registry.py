"""Which tests show what becomes of each fault, read from faults.yml without running any."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "faults.md"
# the fixtures that run a test on SQLite and on PostgreSQL
BOTH_DATABASES = frozenset({"database_url", "own_database_url"})
HEAD = """# Faults that Sportello survives

What goes wrong, what Sportello does then, and which tests show it. Written by
`python -m tests.faults.registry` from `tests/faults/faults.yml`; a test keeps both alike.
Tests marked ² run on SQLite and on PostgreSQL.

| # | fault | behaviour | shown by |
|---|---|---|---|
"""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Fault:
    number: int
    fault: str
    behaviour: str
    both: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    pending: str = ""
    not_here: str = ""

    def row(self) -> str:
        shown = [f"{_short(test)} ²" for test in self.both] + [*map(_short, self.alone)]
        notes = [f"pending: {self.pending}"] if self.pending else []
        notes += [f"not here: {self.not_here}"] if self.not_here else []
        shown_by = "<br>".join([*shown, *notes])
        return f"| {self.number} | {self.fault} | {self.behaviour} | {shown_by} |"


def read() -> list[Fault]:
    raw = yaml.safe_load(Path(__file__).with_name("faults.yml").read_text())
    return [Fault(number, **_tupled(told)) for number, told in raw.items()]


def _tupled(told: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(one) if isinstance(one, list) else one for name, one in told.items()}


def _short(test: str) -> str:
    file, _, name = test.partition("::")
    return f"`{file.removeprefix('tests/')}` {name.rpartition('::')[2].removeprefix('test_')}"


def document(faults: list[Fault]) -> str:
    return HEAD + "\n".join(fault.row() for fault in faults) + "\n"


def function_of(test: str) -> Function | None:
    """The function of a node id, or None when there is none."""
    file, *names = test.split("::")
    found: Any = _tree(ROOT / file) if (ROOT / file).exists() else None
    for name in names:
        found = next((each for each in _named(found) if each.name == name), None)
    return found if isinstance(found, Function) else None


def runs_on_both(test: str) -> bool:
    """Whether it asks, itself or by its fixtures, for the database of each kind."""
    function, fixtures = function_of(test), _fixtures(ROOT / test.partition("::")[0])
    waiting, asked = _asked_by(function) if function else set(), set[str]()
    while waiting:
        name = waiting.pop()
        asked.add(name)
        waiting |= fixtures.get(name, set()) - asked
    return not BOTH_DATABASES.isdisjoint(asked)


def _asked_by(function: Function) -> set[str]:
    named = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
    marks = (part for decorator in function.decorator_list for part in ast.walk(decorator))
    return named | {part.value for part in marks if _is_text(part)}


def _is_text(part: ast.AST) -> bool:
    """Also the names in @pytest.mark.usefixtures."""
    return isinstance(part, ast.Constant) and isinstance(part.value, str)


def _fixtures(file: Path) -> dict[str, set[str]]:
    """What each asks for. The nearest counts; it may ask for the one that it stands before."""
    folders = [folder for folder in file.parents if folder.is_relative_to(ROOT / "tests")]
    files = [*(folder / "conftest.py" for folder in reversed(folders)), file]
    known: dict[str, set[str]] = {}
    for fixture in (one for each in files for one in _in(each) if _is_fixture(one)):
        asked = _asked_by(fixture)
        before = known.get(fixture.name, set()) if fixture.name in asked else set()
        known[fixture.name] = asked - {fixture.name} | before
    return known


def _in(file: Path) -> Iterator[Function]:
    """Functions of a module, and those that a conftest takes from another of ours."""
    if not file.exists():
        return
    for node in _tree(file).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("conftest"):
            wanted = {each.name for each in node.names}
            path = ROOT.joinpath(*str(node.module).split(".")).with_suffix(".py")
            yield from (one for one in _in(path) if one.name in wanted)
        elif isinstance(node, Function):
            yield node


def _is_fixture(function: Function) -> bool:
    return any("fixture" in ast.unparse(mark) for mark in function.decorator_list)


def _named(found: Any) -> Iterator[Any]:
    yield from (each for each in getattr(found, "body", ()) if hasattr(each, "name"))


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


if __name__ == "__main__":
    DOCS.write_text(document(read()))
