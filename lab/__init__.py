"""A small provider network in Linux network namespaces: see docs/lab.md."""

from lab.errors import LabError
from lab.provider import Lab

__all__ = ["Lab", "LabError"]
