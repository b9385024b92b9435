"""All numbers of a house as Prometheus reads them."""

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, generate_latest

from handoff.metrics.counters import Counters
from handoff.metrics.figures import Figures


class Metrics:
    def __init__(self, registry: CollectorRegistry, counters: Counters, figures: Figures) -> None:
        self.counters = counters
        self.figures = figures
        self._registry = registry
        for collector in (ProcessCollector, GCCollector):
            collector(registry=registry)
        registry.register(figures)

    async def text(self) -> bytes:
        await self.figures.look()
        return generate_latest(self._registry)
