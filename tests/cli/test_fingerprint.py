"""What lets a second start skip what the first has done."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cli import backing, fingerprint
from cli.fabric import Fabric
from cli.layout import CHECKOUT, Layout
from cli.programs import Program
from cli.progress import Progress
from cli.stack import Stack
from tests.cli.conftest import state_folder


def test_a_digest_follows_names_and_contents(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("a")
    two.write_text("b")
    first = fingerprint.of_files([one, two])
    assert fingerprint.of_files([two, one]) == first
    assert fingerprint.of_files([one, two], "more") != first
    two.write_text("c")
    assert fingerprint.of_files([one, two]) != first


def test_code_that_changed_anywhere_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").touch()
    migration = tmp_path / "networking" / "migrations" / "0001_first.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("one")
    before = fingerprint.of_code(tmp_path)
    (tmp_path / "README.md").write_text("no matter")
    assert fingerprint.of_code(tmp_path) == before
    migration.write_text("two")
    assert fingerprint.of_code(tmp_path) != before


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Layout, backing.Backing]]:
    with state_folder() as layout, backing.throw_away(layout, Progress()) as running:
        yield layout, running


def test_marks_live_and_die_with_the_database(servers: tuple[Layout, backing.Backing]) -> None:
    _, running = servers
    assert running.postgres is not None
    marks = fingerprint.DatabaseMarks(running.postgres)
    assert not marks.is_set("prepared=1")
    marks.replace("prepared", "prepared=1")
    marks.replace("seeded", "seeded=1")
    marks.replace("prepared", "prepared=2")
    assert marks.is_set("prepared=2")
    assert marks.is_set("seeded=1")
    assert not marks.is_set("prepared=1")
    with psycopg.connect(running.admin_url, dbname="postgres", autocommit=True) as admin:
        admin.execute("DROP DATABASE demarc")
        admin.execute("CREATE DATABASE demarc")
    assert not marks.is_set("prepared=2")


def test_a_step_is_skipped_only_for_the_code_it_was_done_with(
    servers: tuple[Layout, backing.Backing], tmp_path: Path
) -> None:
    layout, running = servers
    (tmp_path / "requirements.txt").touch()
    code = tmp_path / "tenants" / "models.py"
    code.parent.mkdir()
    code.write_text("one")
    here = Layout(tmp_path, layout.state)

    def prepare() -> Program:
        listed = Stack(here, running, Fabric("none", ""), 1).programs()
        return next(program for program in listed if program.name == "prepare")

    step = prepare()
    assert step.skip is not None
    assert step.done is not None
    assert not step.skip()
    step.done()
    assert prepare().skip()
    code.write_text("two")
    assert not prepare().skip()


def test_a_database_that_is_not_ours_is_prepared_each_time(layout: Layout) -> None:
    theirs = backing.Backing("postgres://p", "postgres://a", "redis://", "key", None, ())
    programs = Stack(Layout(CHECKOUT, layout.state), theirs, Fabric("none", ""), 1).programs()
    (prepare,) = [program for program in programs if program.name == "prepare"]
    assert prepare.skip is None
