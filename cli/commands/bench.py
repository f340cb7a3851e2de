"""`demarc bench`: benchmarks, on servers that live as long as they run."""

from argparse import Namespace
from pathlib import Path

from cli import backing, venv
from cli.commands.forward import call
from cli.commands.test import throw_away_state
from cli.layout import default_layout
from cli.progress import Progress


def bench(args: Namespace) -> int:
    """Run `python -m bench`, whose arguments these are; its exit status."""
    layout = default_layout()
    progress = Progress()
    venv.ensure(layout, progress)
    with (
        throw_away_state(layout) as own,
        backing.throw_away(own, progress) as servers,
    ):
        env = backing.portal_env(
            own, servers, fabric="none", url="http://127.0.0.1:8000", admin=True
        )
        arguments = _from_here(args.arguments)
        return call(layout, [str(layout.python), "-m", "bench", *arguments], env)


def _from_here(arguments: list[str]) -> list[str]:
    """Where the results go is meant from where the caller stands."""
    found = list(arguments)
    for place, argument in enumerate(found[:-1]):
        if argument == "--json":
            found[place + 1] = str(Path(found[place + 1]).absolute())
    return found
