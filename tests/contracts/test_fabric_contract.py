"""What the engine may rely on, of every fabric."""

from tests.contracts.device import Customer, Device
from tests.contracts.test_contract import carry


def test_requests_are_numbered_upwards(fabric: Device, acme: Customer) -> None:
    with fabric.open() as backend:
        carry(backend, acme, acme.first)
        first = backend.request()
        second = backend.request()
        assert second > first
        assert backend.progress().requested >= second


def test_ports_are_located_as_asked(fabric: Device, acme: Customer) -> None:
    wanted = [port.id for network in acme.first.networks for port in network.ports]
    with fabric.open() as backend:
        assert backend.locate(wanted) == ()
        carry(backend, acme, acme.first)
        # A central daemon compiles them in its own time, and hosts report in theirs.
        some = [location.port_id for location in backend.locate(wanted[::-1])]
        assert some == [port for port in wanted[::-1] if port in some]
        assert set(some) <= {location.port_id for location in backend.locate()}
        assert backend.locate([]) == ()
