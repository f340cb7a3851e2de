"""The one exception of the lab."""


class LabError(Exception):
    """Something that the lab cannot do, told in a sentence that a person can act on."""
