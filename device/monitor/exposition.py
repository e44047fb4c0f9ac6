"""The figures as Prometheus reads them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from device.monitor.figures import Reading

if TYPE_CHECKING:
    from prometheus_client.core import Metric


def exposition(reading: Reading) -> tuple[bytes, str]:
    """Give the page that Prometheus collects, and its content type; what is not known is left out."""
    # 5 MB that only a device under watch has to hold.
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
    from prometheus_client.registry import Collector, CollectorRegistry

    class Page(Collector):
        def collect(self) -> "Iterator[Metric]":
            return families(reading)

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Page())
    return generate_latest(registry), CONTENT_TYPE_LATEST


def families(reading: Reading) -> "Iterator[Metric]":
    """Give each figure as prometheus_client has it."""
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

    for figure, value in reading.values:
        if value is not None:
            family = CounterMetricFamily if figure.kind == "counter" else GaugeMetricFamily
            yield family(f"treadlight_{figure.name}", figure.words, value=value)
    problems = GaugeMetricFamily("treadlight_problem", "To be fixed on the device", labels=["code", "urgent"])
    for code, urgent in sorted(reading.problems.items()):
        problems.add_metric([code, "yes" if urgent else "no"], 1.0)
    yield problems
    for name, words, known in (
        ("backup_timestamp_seconds", "When the last backup was made", reading.backup_at),
        ("backup_ok", "Whether the last backup succeeded", reading.backup_ok),
        ("self_test_passed", "Whether the last self-test passed", reading.self_test_passed),
    ):
        if known is not None:
            yield GaugeMetricFamily(f"treadlight_{name}", words, value=float(known))
    yield InfoMetricFamily("treadlight", "The software", value={"version": reading.software})
