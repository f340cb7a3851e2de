"""Arbitrary resources, for property tests."""

from hypothesis import strategies as st

from networking.planning import Noun, Plan, Resource

KINDS = ("Logical_Switch", "Logical_Switch_Port", "ACL", "neighbor")

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=3), scalars)
attributes = st.dictionaries(st.sampled_from(["name", "mtu", "ports"]), values)
nouns = st.builds(Noun, type=st.sampled_from(["network", "site"]), id=st.text(max_size=8))
# Few keys, so that both sides often hold the same resource.
idents = st.tuples(st.sampled_from(KINDS), st.sampled_from(["a", "b", "c"]))
holdings = st.dictionaries(idents, st.tuples(attributes, nouns), max_size=8).map(
    lambda held: [Resource(*ident, attrs, noun) for ident, (attrs, noun) in held.items()]
)
orders = st.lists(st.sampled_from(KINDS), unique=True)
generations = st.integers(0, 2**31)


def applied(plan: Plan, have: list[Resource]) -> dict[tuple[str, str], Resource]:
    """What a device holds after the plan, if it does as it is told."""
    held = {resource.ident: resource for resource in have}
    for step in plan.steps:
        ident = (step.kind, step.key)
        current = held.pop(ident, None)
        assert (current is None) == (step.before is None), f"{ident} is not as the plan has it"
        assert current is None or current.attrs == step.before
        if step.after is not None:
            held[ident] = step.resource()
    return held
