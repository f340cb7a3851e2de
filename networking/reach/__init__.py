"""Can A reach B, by which way, and what decides? Pure: computed from intents, no device is asked.

The answer is that of the intent as given, live or of a preview: machines are taken to run, sites
to announce what they may, and VIP members to be healthy.
"""

from networking.reach.area import View
from networking.reach.effects import Effects, effects
from networking.reach.evaluator import Evaluator, reach
from networking.reach.gather import Effect, End
from networking.reach.probe import (
    Address,
    AtSite,
    Decider,
    Decision,
    Endpoint,
    Hop,
    HopKind,
    Machine,
    Probe,
    ToVip,
    Verdict,
)
from networking.reach.rewind import rewind
from networking.reach.rules import RuleIndex

__all__ = [
    "Address",
    "AtSite",
    "Decider",
    "Decision",
    "Effect",
    "Effects",
    "End",
    "Endpoint",
    "Evaluator",
    "Hop",
    "HopKind",
    "Machine",
    "Probe",
    "RuleIndex",
    "ToVip",
    "Verdict",
    "View",
    "effects",
    "reach",
    "rewind",
]
