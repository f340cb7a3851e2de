"""The command line itself."""

import os
import subprocess
import sys
from pathlib import Path

DEMARC = Path(__file__).resolve().parents[2] / "demarc"


def test_a_reader_that_has_enough_is_no_fault(tmp_path: Path):
    reader, writer = os.pipe()
    os.close(reader)
    env = {**os.environ, "DEMARC_STATE": str(tmp_path)}

    ended = subprocess.run(
        [sys.executable, DEMARC, "status"],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=env,
        text=True,
        check=False,
    )

    os.close(writer)
    assert ended.stderr == ""
    assert ended.returncode == 141
