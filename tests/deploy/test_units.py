"""The systemd units: they parse, name programs that exist, and give nobody more than needed."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

DEPLOY = Path(settings.BASE_DIR) / "deploy"
UNITS = sorted(
    path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer", ".target")
)
SERVICES = [path for path in UNITS if path.suffix == ".service"]
ADMINISTRATIVE = {"demarc-prepare.service", "demarc-backup.service"}
SERVING = {f"demarc-{name}.service" for name in ("web", "worker", "beat", "verifier")}
INSTALLED = "/opt/demarc/current"


def entries(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text().splitlines()
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return [(name, value) for name, _, value in pairs]


def test_there_is_one_for_each_process() -> None:
    assert {path.name for path in SERVICES} == SERVING | ADMINISTRATIVE


def test_systemd_takes_them(tmp_path: Path) -> None:
    """Where systemd is; elsewhere the tests below are all that is asked."""
    for path in UNITS:
        text = path.read_text().replace(INSTALLED, str(settings.BASE_DIR))
        (tmp_path / path.name).write_text(text)
    if analyze := shutil.which("systemd-analyze"):
        names = [str(tmp_path / path.name) for path in UNITS]
        done = subprocess.run(
            [analyze, "verify", "--man=no", *names], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_what_it_starts_is_there(path: Path) -> None:
    (start,) = [value for name, value in entries(path) if name == "ExecStart"]
    program, *arguments = start.split()
    assert program.startswith(f"{INSTALLED}/")
    assert (Path(settings.BASE_DIR) / program.removeprefix(f"{INSTALLED}/")).exists()
    if arguments[:1] == ["manage.py"]:
        known = Path(settings.BASE_DIR).glob(f"*/management/commands/{arguments[1]}.py")
        assert list(known)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_it_is_no_root_and_only_steps_know_the_administrator(path: Path) -> None:
    found = dict(entries(path))
    files = [value for name, value in entries(path) if name == "EnvironmentFile"]
    assert found["User"] == "demarc"
    assert found["NoNewPrivileges"] == "yes"
    assert found["CapabilityBoundingSet"] == ""
    assert ("/etc/demarc/admin.env" in files) is (path.name in ADMINISTRATIVE)


def test_no_example_names_an_administrator_to_serving_processes() -> None:
    text = (DEPLOY / "demarc.env.example").read_text()
    assert "DATABASE_ADMIN_URL" not in text
    assert "DEMARC_DATABASE_ADMIN" not in text
