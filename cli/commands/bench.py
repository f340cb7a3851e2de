"""`demarc bench`: benchmarks, on servers that live as long as they run."""

from argparse import Namespace

from cli import backing, venv
from cli.commands.forward import call, from_here
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
        arguments = from_here(args.arguments, "--json")
        return call(layout, [str(layout.python), "-m", "bench", *arguments], env)
