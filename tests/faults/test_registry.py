"""The list of faults is complete, and names tests that exist."""

import ast

import pytest

from tests.faults import registry

FAULTS = registry.read()


def test_no_fault_is_left_out() -> None:
    assert [fault.number for fault in FAULTS] == list(range(1, 46))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.number))
def test_a_fault_is_shown_by_tests_that_exist(fault: registry.Fault) -> None:
    named = (*fault.both, *fault.alone)
    assert named or fault.pending or fault.not_here
    assert [test for test in named if registry.function_of(test) is None] == []
    assert [test for test in fault.both if not registry.runs_on_both(test)] == []


def test_every_test_of_a_fault_stands_in_the_list_under_its_number() -> None:
    listed = {test: fault.number for fault in FAULTS for test in (*fault.both, *fault.alone)}
    for file in sorted((registry.ROOT / "tests" / "faults").glob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, registry.Function) and node.name.startswith("test_fault_"):
                number = listed.get(f"tests/faults/{file.name}::{node.name}")
                assert number == int(node.name.split("_")[2]), node.name


def test_the_document_tells_what_the_list_tells() -> None:
    assert registry.DOCS.read_text() == registry.document(FAULTS), (
        "run python -m tests.faults.registry"
    )
