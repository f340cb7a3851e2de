"""What a rule's source and destination are named by.

People and programs write a term as text: `any`, a prefix or an address, `group:shop`,
`site:Berlin`. Groups and sites may be named by their ids as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from networking.models import Group, RuleTerm, Site
from networking.planning.addresses import Prefix, containing
from networking.services.prefixes import read_prefix
from portal.lib.errors import Refusal

ANY = "any"
TERMS_MOST = 64
Named = Group | Site


@dataclass(frozen=True, slots=True)
class Meant:
    """One term that was understood; one of the three is set."""

    group: Group | None = None
    site: Site | None = None
    prefix: Prefix | None = None

    @property
    def text(self) -> str:
        """How people write it."""
        if self.group is not None:
            return f"group:{self.group.name}"
        return f"site:{self.site.name}" if self.site is not None else str(self.prefix)

    @property
    def key(self) -> tuple[UUID | None, UUID | None, str]:
        """Equal for terms that mean the same, whatever things are called now."""
        group, site = self.group, self.site
        return (group.id if group else None, site.id if site else None, str(self.prefix or ""))


Side = tuple[Meant, ...]
"""Terms of one side of a rule; none mean every address."""


class Vocabulary:
    """The tenant's groups and sites that some terms name, read in two queries."""

    def __init__(self, tenant_id: UUID, terms: Iterable[str]) -> None:
        named: dict[str, set[str]] = {"group": set(), "site": set()}
        for term in terms:
            kind, colon, name = term.strip().partition(":")
            if colon and kind in named:
                named[kind].add(name.strip())
        groups = _named(named["group"])
        sites = _named(named["site"])
        self._known: Mapping[str, Mapping[str, Named]] = {
            "group": _by_name(Group.objects.filter(groups, tenant_id=tenant_id) if groups else ()),
            "site": _by_name(Site.objects.filter(sites, tenant_id=tenant_id) if sites else ()),
        }

    def read(self, terms: Sequence[str], field: str) -> Side:
        """The terms of one side, each once. Raises Refusal."""
        texts = [term.strip() for term in terms]
        if len(texts) > TERMS_MOST:
            raise Refusal("terms-many", f"A {field} has at most {TERMS_MOST} terms.", field=field)
        if ANY in texts:
            if len(texts) > 1:
                raise Refusal(
                    "term-invalid", "“any” stands alone: it has every address.", field=field
                )
            return ()
        found = {meant.key: meant for meant in (self._term(text, field) for text in texts)}
        return tuple(found.values())

    def _term(self, text: str, field: str) -> Meant:
        kind, _, name = text.partition(":")
        if kind == "group":
            group = self._find(kind, name.strip(), field)
            assert isinstance(group, Group)
            return Meant(group=group)
        if kind == "site":
            site = self._find(kind, name.strip(), field)
            assert isinstance(site, Site)
            return Meant(site=site)
        return Meant(prefix=_prefix(text, field))

    def _find(self, kind: str, name: str, field: str) -> Named:
        found = self._known[kind].get(name)
        if found is None:
            raise Refusal(
                f"{kind}-unknown", f"There is no {kind} {name}. Choose one of yours.", field=field
            )
        if found.retiring_at is not None:
            raise Refusal("retiring", f"The {kind} {found.name} is being deleted.", field=field)
        return found


def meant_by(term: RuleTerm) -> Meant:
    """A row as a term; select its group and site along."""
    return Meant(term.group, term.site, term.prefix)


def texts(side: Side) -> list[str]:
    """How people write one side of a rule."""
    return [meant.text for meant in side] or [ANY]


def _named(names: set[str]) -> Q:
    """By name or by id; an empty condition for none."""
    if not names:
        return Q()
    return Q(name__in=names) | Q(id__in=[name for name in names if _is_id(name)])


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _by_name(rows: Iterable[Named]) -> dict[str, Named]:
    """A name counts before an id, should anybody name a group so."""
    found = list(rows)
    return {str(row.id): row for row in found} | {row.name: row for row in found}


def _prefix(text: str, field: str) -> Prefix:
    if "/" not in text:
        try:
            return containing(text)
        except ValueError:
            raise Refusal(
                "term-invalid",
                f"{text!r} is no source or destination. Write any, group:shop, site:Berlin, "
                "an address or a prefix.",
                field=field,
            ) from None
    return read_prefix(text, None, field)
