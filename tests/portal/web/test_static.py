"""Files that pages load: they are what they were, and all that templates name is there."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from portal.templatetags.demarc import SPRITE

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


@pytest.mark.parametrize("sums", sorted(VENDOR.glob("*/SHA256SUMS")), ids=lambda p: p.parent.name)
def test_vendored_files_are_unmodified_and_licensed(sums: Path) -> None:
    listed = dict(reversed(line.split("  ")) for line in sums.read_text().splitlines())

    assert "LICENSE" in listed
    assert listed.keys() == {path.name for path in sums.parent.iterdir()} - {sums.name}
    for name, digest in listed.items():
        assert hashlib.sha256((sums.parent / name).read_bytes()).hexdigest() == digest


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR.parent / SPRITE).read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        icon
        for template in TEMPLATES
        for icon in re.findall(
            r'{%\s*icon "([^"]+)"|\bicon="([^"]+)"|nav_item(?: "[^"]*"){3} "([^"]+)"',
            template.read_text(),
        )
        for icon in icon
        if icon
    }

    assert named
    assert named <= there


def test_every_file_that_a_template_links_is_served() -> None:
    for template in TEMPLATES:
        for name in re.findall(r"{% static ['\"]([^'\"]+)['\"] %}", template.read_text()):
            assert finders.find(name), f"{template.name} links {name}"


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    own = Path(settings.BASE_DIR) / "static" / "demarc" / "css"
    for sheet in own.glob("*.css"):
        for url in re.findall(r"url\(([^)]+)\)", sheet.read_text()):
            assert (sheet.parent / url.strip("\"'")).resolve().exists(), f"{sheet.name}: {url}"
