"""Changes of address sets alone: the cheap path, by which members come and go."""

from networking.backends.ovn.ovsdb import Ovsdb, RefusedError
from networking.backends.ovn.tables import TABLE
from networking.backends.ovn.values import encode
from networking.planning import Json, Plan

_SETS = "Address_Set"
_COLUMN = "addresses"
_SHAPE = TABLE[_SETS].columns[_COLUMN]
_PATIENCE = 200  # milliseconds


def quiet(plan: Plan) -> bool:
    """Whether only address sets change, so that no flow is compiled anew."""
    return all(step.kind == _SETS for step in plan.steps)


def confirm(southbound: Ovsdb, plan: Plan) -> bool:
    """Whether the southbound sets are as the plan has them, now or in a moment; ovn-controller
    reads these and edits the host's flows in place. Raises BackendError.

    The server waits for it (RFC 7047, 5.2.6), and looks when something is written: to find a set by
    its name it reads those of all tenants.
    """
    wanted: dict[str, list[str] | None] = {}
    for step in plan.steps:
        if step.kind == _SETS:
            sides = [side for side in (step.before, step.after) if side]
            wanted.update({side["name"]: None for side in sides})
            if step.after:
                wanted[step.after["name"]] = step.after[_COLUMN]
    try:
        southbound.transact([_wait(name, addresses) for name, addresses in wanted.items()])
    except RefusedError as error:
        if error.tag != "timed out":
            raise
        return False
    return True


def _wait(name: str, addresses: list[str] | None) -> Json:
    """An operation that succeeds once the set has these addresses; once it is gone for None."""
    rows = [] if addresses is None else [{_COLUMN: encode(_SHAPE, addresses)}]
    return {
        "op": "wait",
        "timeout": _PATIENCE,
        "table": _SETS,
        "where": [["name", "==", name]],
        "columns": [_COLUMN],
        "until": "==",
        "rows": rows,
    }
