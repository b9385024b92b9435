"""Counts what happens in this process. Every label has few values, all of them ours."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from handoff.telemetry import Telemetry

BOT_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 10.0)
WAIT_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
DECISIONS = ("answer", "offer", "decline", "handoff", "form")
QUEUES = ("inbox", "outbox", "attachments")
FACES = ("chat", "panel")
RESULTS = ("sent", "later", "failed", "unknown", "withheld")


class Counters(Telemetry):
    """Who counts. `channels`: names of those that run; their lines exist from the start."""

    def __init__(self, registry: CollectorRegistry, channels: tuple[str, ...] = ()) -> None:
        counter = _counters_of(registry)
        self._registry = registry
        self._received = counter("messages_received", "Messages stored", "channel")
        self._refused = counter("channel_errors", "Events that could not be stored", "channel")
        self._alarms = counter("safety_findings", "Emergencies found by safety", "topic")
        self._claimed = counter("jobs_claimed", "Jobs leased by workers", "queue")
        self._failed = counter("jobs_failed", "Jobs whose handling ended with an error", "queue")
        self._decisions = counter("bot_decisions", "What the bot decided", "decision")
        self._silences = counter("bot_silences", "Questions without a usable answer", "why")
        self._attempts = counter("attempts", "Attempts to deliver, ended", "channel", "result")
        self._bot = Histogram(
            "sportello_bot_seconds",
            "How long the bot took, silences too",
            buckets=BOT_SECONDS,
            registry=registry,
        )
        self._waits = Histogram(
            "sportello_database_write_wait_seconds",
            "How long transactions waited before they could write",
            buckets=WAIT_SECONDS,
            registry=registry,
        )
        self._streams = Gauge(
            "sportello_streams_open", "Open event streams", ("face",), registry=registry
        )
        self._begin_at_zero(channels)

    def _begin_at_zero(self, channels: tuple[str, ...]) -> None:
        """A rate needs the zero before the first one."""
        for channel in channels:
            _exist(self._received, (channel,))
            _exist(self._refused, (channel,))
            for result in RESULTS:
                _exist(self._attempts, (channel, result))
        for counter, values in (
            (self._decisions, DECISIONS),
            (self._claimed, QUEUES),
            (self._failed, QUEUES),
            (self._streams, FACES),
        ):
            for value in values:
                _exist(counter, (value,))

    def watch_breaker(self, is_open: Callable[[], bool]) -> None:
        """1 while the bot is left alone because it failed too often."""
        gauge = Gauge(
            "sportello_bot_breaker_open", "Whether the bot is given up", registry=self._registry
        )
        gauge.set_function(lambda: float(is_open()))

    def received(self, channel: str) -> None:
        self._received.labels(channel).inc()

    def refused(self, channel: str) -> None:
        self._refused.labels(channel).inc()

    def alarmed(self, topic: str) -> None:
        self._alarms.labels(topic).inc()

    def claimed(self, queue: str, jobs: int) -> None:
        self._claimed.labels(queue).inc(jobs)

    def failed(self, queue: str) -> None:
        self._failed.labels(queue).inc()

    def answered(self, decision: str, seconds: float) -> None:
        self._decisions.labels(decision).inc()
        self._bot.observe(seconds)

    def silent(self, why: str, seconds: float) -> None:
        self._silences.labels(why).inc()
        self._bot.observe(seconds)

    def attempted(self, channel: str, result: str) -> None:
        self._attempts.labels(channel, result).inc()

    def waited_to_write(self, seconds: float) -> None:
        self._waits.observe(seconds)

    def streaming(self, face: str) -> AbstractContextManager[None]:
        return self._streams.labels(face).track_inprogress()


def _counters_of(registry: CollectorRegistry) -> Callable[..., Counter]:
    def counter(name: str, told: str, *labels: str) -> Counter:
        return Counter(f"sportello_{name}", told, labels, registry=registry)

    return counter


def _exist(metric: MetricWrapperBase, labels: tuple[str, ...]) -> None:
    metric.labels(*labels)
