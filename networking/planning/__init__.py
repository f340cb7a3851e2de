"""From what is wanted and what is there to a plan. Pure; a plan is data and goes through JSON."""

from networking.planning.diff import diff
from networking.planning.outline import foresee, outline
from networking.planning.plan import Action, Plan, Step
from networking.planning.resource import Ident, Json, Noun, Resource
from networking.planning.wording import Line, describe

__all__ = [
    "Action",
    "Ident",
    "Json",
    "Line",
    "Noun",
    "Plan",
    "Resource",
    "Step",
    "describe",
    "diff",
    "foresee",
    "outline",
]
