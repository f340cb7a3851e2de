"""From a plan to the operations of one OVSDB transaction (RFC 7047, section 5.2). Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from networking.backends.ovn.tables import EXTERNAL_IDS, TABLE, Holder, Table
from networking.backends.ovn.values import encode_row, mapping, reference, references
from networking.planning import Action, Json, Plan, Step


@dataclass
class Transaction:
    """Operations, and for each what it is about, in words for people."""

    operations: list[Json] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)

    def add(self, subject: str, table: str, op: str, **members: Json) -> None:
        """Append an operation."""
        self.operations.append({"op": op, "table": table, **members})
        self.subjects.append(subject)

    def subject(self, index: int) -> str:
        """What operation `index` is about; empty for the commit as a whole."""
        return self.subjects[index] if index < len(self.subjects) else ""


@dataclass(frozen=True, slots=True)
class _Edge:
    """A set of references: that of one row, or of whichever rows hold `child` now."""

    holder: Holder
    parent: str = ""
    child: str = ""

    def where(self) -> Json:
        if self.parent:
            return _is(self.parent)
        return [[self.holder.column, "includes", reference(self.child)]]


def compose(plan: Plan, present: Collection[str] = ()) -> Transaction:
    """The operations that carry out `plan`.

    Rows that the plan creates but that are `present` (by UUID: an answer was lost, or somebody
    took our stamp away) are made as they are to be. Raises KeyError for a kind that is not ours.
    """
    transaction = Transaction()
    added: defaultdict[_Edge, set[str]] = defaultdict(set)
    removed: defaultdict[_Edge, set[str]] = defaultdict(set)
    for step in plan.steps:
        _row(transaction, TABLE[step.kind], step, present)
        _edges(TABLE[step.kind], step, step.key in present, added, removed)
    # Taking away comes first: the edges of a row that moves are then never both in one set.
    _mutate(transaction, removed, "delete")
    _mutate(transaction, added, "insert")
    return transaction


def created(plan: Plan) -> Mapping[str, list[str]]:
    """UUIDs of the rows that the plan creates, by table."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for step in plan.steps:
        if step.action is Action.CREATE:
            found[step.kind].append(step.key)
    return found


def describe(step: Step) -> str:
    """The step's row in words for people."""
    noun = f"{step.noun.type} {step.noun.name or step.noun.id}".strip()
    return f"{step.kind} {step.key}" + (f" of {noun}" if noun else "")


def _row(transaction: Transaction, table: Table, step: Step, present: Collection[str]) -> None:
    subject, where = describe(step), _is(step.key)
    if step.after is None:
        transaction.add(subject, table.name, "delete", where=where)
    elif step.action is Action.CREATE and step.key not in present:
        row = encode_row(table, step.after)
        row[EXTERNAL_IDS] = mapping(step.after[EXTERNAL_IDS])
        transaction.add(subject, table.name, "insert", uuid=step.key, row=row)
    else:
        _change(transaction, table, step, subject)


def _change(transaction: Transaction, table: Table, step: Step, subject: str) -> None:
    before, after = step.before or {}, step.after or {}
    columns = {
        name: after[name]
        for name in table.columns
        if name in after and (name not in before or before[name] != after[name])
    }
    if columns:
        row = encode_row(table, columns)
        transaction.add(subject, table.name, "update", where=_is(step.key), row=row)
    mutations = _restamp(before.get(EXTERNAL_IDS, {}), after[EXTERNAL_IDS])
    if mutations:
        transaction.add(subject, table.name, "mutate", where=_is(step.key), mutations=mutations)


def _restamp(before: Mapping[str, str], after: Mapping[str, str]) -> list[Json]:
    """Mutations of external_ids that leave others' keys alone."""
    changed = {key: text for key, text in after.items() if before.get(key) != text}
    outdated = sorted(changed.keys() | (before.keys() - after.keys()))
    if not outdated:
        return []
    # Inserting does not overwrite the value of a key that is there (RFC 7047, 5.1, <mutation>).
    mutations: list[Json] = [[EXTERNAL_IDS, "delete", ["set", outdated]]]
    if changed:
        mutations.append([EXTERNAL_IDS, "insert", mapping(changed)])
    return mutations


def _edges(
    table: Table,
    step: Step,
    present: bool,
    added: defaultdict[_Edge, set[str]],
    removed: defaultdict[_Edge, set[str]],
) -> None:
    for holder in table.holders:
        before = set(step.before[holder.attribute]) if step.before else set()
        after = set(step.after[holder.attribute]) if step.after else set()
        for parent in before - after:
            removed[_Edge(holder, parent=parent)].add(step.key)
        for parent in after - before:
            added[_Edge(holder, parent=parent)].add(step.key)
        # It exists and no row of ours holds it: a row of somebody else's must.
        if not before and (step.before is not None or present):
            removed[_Edge(holder, child=step.key)].add(step.key)


def _mutate(transaction: Transaction, edges: Mapping[_Edge, set[str]], mutator: str) -> None:
    for edge, children in edges.items():
        mutation = [edge.holder.column, mutator, references(children)]
        subject = f"{edge.holder.table} {edge.parent}".strip()
        transaction.add(
            subject, edge.holder.table, "mutate", where=edge.where(), mutations=[mutation]
        )


def _is(uuid: str) -> Json:
    return [["_uuid", "==", reference(uuid)]]
