"""One file, many processes; or no file at all."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from networking.backends.base import UnreachableError
from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.fabric import SimulatedFabric

ASK = """
import sys
from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.fabric import SimulatedFabric
with SimulatedFabric(SimulatorConfig(sys.argv[1])) as fabric:
    for _ in range(25):
        print(fabric.request())
"""


def test_processes_share_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "region.sqlite")
    command = [sys.executable, "-c", ASK, path]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
        for _ in range(3)
    ]
    numbers = [int(line) for p in processes for line in p.communicate(timeout=30)[0].split()]
    assert sorted(numbers) == list(range(1, 76))
    with SimulatedFabric(SimulatorConfig(path)) as fabric:
        assert fabric.progress().requested == 75


def test_memory_lives_as_long_as_the_process(request: pytest.FixtureRequest) -> None:
    config = SimulatorConfig(f"memory:{request.node.name}", ("h1",))
    for number in (1, 2):
        with SimulatedFabric(config) as fabric:
            assert fabric.request() == number
    with SimulatedFabric(SimulatorConfig("memory:another")) as other:
        assert other.progress().requested == 0


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "missing" / "region.sqlite")
    with SimulatedFabric(SimulatorConfig(path)) as fabric:
        with pytest.raises(UnreachableError, match=r"region\.sqlite") as missing:
            fabric.scopes()
        assert missing.value.retry


def test_a_row_makes_a_configuration() -> None:
    config = SimulatorConfig("/var/lib/x.sqlite", ("h1", "h2"))
    assert SimulatorConfig.from_json(json.loads(json.dumps(asdict(config)))) == config


@pytest.mark.parametrize(
    "data", [{}, {"path": ""}, {"path": "x", "hosts": "h1"}, {"path": "x", "host": []}]
)
def test_what_does_not_fit_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="simulated device"):
        SimulatorConfig.from_json(data)
