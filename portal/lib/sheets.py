"""Text that no spreadsheet takes for a formula, and back."""

# What a spreadsheet takes for the beginning of a formula, also after a tab or a line's end, and
# in full width.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
QUOTE = "'"


def quoted(text: str) -> str:
    """With a quote mark before what would be taken for a formula. What has such a mark already
    gets another, so that none is lost on the way back."""
    return QUOTE + text if text.lstrip(QUOTE).startswith(FORMULA_STARTS) else text


def unquoted(text: str) -> str:
    """What `quoted` was given; anything else as it is."""
    rest = text.removeprefix(QUOTE)
    return rest if rest.lstrip(QUOTE).startswith(FORMULA_STARTS) else text
