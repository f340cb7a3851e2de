"""The steps from what is there to what is wanted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from networking.planning.resource import Json, Noun, Resource


class Action(StrEnum):
    """What a step does to its resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Step:
    """One resource that appears, changes or goes. `before` is None for a create, `after` for a
    delete; otherwise each is the resource's whole `attrs`."""

    action: Action
    kind: str
    key: str
    noun: Noun
    before: Mapping[str, Json] | None
    after: Mapping[str, Json] | None

    def resource(self) -> Resource:
        """What the device holds once the step was taken.

        Raises ValueError for a delete.
        """
        if self.after is None:
            raise ValueError(f"{self.kind} {self.key} is deleted by this step")
        return Resource(self.kind, self.key, self.after, self.noun)


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered steps for one scope: creates and updates in the order of their kinds, then deletes
    in the reverse order, so that nothing refers to what is not there."""

    generation: int
    steps: tuple[Step, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.steps)

    def to_json(self) -> Json:
        """A value for `json.dumps`; `from_json` gives the same plan back."""
        return {"generation": self.generation, "steps": [asdict(step) for step in self.steps]}

    @classmethod
    def from_json(cls, data: Json) -> "Plan":
        """The plan that `to_json` was called on. Raises KeyError or ValueError for other data."""
        steps = (
            Step(
                action=Action(step["action"]),
                kind=step["kind"],
                key=step["key"],
                noun=Noun(**step["noun"]),
                before=step["before"],
                after=step["after"],
            )
            for step in data["steps"]
        )
        return cls(generation=data["generation"], steps=tuple(steps))
