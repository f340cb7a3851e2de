"""What two price lists differ in."""

from decimal import Decimal

from hypothesis import given

from billing.rating.bands import cost
from billing.rating.difference import Part, Sense, price_edits
from billing.rating.prices import fingerprint
from tests.billing.prices import flat, graduated, per_unit, price_lists, prices


def test_a_unit_that_costs_more_is_dearer() -> None:
    before, after = prices(per_unit("port.hours", "0.01")), prices(per_unit("port.hours", "0.02"))
    (edit,) = price_edits(before, after)
    assert edit.parts == (Part(Decimal(0), None, Decimal("0.01"), Decimal("0.02")),)
    assert edit.sense is Sense.DEARER
    (back,) = price_edits(after, before)
    assert back.sense is Sense.CHEAPER


def test_only_the_parts_that_differ_are_told() -> None:
    one = graduated("traffic.out", (1000, "0.05"), (None, "0.03"), included=Decimal(100))
    two = graduated("traffic.out", (500, "0.05"), (None, "0.03"), included=Decimal(50))
    (edit,) = price_edits(prices(one), prices(two))
    assert [(int(part.above), part.up_to and int(part.up_to)) for part in edit.parts] == [
        (50, 100),
        (500, 1000),
    ]
    assert edit.sense is Sense.MIXED


def test_what_is_new_and_what_goes() -> None:
    gone, came = price_edits(prices(flat("25")), prices(per_unit("vip.hours", "1")))[::-1]
    assert (gone.after, gone.sense) == (None, Sense.CHEAPER)
    assert (came.before, came.sense) == (None, Sense.DEARER)


def test_the_same_written_otherwise_is_no_edit() -> None:
    whole = per_unit("port.hours", "0.01")
    cut = graduated("port.hours", (10, "0.01"), (None, "0.010"))
    assert price_edits(prices(whole), prices(cut)) == ()


@given(price_lists(1), price_lists(2))
def test_no_edit_means_the_same_cost(before, after) -> None:
    edited = {(edit.meter, edit.where) for edit in price_edits(before, after)}
    was = {component.key: component for component in before.components}
    for component in after.components:
        if component.key in was and component.key not in edited:
            for units in (0, 1, 10**6, 10**12):
                assert cost(component, units, 3600) == cost(was[component.key], units, 3600)
    assert price_edits(before, before) == ()
    if fingerprint(before) == fingerprint(after):
        assert not edited
