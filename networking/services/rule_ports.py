"""Ranges of ports as people write them: `80,443,8000-8100`."""

from networking.intent import PortRange, merged
from portal.lib.errors import Refusal

RANGES_MOST = 64
PORT_LAST = 65535


def read_ports(text: str) -> tuple[PortRange, ...]:
    """The ranges in order, merged; none for an empty text. Raises Refusal."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if len(parts) > RANGES_MOST:
        raise _invalid(f"A rule has at most {RANGES_MOST} ranges of ports.")
    return merged(tuple(_range(part) for part in parts))


def _range(text: str) -> PortRange:
    first, dash, last = (part.strip() for part in text.partition("-"))
    low, high = _port(first, text), _port(last, text) if dash else _port(first, text)
    if low > high:
        raise _invalid(f"{text} runs backwards. Write {high}-{low}.")
    return PortRange(low, high)


def _port(digits: str, whole: str) -> int:
    if not (digits.isascii() and digits.isdigit()) or not 1 <= int(digits[:6]) <= PORT_LAST:
        raise _invalid(
            f"{whole!r} is no port and no range of ports. Write 443 or 8000-8100, "
            f"from 1 to {PORT_LAST}, with commas between."
        )
    return int(digits)


def _invalid(text: str) -> Refusal:
    return Refusal("ports-invalid", text, field="ports")
