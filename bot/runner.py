"""Runs the graph node by node: the way is known beforehand, so nothing needs scheduling."""

from functools import lru_cache
from typing import Any

from rasa.engine.runner.dask import DaskGraphRunner


class StraightRunner(DaskGraphRunner):
    """As Dask's, but plans each target's way once, not for every message."""

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        outputs = dict(inputs or {})
        wanted = tuple(targets or self._graph_schema.target_names)
        for name in self._way(wanted):
            needs = self._graph_schema.nodes[name].needs.values()
            _, outputs[name] = self._instantiated_nodes[name](
                *((need, outputs[need]) for need in needs)
            )
        return {name: outputs[name] for name in wanted}

    @lru_cache  # noqa: B019 (there is one runner, and it lives as long as the process)
    def _way(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        """What each node needs comes before it; what is not in the graph is given."""
        nodes = self._graph_schema.nodes
        way: dict[str, None] = {}
        for target in (target for target in targets if target in nodes):
            needed = self._way(tuple(nodes[target].needs.values()))
            way |= dict.fromkeys((*needed, target))
        return tuple(way)
