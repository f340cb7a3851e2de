"""Metrics as text: the exposition format of Prometheus, version 0.0.4."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from portal.lib.counters import BUCKETS, Labels, Series

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (*(str(bound) for bound in BUCKETS), "+Inf")


@dataclass(frozen=True, slots=True)
class Metric:
    """A name, what it means, and its value for each set of labels."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: Mapping[Labels, float]


def gauge(name: str, help: str, value: float) -> Metric:
    """A gauge without labels."""
    return Metric(name, "gauge", help, {(): value})


def by(name: str, help: str, label: str, values: Mapping[str, float]) -> Metric:
    """A gauge with one label."""
    samples: dict[Labels, float] = {((label, key),): value for key, value in values.items()}
    return Metric(name, "gauge", help, samples)


def render(metrics: Iterable[Metric]) -> str:
    """The metrics as text; one without samples is left out."""
    lines = []
    for metric in metrics:
        if metric.samples:
            lines += _head(metric.name, metric.kind, metric.help)
            lines += [_line(metric.name, *sample) for sample in sorted(metric.samples.items())]
    return "\n".join([*lines, ""])


def render_histogram(name: str, help: str, totals: Mapping[Series, float]) -> str:
    """The lengths of time of this name, cumulative as the format wants them."""
    found: dict[Labels, dict[str, float]] = defaultdict(lambda: dict.fromkeys(BOUNDS, 0.0))
    for (series, labels), amount in totals.items():
        if series == f"{name}_bucket":
            rest = tuple(pair for pair in labels if pair[0] != "le")
            found[rest][dict(labels)["le"]] += amount
    if not found:
        return ""
    lines = _head(name, "histogram", help)
    for labels, buckets in sorted(found.items()):
        count = 0.0
        for bound in BOUNDS:
            count += buckets[bound]
            lines.append(_line(f"{name}_bucket", (*labels, ("le", bound)), count))
        lines.append(_line(f"{name}_sum", labels, totals.get((f"{name}_sum", labels), 0.0)))
        lines.append(_line(f"{name}_count", labels, count))
    return "\n".join([*lines, ""])


def _head(name: str, kind: str, help: str) -> list[str]:
    return [f"# HELP {name} {help}", f"# TYPE {name} {kind}"]


def _line(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{inside}}} {value:.12g}" if inside else f"{name} {value:.12g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
