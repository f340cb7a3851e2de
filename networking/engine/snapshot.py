"""What a scope wants at one instant."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from networking import intent
from networking.compiler import EVERYTHING, NONE, Focus, compile_scope
from networking.engine.claim import load
from networking.engine.narrow import Nouns, nouns_alone
from portal.lib.db import DatabaseRole, acting_as


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An intent and the newest of the scope's generations that it includes. Where `nouns` names
    some, by type and id, it holds these, and the device is known to hold the rest."""

    intent: intent.FabricIntent | intent.RouterIntent
    generation: int
    nouns: Nouns | None = None


def snapshot(scope_id: UUID, *, whole: bool = False) -> Snapshot:
    """Compile the scope from one consistent view of the database, in a short transaction; all of
    it if that is asked for.

    With a view per statement, the generation could be read before a change and the rows after it,
    or the rows of one network before and those of the next one after it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with acting_as(DatabaseRole.WORKER):
            scope = load(scope_id)
            nouns = None if whole else nouns_alone(scope)
            focus = EVERYTHING if nouns is None else _only(nouns)
            return Snapshot(compile_scope(scope, focus), scope.wanted, nouns)


def _only(nouns: Nouns) -> Focus:
    """These groups, and these machines in whatever networks they are."""
    ports = frozenset(UUID(key) for kind, key in nouns if kind == "port")
    return Focus(
        networks=None if ports else NONE,
        ports=ports,
        groups=frozenset(UUID(key) for kind, key in nouns if kind == "group"),
        rules=NONE,
        vips=NONE,
        way_out=False,
        sites=False,
    )
