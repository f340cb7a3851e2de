"""What a router's row may hold."""

import json
from dataclasses import asdict

import pytest

from networking.backends.frr.config import FrrConfig


@pytest.fixture
def settings(host_key: str) -> dict[str, object]:
    return {
        "host": "192.0.2.1",
        "username": "demarc",
        "private_key_file": "/etc/demarc/key",
        "host_key": host_key,
    }


def test_a_row_makes_a_configuration(settings: dict[str, object]) -> None:
    config = FrrConfig.from_json({**settings, "port": 2222, "vtysh": "sudo vtysh -N pe1"})
    assert config.address == "192.0.2.1 port 2222"
    assert config.vtysh_argv == ["sudo", "vtysh", "-N", "pe1"]
    assert FrrConfig.from_json(json.loads(json.dumps(asdict(config)))) == config


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"host": ""}, "'host'"),
        ({"username": None}, "'username'"),
        ({"host_key": "ssh-ed25519 AAAA"}, "'host_key'"),
        ({"host_key": "SHA256:abc"}, "'host_key'"),
        ({"port": "22"}, "'port'"),
        ({"port": 70000}, "'port'"),
        ({"timeout": 0}, "'timeout'"),
        ({"state": "relative"}, "'state'"),
        ({"pasword": "x"}, "'pasword'"),
    ],
)
def test_what_does_not_fit_is_named(
    settings: dict[str, object], change: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        FrrConfig.from_json({**settings, **change})
