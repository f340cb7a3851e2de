"""The prices of a draft as a grid of inputs, which rows are added to without scripts.

Inputs are called as the services call their fields ("components.0.tiers.1.unit_price"), so that a
refusal is shown where it belongs. Buttons called `do` add and remove rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from billing.rating.meters import METERS
from billing.rating.prices import Component, Model
from billing.services.plans import ComponentInput, TierInput
from billing.services.price_fields import MOST_COMPONENTS, MOST_TIERS
from portal.lib.errors import Refusal

METER_CHOICES = tuple(
    (meter.value, f"{kind.title} ({kind.unit})") for meter, kind in METERS.items()
)
MODEL_CHOICES = (
    (Model.PER_UNIT.value, "Each at one price"),
    (Model.GRADUATED.value, "In tiers"),
    (Model.FLAT.value, "A month"),
)


@dataclass(frozen=True, slots=True)
class Tier:
    """A line of a price: up to which quantity, at what price, as written."""

    up_to: str = ""
    unit_price: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A price as written; `where` is like "family=dual, region=fra"."""

    meter: str = ""
    model: str = Model.PER_UNIT.value
    included: str = ""
    where: str = ""
    tiers: tuple[Tier, ...] = field(default_factory=lambda: (Tier(),))


Grid = tuple[Row, ...]


def of_components(components: Sequence[Component]) -> Grid:
    """What is stored, as it is written."""
    return tuple(
        Row(
            component.meter.value,
            component.model.value,
            _plain(component.included) if component.included else "",
            ", ".join(f"{name}={value}" for name, value in component.where),
            tuple(
                Tier("" if tier.up_to is None else _plain(tier.up_to), _plain(tier.unit_price))
                for tier in component.tiers
            ),
        )
        for component in components
    )


def of_post(sent: Mapping[str, str]) -> Grid:
    """What was written, up to a row and a tier more than there may be."""
    return tuple(
        Row(
            sent.get(f"{at}.meter", ""),
            sent.get(f"{at}.model", ""),
            sent.get(f"{at}.included", ""),
            sent.get(f"{at}.where", ""),
            tuple(_tiers(sent, at)),
        )
        for at in (f"components.{place}" for place in range(MOST_COMPONENTS + 1))
        if f"{at}.meter" in sent
    )


def _tiers(sent: Mapping[str, str], at: str) -> Iterator[Tier]:
    for place in range(MOST_TIERS + 1):
        name = f"{at}.tiers.{place}"
        if f"{name}.unit_price" in sent:
            yield Tier(sent.get(f"{name}.up_to", ""), sent[f"{name}.unit_price"])


def done(grid: Grid, act: str) -> Grid:
    """The grid after a button: "add", "remove:2", "add-tier:2" or "remove-tier:2:0". One that was
    not there leaves it as it is."""
    verb, *places = act.split(":")
    numbers = [int(place) for place in places if place.isdecimal() and len(place) < 4]
    if verb == "add" and len(grid) < MOST_COMPONENTS:
        return (*grid, Row())
    if not numbers or numbers[0] >= len(grid):
        return grid
    row, *tier = numbers
    if verb == "remove":
        return grid[:row] + grid[row + 1 :]
    tiers = grid[row].tiers
    if verb == "add-tier" and len(tiers) < MOST_TIERS:
        tiers = (*tiers, Tier())
    elif verb == "remove-tier" and tier and len(tiers) > 1:
        tiers = tiers[: tier[0]] + tiers[tier[0] + 1 :]
    model = Model.GRADUATED.value if len(tiers) > 1 else grid[row].model
    return (*grid[:row], replace(grid[row], tiers=tiers, model=model), *grid[row + 1 :])


def inputs(grid: Grid) -> tuple[ComponentInput, ...]:
    """What the services take. Raises Refusal for attributes that are no pairs."""
    return tuple(
        ComponentInput(
            meter=row.meter,
            model=row.model,
            tiers=tuple(TierInput(tier.unit_price, tier.up_to or None) for tier in row.tiers),
            included=row.included or 0,
            where=_where(row.where, f"components.{place}.where"),
        )
        for place, row in enumerate(grid)
    )


def _where(text: str, at: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or not name or not value or name in found:
            raise Refusal(
                "where-invalid",
                f"{pair[:40]!r} is no attribute and its value. Write pairs such as family=dual, "
                "with commas between, each attribute once.",
                field=at,
            )
        found[name] = value
    return found


def _plain(number: object) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
