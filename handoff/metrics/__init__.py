"""Numbers for Prometheus: a registry for each house, so that no two of one process mix."""

from handoff.metrics.counters import Counters
from handoff.metrics.exposition import Metrics
from handoff.metrics.figures import Figures, Ledger

__all__ = ["Counters", "Figures", "Ledger", "Metrics"]
