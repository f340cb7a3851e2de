"""One name leads from a person's request to what was written to devices for it."""

import json
import logging

import pytest

from networking.models import Change
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.logs import JsonFormatter
from tests.networking.engine.acts import Acts
from tests.networking.engine.deliver import deliver


class Lines(logging.Handler):
    """Formats each record when it is logged, as the real handler does."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines: list[dict] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))

    def of(self, message: str) -> list[dict]:
        return [line for line in self.lines if line["message"] == message]


@pytest.fixture
def lines():
    handler = Lines()
    logger = logging.getLogger("networking.engine")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(before)


def asked(change: Change, request_id: str) -> None:
    with acting_as(DatabaseRole.WORKER):
        Change.objects.filter(pk=change.pk).update(request_id=request_id)


def test_what_is_written_to_a_device_names_the_requests_that_it_is_for(
    acts: Acts, lines: Lines
) -> None:
    first = acts.add_network("web", "10.1.5.0/24")
    second = acts.add_network("db", "10.1.6.0/24")
    asked(first, "request-first")
    asked(second, "request-second")
    deliver()
    applied = {line["device"]: line for line in lines.of("applied")}
    assert applied.keys() == {"lab", "pe1"}
    for line in applied.values():
        assert line["requests"] == ["request-first", "request-second"]
        assert line["steps"] > 0
        assert line["token"] > 0
    verified = {(line["device"], line["change"]): line["requests"] for line in lines.of("verified")}
    assert verified == {
        (device, str(change.pk)): [name]
        for device in ("lab", "pe1")
        for change, name in ((first, "request-first"), (second, "request-second"))
    }


def test_why_a_device_holds_a_request_up_is_found_by_it(acts: Acts, lines: Lines) -> None:
    acts.provider.faults("router").unreachable()
    asked(acts.add_network(), "request-held-up")
    deliver()
    (ended,) = lines.of("pass ended")
    assert ended["requests"] == ["request-held-up"]
    assert "does not answer" in ended["reason"]


def test_what_is_done_for_nobody_names_nobody(acts: Acts, lines: Lines) -> None:
    acts.add_network()
    deliver()
    assert all("requests" not in line for line in lines.of("applied"))
