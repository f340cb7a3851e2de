"""What the documentation names is there: files, folders, modules, functions, pages, headings."""

import importlib
import os
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
# Made by a run, or brought in from elsewhere.
NOT_OURS = {"artefacts", "static-collected", "node_modules", "__pycache__"}
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"[A-Za-z_][\w{},-]*(/[\w{}.,-]+)*/?|[\w{},/-]+\.\w+")
ENDINGS = ("py", "md", "html", "css", "js", "json", "sh", "service", "timer", "example", "toml")
NAME = re.compile(r"((?:portal|tenants|networking|billing|cli|lab|bench)(?:\.\w+)+)(?:\(.*)?")
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@cache
def _files() -> frozenset[str]:
    """Every file and folder of the checkout, the folders with a stroke at the end."""
    found = set()
    for folder, folders, files in os.walk(CHECKOUT):
        folders[:] = [name for name in folders if name not in NOT_OURS and name[0] != "."]
        here = Path(folder).relative_to(CHECKOUT)
        found |= {str(here / name) for name in files} | {f"{here / name}/" for name in folders}
    return frozenset(found)


def _named(page: Path) -> Iterator[str]:
    """The words in backticks, outside of blocks of code."""
    yield from CODE.findall(FENCED.sub("", page.read_text()))


def _paths(page: Path) -> Iterator[str]:
    """Those that name files or folders, `a_{b,c}.py` as two."""
    top = {path.partition("/")[0] for path in _files() if "/" in path}
    for word in _named(page):
        ours = word.endswith(("/", *(f".{ending}" for ending in ENDINGS)))
        if PATH.fullmatch(word) and (ours or ("/" in word and word.partition("/")[0] in top)):
            parts = [part.split(",") for part in re.split(r"[{}]", word)]
            yield from map("".join, product(*parts))


def _is_there(path: str) -> bool:
    """From the checkout's root on, or a file's last folders, as a page about them says it."""
    files = _files()
    whole = (path, f"{path.rstrip('/')}/")
    return any(one in files for one in whole) or any(
        one.endswith(tuple(f"/{end}" for end in whole)) for one in files
    )


def _resolves(name: str) -> bool:
    """Whether it is a module, or something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def _anchors(page: Path) -> set[str]:
    """What a link can name of a page: its headings in lower case, with hyphens between."""
    headings = HEADING.findall(FENCED.sub("", page.read_text()))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    named = [match[1] for word in _named(page) if (match := NAME.fullmatch(word))]
    names = [name for name in named if name.rpartition(".")[2] not in ENDINGS]
    assert [path for path in _paths(page) if not _is_there(path)] == []
    assert [name for name in names if not _resolves(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text()):
        there = page.parent / target if target else page
        assert there.exists(), f"{target} is not there"
        assert not anchor or anchor in _anchors(there), f"{there.name} has no heading {anchor}"


def test_the_readme_lists_every_page() -> None:
    linked = {target for target, _ in LINK.findall(PAGES[0].read_text())}
    assert linked >= {f"docs/{page.name}" for page in PAGES[1:]}


def test_every_picture_is_shown() -> None:
    shown = {target for page in PAGES for target, _ in LINK.findall(page.read_text())}
    pictures = {picture.name for picture in (CHECKOUT / "docs/images").iterdir()}
    assert pictures == {Path(target).name for target in shown if "images/" in target}


def test_it_sees_what_is_missing(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("`networking/gone.py`, `docs/{rules,gone}.md`, `10.1.0.0/24`, `engine/gone/`\n")
    missing = [path for path in _paths(page) if not _is_there(path)]
    assert missing == ["networking/gone.py", "docs/gone.md", "engine/gone/"]
    assert _resolves("networking.services.vips.create")
    assert not _resolves("networking.services.vips.gone")
