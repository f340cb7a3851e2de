"""Rule: one line of a tenant's firewall list."""

from django.db import models
from netfields import CidrAddressField

from networking.intent import Protocol, RuleAction
from networking.models.base import NounRow, TenantRow


class Rule(NounRow):
    """Who may, or may not, speak with whom. Of a tenant's rules the first that matches decides.

    `rank` orders them, the lowest first, with gaps for what is put between; it is null once the
    rule retires. `ports` are destination ports as `[[first, last], …]`, both included, in order
    and merged; empty means all. Sides without a term mean every address.
    """

    audit_type = "rule"
    # What a change is about that writes the whole list of a tenant, the tenant's id being its own.
    list_type = "rules"

    description = models.CharField(max_length=255, blank=True)
    rank = models.IntegerField(null=True)
    protocol = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in Protocol],
        default=Protocol.ANY.value,
    )
    ports = models.JSONField(default=list, blank=True)
    action = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in RuleAction],
        default=RuleAction.ALLOW.value,
    )
    enabled = models.BooleanField(default=True)
    log = models.BooleanField(default=False)

    class Meta:
        ordering = ("rank",)
        constraints = (
            models.UniqueConstraint(fields=("tenant", "name"), name="rule_name_in_tenant"),
            # Checked at the end of each statement, so that one statement can renumber them all.
            models.UniqueConstraint(
                fields=("tenant", "rank"),
                name="rule_rank_in_tenant",
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        )

    @property
    def ports_text(self) -> str:
        """The ports as people write them: `80,443,8000-8100`; empty for all."""
        return ",".join(
            str(first) if first == last else f"{first}-{last}" for first, last in self.ports
        )

    @property
    def source(self) -> list[str]:
        """The source as people write it: `any`, `group:shop`, `site:Berlin`, a prefix."""
        return self._side(RuleTerm.Side.SOURCE)

    @property
    def destination(self) -> list[str]:
        """The destination, likewise."""
        return self._side(RuleTerm.Side.DESTINATION)

    def _side(self, side: str) -> list[str]:
        terms = sorted(self.terms.all(), key=lambda one: one.position)
        return [term.text for term in terms if term.side == side] or ["any"]


class RuleTerm(TenantRow):
    """One of the things that a rule's source or destination is named by: a group, a site or a
    prefix."""

    class Side(models.TextChoices):
        SOURCE = "source", "Source"
        DESTINATION = "destination", "Destination"

    rule = models.ForeignKey(Rule, models.CASCADE, db_constraint=False, related_name="terms")
    side = models.CharField(max_length=16, choices=Side)
    position = models.PositiveSmallIntegerField()
    group = models.ForeignKey(
        "networking.Group",
        models.CASCADE,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="rule_terms",
    )
    site = models.ForeignKey(
        "networking.Site",
        models.CASCADE,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="rule_terms",
    )
    prefix = CidrAddressField(null=True, blank=True)

    @property
    def text(self) -> str:
        """The term as people write it."""
        if self.group is not None:
            return f"group:{self.group.name}"
        return f"site:{self.site.name}" if self.site is not None else str(self.prefix)

    class Meta:
        ordering = ("side", "position")
        constraints = (
            models.UniqueConstraint(fields=("rule", "side", "position"), name="rule_term_once"),
            models.CheckConstraint(
                condition=models.Q(group__isnull=False, site__isnull=True, prefix__isnull=True)
                | models.Q(group__isnull=True, site__isnull=False, prefix__isnull=True)
                | models.Q(group__isnull=True, site__isnull=True, prefix__isnull=False),
                name="rule_term_is_one_thing",
            ),
        )
