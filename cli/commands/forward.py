"""`demarc manage`, `demarc billing` and `demarc lab`: programs of the checkout in the right
environment."""

import subprocess
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cli import records, venv
from cli.backing import named_or_embedded, portal_env, running
from cli.errors import CommandError
from cli.layout import Layout, default_layout
from cli.programs import base_env
from cli.progress import Progress


def manage(args: Namespace) -> int:
    """Run manage.py against the running portal's database, or start that one for as long."""
    layout = default_layout().make()
    progress = Progress()
    venv.ensure(layout, progress)
    with portal_environment(layout, progress) as env:
        return call(layout, [str(layout.python), "manage.py", *args.arguments], env)


def billing(args: Namespace) -> int:
    """Run manage.py billing, whose files go where the caller stands."""
    return manage(Namespace(arguments=["billing", *from_here(args.arguments, "--out")]))


def lab(args: Namespace) -> int:
    """Run the lab's own command for the lab of this state."""
    layout = default_layout()
    venv.ensure(layout, Progress())
    state = ["--state", str(layout.lab)] if args.arguments[:1] == ["serve"] else []
    arguments = ["--name", layout.lab_name, *args.arguments, *state]
    return call(layout, [str(layout.python), "-m", "lab", *arguments], {})


@contextmanager
def portal_environment(
    layout: Layout, progress: Progress, *, alone: bool = False
) -> Iterator[Mapping[str, str]]:
    """What an administrative command is told: of the running portal, or of its servers, which
    then run for as long as the block. With `alone` a portal that runs is refused. Raises
    CommandError."""
    lock = records.Lock(layout.state)
    if not lock.take():
        if alone:
            raise CommandError("Demarc is running. Stop it first: ./demarc down")
        run = records.read_run(layout.state)
        if "environment" not in run:
            raise CommandError("Demarc is just starting; try again once it is ready.")
        yield run["environment"]
        return
    try:
        backing = named_or_embedded(layout, progress)
        fabric = records.read_run(layout.state).get("fabric", {}).get("kind", "simulator")
        env = portal_env(layout, backing, fabric=fabric, url="http://127.0.0.1:8000", admin=True)
        with running(layout, backing, progress):
            yield env
    finally:
        lock.release()


def call(layout: Layout, argv: Sequence[str], env: Mapping[str, str]) -> int:
    """Run it on the caller's terminal, which also carries Ctrl-C to it."""
    process = subprocess.Popen(argv, env={**base_env(), **env}, cwd=layout.checkout)
    while True:
        try:
            status = process.wait()
        except KeyboardInterrupt:
            continue
        return status if status >= 0 else 128 - status


def from_here(arguments: Sequence[str], option: str) -> list[str]:
    """The arguments with the path after `option` as it is meant from where the caller stands;
    programs run in the checkout."""
    found = list(arguments)
    for place, argument in enumerate(found):
        name, equals, value = argument.partition("=")
        if name == option and equals:
            found[place] = f"{name}={Path(value).absolute()}"
        elif argument == option and place + 1 < len(found):
            found[place + 1] = str(Path(found[place + 1]).absolute())
    return found
