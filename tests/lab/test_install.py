"""Installing forbids services to start and puts back whatever policy there was."""

import os
import socket
from pathlib import Path

import pytest

from lab import LabError, install


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(install, "POLICY", path)
    monkeypatch.setattr(install, "_SAVED", path.with_name("policy-rc.d.before-demarc"))
    return path


def test_without_a_policy_there_is_none_afterwards(policy):
    with install.no_services():
        assert os.access(policy, os.X_OK)
        assert "exit 101" in policy.read_text()
    assert list(policy.parent.iterdir()) == []


def test_a_policy_comes_back_with_its_mode(policy):
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.chmod(0o744)
    with install.no_services():
        assert "exit 101" in policy.read_text()
    assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.stat().st_mode & 0o777 == 0o744
    assert list(policy.parent.iterdir()) == [policy]


def test_a_policy_that_is_a_link_stays_one(policy):
    target = policy.with_name("elsewhere")
    target.write_text("#!/bin/sh\nexit 0\n")
    policy.symlink_to(target)
    with install.no_services():
        assert not policy.is_symlink()
    assert policy.is_symlink()
    assert target.read_text() == "#!/bin/sh\nexit 0\n"


def test_what_an_error_interrupts_is_put_back_too(policy):
    policy.write_text("before")
    with pytest.raises(LabError), install.no_services():
        raise LabError("apt broke")
    assert policy.read_text() == "before"


def test_what_a_killed_run_left_is_put_right_by_the_next(policy):
    policy.write_text("before")
    context = install.no_services()
    context.__enter__()  # and the process is killed here
    with install.no_services():
        assert "exit 101" in policy.read_text()
    assert policy.read_text() == "before"
    del context


def test_missing_names_what_dpkg_does_not_know(monkeypatch):
    monkeypatch.setattr(install, "PACKAGES", ("dpkg", "no-such-package-of-debian"))
    assert install.missing() == ["no-such-package-of-debian"]


def test_installing_without_root_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root"):
        install.install(["frr"])
    able, reason = install.can_run()
    assert not able
    assert "needs root" in reason


def test_a_system_wide_switch_is_seen(tmp_path, monkeypatch):
    path = tmp_path / "db.sock"
    monkeypatch.setattr(install, "_SYSTEM_WIDE", {path: "Open vSwitch"})
    assert install.system_wide() == ""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        assert install.system_wide() == "", "a socket that a dead daemon left"
        door.listen()
        assert install.system_wide() == "Open vSwitch"
