"""The whole list from CSV: all of it, or nothing.

The file is the list afterwards. Rules are known by their names: one that is there already keeps
its identity and its place if it can, one that the file lacks is deleted.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils import timezone

from networking.models import Change, Rule, RuleTerm
from networking.selectors.rule_csv import BETWEEN_TERMS, COLUMNS, NO, YES, csv_of
from networking.services.accept import writing
from networking.services.act import Act
from networking.services.constraints import guarded
from networking.services.guards import taken_name, writer_of
from networking.services.rule_fields import RuleInput, Sides, fill, sides_of, snapshot, terms_of
from networking.services.rule_ranks import check_room, spread, write_ranks
from networking.services.rule_shadows import shadowed
from networking.services.rule_terms import Vocabulary
from networking.services.rule_warnings import WITH_TERMS
from networking.services.rules import watch_rules
from portal.lib.errors import Refusal
from portal.lib.ids import uuid7
from portal.lib.sheets import unquoted
from portal.lib.words import count
from tenants.access import Actor

SUBJECT = Rule.list_type
BATCH = 500
TOLD = 20  # bad rows
WRITTEN = (
    *("name", "description", "protocol", "ports", "action", "enabled", "log"),
    *("rank", "version"),
)


@dataclass
class _Bad:
    """What is wrong with rows of the file, by line."""

    rows: dict[int, str] = field(default_factory=dict)

    @contextmanager
    def row(self, line: int) -> Iterator[None]:
        """Take note of a Refusal of this row; its field is the column."""
        try:
            yield
        except Refusal as refusal:
            column = f", column {refusal.field}" if refusal.field else ""
            self.rows[line] = f"Row {line}{column}: {refusal.message}"

    def refuse(self) -> None:
        """Raises Refusal naming the rows, if there are any."""
        if not self.rows:
            return
        told = [self.rows[line] for line in sorted(self.rows)]
        if more := told[TOLD:]:
            told[TOLD:] = [f"Something is wrong with {count(len(more), 'more row')}, too."]
        raise Refusal("csv-invalid", "\n".join(told), field="csv")


@dataclass
class _Difference:
    """What the file changes about the list."""

    made: list[tuple[Rule, Sides]] = field(default_factory=list)
    edited: list[tuple[Rule, Sides]] = field(default_factory=list)
    moved: list[Rule] = field(default_factory=list)
    gone: list[Rule] = field(default_factory=list)

    def rules(self) -> Iterator[Rule]:
        """All of them, each once."""
        yield from (rule for rule, _ in (*self.made, *self.edited))
        yield from (*self.moved, *self.gone)

    def summary(self) -> str:
        """How many of each, in words."""
        counts = (
            (len(self.made), "added"),
            (len(self.edited), "changed"),
            (len(self.moved), "moved"),
            (len(self.gone), "deleted"),
        )
        return ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing new"


def replace_all(actor: Actor, text: str) -> Change:
    """Make the list what the CSV says, in one change. Raises Refusal naming the bad rows and their
    columns; then nothing is written."""
    tenant_id = writer_of(actor)
    bad = _Bad()
    with writing(actor, tenant_id) as draft:
        inputs = _read(text, bad)
        check_room(len(inputs))
        rows = Rule.objects.filter(tenant_id=tenant_id).order_by("rank")
        rows = rows.prefetch_related(*WITH_TERMS)
        current = {rule.name: rule for rule in rows}
        before = csv_of(rule for rule in current.values() if rule.retiring_at is None)
        known = Vocabulary(tenant_id, (term for one in inputs.values() for term in one.terms))
        difference = _compare(tenant_id, inputs, current, known, bad)
        bad.refuse()
        _place(inputs, current, difference)
        touched = frozenset(rule.id for rule in difference.rules())
        watch_rules(draft, touched)
        with guarded():
            _write(difference)
        after = list(rows.filter(retiring_at=None))
        return draft.accept(
            Act(
                Change.Verb.UPDATE,
                SUBJECT,
                tenant_id,
                SUBJECT,
                f"Import rules: {difference.summary()}",
                {"csv": before},
                {"csv": csv_of(after)},
                shadowed([(rule, sides_of(rule)) for rule in after], touched),
            )
        )


def _read(text: str, bad: _Bad) -> Mapping[int, RuleInput]:
    """The good rules of the file by line, in order."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    found: dict[int, RuleInput] = {}
    seen: dict[str, int] = {}
    try:
        if sorted(reader.fieldnames or ()) != sorted(COLUMNS):
            columns = ", ".join(COLUMNS)
            raise Refusal(
                "csv-invalid", f"Row 1: the columns are {columns}, in any order.", field="csv"
            )
        for row in reader:
            with bad.row(reader.line_num):
                wanted = _input(row)
                if (first := seen.setdefault(wanted.name, reader.line_num)) != reader.line_num:
                    raise _refused("name", f"{wanted.name} stands in row {first} too.")
                found[reader.line_num] = wanted
    except csv.Error as error:
        # A DictReader counts the lines of what it could read.
        with bad.row(reader.reader.line_num):
            raise _refused("", f"this is no CSV: {error}.") from error
    return found


