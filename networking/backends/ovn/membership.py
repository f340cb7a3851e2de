"""Changes of address sets alone: the cheap path, by which members come and go."""

from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.tables import TABLE, Shape
from networking.backends.ovn.values import decode
from networking.planning import Plan

_SETS = "Address_Set"


def quiet(plan: Plan) -> bool:
    """Whether only address sets change, so that no flow is compiled anew."""
    return all(step.kind == _SETS for step in plan.steps)


def confirm(southbound: Ovsdb, plan: Plan) -> bool:
    """Whether the southbound sets are as the plan has them; ovn-controller reads these and edits
    the host's flows in place. Raises BackendError."""
    wanted: dict[str, list[str] | None] = {}
    for step in plan.steps:
        if step.kind == _SETS:
            sides = [side for side in (step.before, step.after) if side]
            wanted.update({side["name"]: None for side in sides})
            if step.after:
                wanted[step.after["name"]] = sorted(step.after["addresses"])
    results = southbound.transact(
        [
            {
                "op": "select",
                "table": _SETS,
                "where": [["name", "==", name]],
                "columns": ["addresses"],
            }
            for name in wanted
        ]
    )
    shape = TABLE[_SETS].columns["addresses"]
    assert shape is Shape.SET
    return all(
        [decode(shape, row["addresses"]) for row in result["rows"]]
        == ([] if addresses is None else [addresses])
        for addresses, result in zip(wanted.values(), results, strict=True)
    )
