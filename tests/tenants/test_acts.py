"""Every act that the code records has words."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from networking.models import Attachment, Change, Rule
from networking.models.base import NounRow
from tenants.acts import WORDS, codes_called, words_of

CHECKOUT = Path(__file__).resolve().parents[2]
APPS = ("tenants", "networking", "billing", "portal")
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
# Where a code is put together, and of what.
COMPOSED = {
    "networking/services/accept.py": [
        *product((model.audit_type for model in NounRow.__subclasses__()), Change.Verb.values),
        (Attachment.audit_type, Change.Verb.CREATE),
        (Attachment.audit_type, Change.Verb.DELETE),
        (Rule.list_type, Change.Verb.UPDATE),
    ],
    "networking/services/infrastructure.py": list(
        product(("region", "fabric", "router", "host", "attachment"), ("create", "update"))
    ),
}


def recorders() -> Iterator[tuple[str, ast.Module]]:
    """The modules that write to the trail."""
    for app in APPS:
        for path in sorted((CHECKOUT / app).rglob("*.py")):
            text = path.read_text()
            if re.search(r"\baudit\.record\(|from tenants\.audit import record", text):
                yield str(path.relative_to(CHECKOUT)), ast.parse(text)


def written(module: ast.Module) -> Iterator[str]:
    """The texts in a module that are codes."""
    for node in ast.walk(module):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and CODE.fullmatch(value):
            yield value


def composed(module: ast.Module) -> bool:
    """Whether some text in it is two fields with a dot between."""
    return any(
        isinstance(node, ast.JoinedStr)
        and [isinstance(part, ast.Constant) and part.value for part in node.values]
        == [False, ".", False]
        for node in ast.walk(module)
    )


def test_every_code_that_is_recorded_has_words_and_no_other():
    codes = {code for _, module in recorders() for code in written(module)}
    codes |= {f"{noun}.{verb}" for pairs in COMPOSED.values() for noun, verb in pairs}
    assert codes == set(WORDS)


def test_where_codes_are_put_together_is_known():
    assert {path for path, module in recorders() if composed(module)} == set(COMPOSED)


def test_acts_on_other_than_a_row_are_known():
    paths = (CHECKOUT / "networking").rglob("*.py")
    acts = {path.stem for path in paths if re.search(r"(?<!\w)Act\(", path.read_text())}
    assert acts == {"rule_import"}


def test_nouns_that_are_registered_are_known():
    module = dict(recorders())["networking/services/infrastructure.py"]
    nouns = {
        node.args[1].value
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_register"
        and isinstance(node.args[1], ast.Constant)
    }
    assert nouns == {noun for noun, _ in COMPOSED["networking/services/infrastructure.py"]}


def test_no_two_acts_read_alike():
    assert len(set(WORDS.values())) == len(WORDS)


def test_an_act_is_found_by_its_words():
    assert codes_called("signed OUT") == ["person.sign_out"]
    assert words_of("thing.gone") == ""
