"""A run of pytest for one stage of `demarc test`: before one's eyes, or quietly beside others."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from cli.identity import kill_group
from cli.layout import Layout
from cli.programs import base_env
from cli.stages import Stage, argv

TAKE_DOWN_WITHIN_S = 60.0


class Run:
    """One run of a stage's tests."""

    def __init__(
        self, layout: Layout, stage: Stage, env: Mapping[str, str], arguments: Sequence[str]
    ) -> None:
        self.stage = stage
        self.arguments = arguments
        self.report = layout.state / f"{stage.name}.xml"
        self._layout = layout
        self._env = env
        self._output = layout.state / f"{stage.name}.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def started(self, *, quietly: bool = False) -> Iterator[None]:
        """Start it; quietly means with what others leave of the processors, and `said` tells what
        it printed. On Ctrl-C it first takes down what its tests have set up."""
        command = argv(self._layout.python, self.stage, self.report, self.arguments)
        with self._output.open("wb") as kept:
            process = self._process = subprocess.Popen(
                ["nice", "-n", "10", *command] if quietly else command,
                cwd=self._layout.checkout,
                env={**base_env(), **self._env},
                stdin=subprocess.DEVNULL,
                stdout=kept if quietly else None,
                stderr=subprocess.STDOUT if quietly else None,
                # Out of reach of the terminal's Ctrl-C, which would come twice and cut that short.
                process_group=0,
            )
        try:
            yield
        except KeyboardInterrupt:
            # Workers of pytest-xdist, too: told to end by the first process, they get ten seconds
            # for the test that they are at and all that is set up.
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=TAKE_DOWN_WITHIN_S)
            raise
        finally:
            kill_group(process.pid)

    def wait(self) -> int:
        """pytest's exit status, once it has ended."""
        assert self._process is not None, "not started"
        return self._process.wait()

    def said(self) -> str:
        """What it printed, if it was started quietly."""
        return self._output.read_text(errors="replace")
