"""Which fabric is chosen."""

import pytest

from cli.errors import CommandError
from cli.fabric import choose


@pytest.mark.parametrize(
    ("wanted", "refusal", "kind", "reason"),
    [
        (None, None, "lab", "namespaces"),
        ("lab", None, "lab", "namespaces"),
        (None, "needs root", "simulator", "needs root"),
        ("simulator", None, "simulator", "asked for"),
        ("none", None, "none", "asked for"),
    ],
)
def test_the_lab_where_it_can_stand(
    wanted: str | None, refusal: str | None, kind: str, reason: str
) -> None:
    fabric = choose(wanted, refusal)
    assert fabric.kind == kind
    assert reason in fabric.reason


def test_a_lab_that_was_asked_for_is_not_replaced_silently() -> None:
    with pytest.raises(CommandError, match="The lab cannot run: this machine refuses namespaces"):
        choose("lab", "this machine refuses namespaces")
