"""The examples fit each other and what reads them."""

import json
import re

from networking.backends.frr.config import FrrConfig
from networking.backends.frr.words import ROUTE_TAG
from networking.backends.ovn import openflow
from networking.backends.ovn.config import OvnConfig
from tests.deploy.test_units import DEPLOY

(REGION,) = json.loads((DEPLOY / "provider.example.json").read_text())["regions"]
(FABRIC,) = REGION["fabrics"]
(ROUTER,) = REGION["routers"]


def test_every_host_of_the_fabric_can_be_measured() -> None:
    config = OvnConfig.from_json(FABRIC["config"])
    names = [host["name"] for host in FABRIC["hosts"]]
    assert names == [name for name, _ in config.hosts]
    for name in names:
        assert openflow.address(config, name).startswith("ssl:")


def test_the_router_is_as_its_attachment_says() -> None:
    config = FrrConfig.from_json(ROUTER["config"])
    assert config.host_key.startswith("ssh-ed25519 ")
    text = (DEPLOY / "frr.conf.example").read_text()
    (one,) = ROUTER["attachments"]
    interface = section(text, f"interface {one['interface']} vrf {one['vrf']}")
    for family in ("ipv4", "ipv6"):
        length = one[family]["prefix"].partition("/")[2]
        assert f"{one[family]['router']}/{length}" in interface
    bgp = section(text, f"router bgp {ROUTER['asn']} vrf {one['vrf']}")
    assert bgp.count("redistribute static route-map DEMARC") == 2
    assert f"match tag {ROUTE_TAG}" in section(text, "route-map DEMARC permit 10")


def section(text: str, header: str) -> str:
    found = re.search(rf"^{re.escape(header)}\n(.*?)^exit$", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {header!r}"
    return found[1]


def test_the_environment_is_read_as_systemd_reads_it() -> None:
    """A line is NAME=VALUE with nothing quoted (man 5 systemd.exec, EnvironmentFile)."""
    found: list[re.Match[str] | None] = []
    for example in ("demarc.env.example", "admin.env.example"):
        lines = (DEPLOY / example).read_text().splitlines()
        settings = [line for line in lines if line and not line.startswith("#")]
        found += [re.fullmatch(r"([A-Z_]+)=([^'\"\\]*)", line) for line in settings]
    assert all(found)