def _input(row: Mapping[str | None, str | None]) -> RuleInput:
    if None in row or None in row.values():
        raise _refused("", f"it takes {len(COLUMNS)} columns.")
    cells = {str(name): str(value).strip() for name, value in row.items()}
    return RuleInput(
        name=cells["name"],
        description=unquoted(cells["description"]),
        protocol=cells["protocol"],
        ports=cells["ports"],
        action=cells["action"],
        source=_terms(cells["source"], "source"),
        destination=_terms(cells["destination"], "destination"),
        enabled=_flag(cells["enabled"], "enabled"),
        log=_flag(cells["log"], "log"),
    )


def _terms(text: str, column: str) -> tuple[str, ...]:
    found = tuple(term for term in text.split(BETWEEN_TERMS) if term.strip())
    if not found:
        raise _refused(column, "it is empty. Write any for every address.")
    return found


def _flag(text: str, column: str) -> bool:
    if text not in (YES, NO):
        raise _refused(column, f"{text!r} is neither {YES} nor {NO}.")
    return text == YES


def _compare(
    tenant_id: UUID,
    inputs: Mapping[int, RuleInput],
    current: Mapping[str, Rule],
    known: Vocabulary,
    bad: _Bad,
) -> _Difference:
    found = _Difference()
    for line, wanted in inputs.items():
        old = current.get(wanted.name)
        rule = old or Rule(id=uuid7(), tenant_id=tenant_id)
        before = snapshot(old, sides_of(old)) if old else None
        with bad.row(line):
            if old is not None and old.retiring_at is not None:
                raise taken_name("rule", old.name, retiring=True)
            sides = fill(rule, wanted, known)
            if old is None:
                found.made.append((rule, sides))
            elif snapshot(rule, sides) != before:
                found.edited.append((rule, sides))
    names = {wanted.name for wanted in inputs.values()}
    found.gone = [
        rule for name, rule in current.items() if name not in names and rule.retiring_at is None
    ]
    return found


def _place(
    inputs: Mapping[int, RuleInput], current: Mapping[str, Rule], difference: _Difference
) -> None:
    """Give all rules ranks in the order of the file."""
    made = {rule.name: rule for rule, _ in difference.made}
    listed = [made.get(one.name) or current[one.name] for one in inputs.values()]
    edited = {rule.id for rule, _ in difference.edited}
    for rule, rank in zip(listed, spread([rule.rank for rule in listed]), strict=True):
        if rule.rank is not None and rule.rank != rank and rule.id not in edited:
            difference.moved.append(rule)
        rule.rank = rank


def _write(difference: _Difference) -> None:
    """A few statements, however many rules; ranks are compared once all are written."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS rule_rank_in_tenant DEFERRED")
    now = timezone.now()
    for rule in difference.gone:
        rule.retiring_at, rule.rank = now, None
    edited = [rule for rule, _ in difference.edited]
    kept = [*edited, *difference.gone]
    for rule in kept:
        rule.version += 1
    Rule.objects.bulk_update(kept, (*WRITTEN, "retiring_at"), batch_size=BATCH)
    write_ranks(difference.moved)
    Rule.objects.bulk_create((rule for rule, _ in difference.made), batch_size=BATCH)
    RuleTerm.objects.filter(rule__in=edited).delete()
    RuleTerm.objects.bulk_create(
        (
            term
            for rule, sides in (*difference.made, *difference.edited)
            for term in terms_of(rule, sides)
        ),
        batch_size=BATCH,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS rule_rank_in_tenant IMMEDIATE")


def _refused(column: str, text: str) -> Refusal:
    return Refusal("csv-invalid", text, field=column)
