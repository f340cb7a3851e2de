"""From what is wanted and what is there to a plan. Pure; a plan is data and goes through JSON."""

from networking.planning.diff import diff
from networking.planning.plan import Action, Plan, Step
from networking.planning.resource import Json, Noun, Resource

__all__ = ["Action", "Json", "Noun", "Plan", "Resource", "Step", "diff"]
