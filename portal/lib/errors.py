"""What a service raises when it refuses."""


class Refusal(Exception):
    """An act that is refused, with the reason in words.

    ``code`` is a stable slug ("prefix-overlap"), also the last part of the API's problem type.
    ``message`` is a sentence for a person: what is wrong, where, and the way out. ``field`` names
    the input at fault, if one is. ``status`` is the HTTP status of the API's answer.
    """

    def __init__(
        self, code: str, message: str, *, field: str | None = None, status: int = 422
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.status = status
