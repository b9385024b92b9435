"""Whatever happens between two steps of the service: the promises hold after each of them.

No worker runs by itself: that a job is claimed, that a worker dies in the middle of it, what a
provider answers and what an operator does meanwhile are steps that hypothesis chooses.
"""

import asyncio

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.handoff.machine.service import Service

FAST = {"sqlite": (15, 50), "postgresql": (5, 50)}  # examples, steps; the same ones each time
DEEP = {"sqlite": (400, 80), "postgresql": (250, 80)}


@pytest.mark.parametrize(
    "depth",
    [pytest.param(FAST, id="fast"), pytest.param(DEEP, id="deep", marks=pytest.mark.torture)],
)
def test_the_promises_hold_whatever_happens_between_two_steps(
    database_url: str, depth: dict[str, tuple[int, int]]
) -> None:
    examples, steps = depth[database_url.partition("+")[0].partition(":")[0]]
    with asyncio.Runner() as runner:
        run_state_machine_as_test(
            lambda: Service(database_url, runner),  # type: ignore[arg-type]
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=depth is FAST,
                suppress_health_check=list(HealthCheck),
            ),
        )
