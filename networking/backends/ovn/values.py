"""Column values between canonical JSON and OVSDB's notation (RFC 7047, section 5.1)."""

from collections.abc import Iterable, Mapping

from networking.backends.ovn.tables import EXTERNAL_IDS, STAMP, Shape, Table
from networking.planning import Json


def reference(uuid: str) -> Json:
    """The notation of a row's UUID."""
    return ["uuid", uuid]


def references(uuids: Iterable[str]) -> Json:
    """The notation of a set of UUIDs."""
    return ["set", [reference(uuid) for uuid in sorted(uuids)]]


def mapping(items: Mapping[str, str]) -> Json:
    """The notation of a map of strings."""
    return ["map", [[key, items[key]] for key in sorted(items)]]


def members(value: Json) -> list[Json]:
    """The members of a set; one of a single member is written as that (RFC 7047, 5.1)."""
    if isinstance(value, list) and value[0] == "set":
        return list(value[1])
    return [value]


def uuids(value: Json) -> list[str]:
    """The UUIDs in a set of references, sorted."""
    return sorted(uuid for _, uuid in members(value))


def encode(shape: Shape, value: Json) -> Json:
    """The notation of canonical `value`."""
    match shape:
        case Shape.ATOM:
            return value
        case Shape.OPTIONAL:
            return ["set", []] if value is None else value
        case Shape.SET:
            return ["set", list(value)]
        case Shape.MAP:
            return mapping(value)
        case Shape.REFERENCE:
            return ["set", []] if value is None else reference(value)


def decode(shape: Shape, value: Json) -> Json:
    """The canonical value that `value` is the notation of."""
    match shape:
        case Shape.ATOM:
            return value
        case Shape.OPTIONAL:
            return next(iter(members(value)), None)
        case Shape.SET:
            return sorted(members(value))
        case Shape.MAP:
            return dict(value[1])
        case Shape.REFERENCE:
            return next(iter(uuids(value)), None)


def encode_row(table: Table, attrs: Mapping[str, Json]) -> dict[str, Json]:
    """Those of our columns that `attrs` has, stamps left aside, as an operation's `row`."""
    return {
        name: encode(shape, attrs[name]) for name, shape in table.columns.items() if name in attrs
    }


def decode_row(table: Table, row: Mapping[str, Json]) -> dict[str, Json]:
    """Our columns and stamps of a selected row."""
    attrs = {name: decode(shape, row[name]) for name, shape in table.columns.items()}
    attrs[EXTERNAL_IDS] = stamps(row[EXTERNAL_IDS])
    return attrs


def stamps(value: Json) -> dict[str, str]:
    """Our keys in an external_ids column."""
    return {key: text for key, text in value[1] if key.startswith(STAMP)}
