"""What the rows of a change cost when they are written straight to the northbound database."""

from collections.abc import Sequence
from itertools import count
from uuid import UUID

from bench import central
from bench.central import Raw

SET = "raw_set"
_IS_SET = [["name", "==", SET]]


class Rows:
    """Makes rows beside those of the product; nobody else writes an address set of this name."""

    def __init__(self, north: Raw, south: Raw) -> None:
        self._north, self._south = north, south
        self._numbers = count(1)
        north.transact({"op": "insert", "table": "Address_Set", "row": {"name": SET}})

    def switches(self, networks: Sequence[UUID]) -> list[object]:
        """The rows of the networks' switches. Raises KeyError."""
        select = {"op": "select", "table": "Logical_Switch", "where": []}
        (found,) = self._north.transact(select | {"columns": ["_uuid", "external_ids"]})
        by_id = {
            value: row["_uuid"] for row in found["rows"] for _, value in row["external_ids"][1]
        }
        return [by_id[str(network)] for network in networks]

    def add_port(self, switch: object) -> None:
        """A port on the switch, and its address in the set."""
        number = next(self._numbers)
        address = f"10.1.{number // 250}.{number % 250}"
        ends = f"0a:ff:00:00:{number // 256:02x}:{number % 256:02x} {address}"
        port = {"name": f"raw-{number}", "addresses": ends, "port_security": ends}
        held = ["ports", "insert", ["set", [["named-uuid", "port"]]]]
        self._north.transact(
            {"op": "insert", "table": "Logical_Switch_Port", "row": port, "uuid-name": "port"},
            {
                "op": "mutate",
                "table": "Logical_Switch",
                "where": [["_uuid", "==", switch]],
                "mutations": [held],
            },
            {
                "op": "mutate",
                "table": "Address_Set",
                "where": _IS_SET,
                "mutations": [["addresses", "insert", address]],
            },
        )

    def move(self) -> None:
        """Another member for the set, until it is southbound."""
        address = f"10.9.0.{next(self._numbers) % 250}"
        update = {"op": "update", "table": "Address_Set", "where": _IS_SET}
        self._north.transact(update | {"row": {"addresses": address}})
        select = {"op": "select", "table": "Address_Set", "where": _IS_SET}

        def there() -> bool:
            rows = self._south.transact(select | {"columns": ["addresses"]})[0]["rows"]
            return bool(rows) and rows[0]["addresses"] == address

        central.wait_for(there, "the set is southbound")
