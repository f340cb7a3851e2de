"""How a command says that it cannot go on."""


class CommandError(Exception):
    """A sentence for the person at the terminal: what is wrong and the way out.

    `status` is the exit status of the command.
    """

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
