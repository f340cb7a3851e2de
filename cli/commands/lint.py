"""`demarc lint`: style, types, import contracts, templates, file sizes."""

import subprocess
import time
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from cli import sizes, venv
from cli.layout import Layout, default_layout
from cli.programs import base_env
from cli.progress import Progress

# mypy reads the settings, which must name some database and queue; it connects to neither.
NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DEMARC_SECRET_KEY": "lint",
    "DEMARC_FABRIC": "none",
    "DEMARC_STATE": "/nonexistent",
}


def lint(args: Namespace) -> int:
    """Run every check; exit status 1 when one finds something."""
    del args
    layout = default_layout()
    progress = Progress()
    venv.ensure(layout, progress, venv.RUN_AND_TEST)
    return 0 if all_pass(layout, progress) else 1


def all_pass(layout: Layout, progress: Progress) -> bool:
    """Run the checks side by side and print what they find."""
    failed = []
    env = {**base_env(), **NOWHERE, "PATH": f"{layout.bin}:{base_env().get('PATH', '')}"}
    began = {name: time.monotonic() for name in checks(layout)}
    running = {name: _start(layout, argv, env) for name, argv in checks(layout).items()}
    if long := sizes.too_long(layout.checkout, sizes.python_files(layout.checkout)):
        failed.append("file sizes")
        progress.say("\n".join(long))
    while running:
        for name, process in list(running.items()):
            try:
                output, _ = process.communicate(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            del running[name]
            if process.returncode != 0:
                failed.append(name)
                progress.say(output.rstrip())
            progress.done(f"lint: {name}", time.monotonic() - began[name])
        progress.tick({f"lint: {name}": time.monotonic() - began[name] for name in running})
    progress.say(f"lint failed: {', '.join(failed)}" if failed else "lint passed")
    return not failed


def checks(layout: Layout) -> dict[str, list[str]]:
    """Each check's name and its command, found in the virtual environment."""
    listed = {
        "ruff": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": [layout.python.name, "-m", "mypy", *_typed(layout.checkout)],
        "imports": ["lint-imports", "--no-cache"],
        "templates": ["djlint", "templates", "--lint", "--quiet"],
    }
    return {name: [str(layout.bin / argv[0]), *argv[1:]] for name, argv in listed.items()}


def _typed(checkout: Path) -> list[str]:
    names = ("cli", "lab", "portal", "tenants", "networking", "billing", "bench", "manage.py")
    return [name for name in names if (checkout / name).exists()]


def _start(layout: Layout, argv: list[str], env: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        argv,
        cwd=layout.checkout,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
