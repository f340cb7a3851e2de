"""Change: one act of a person, on its way to the devices."""

from typing import Any

from django.db import models

from networking.models.base import TenantRow


class Change(TenantRow):
    """What was asked, by whom, and how far it has come.

    `before` and `after` are the subject's editable fields, for the page and for a revert; the
    first is empty for a create, the second for a delete. `plan` holds the steps by scope as they
    were foreseen when it was accepted: `[{"scope": name, "device": "fabric" or "router",
    "lines": [{"action": …, "text": …}], "steps": […]}, …]`, where the lines are for people. The
    first one has the change's `effects`, too.
    `warnings` are sentences about what was accepted but may surprise.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        APPLYING = "applying", "Applying"
        VERIFYING = "verifying", "Verifying"
        WAITING = "waiting", "Waiting"
        BLOCKED = "blocked", "Blocked"
        DONE = "done", "Done"
        SUPERSEDED = "superseded", "Superseded"

    SETTLED = (State.DONE, State.SUPERSEDED)
    """Nothing more becomes of it."""
    HELD_UP = (State.WAITING, State.BLOCKED)
    """A device makes no progress; `reason` says why."""

    class Verb(models.TextChoices):
        CREATE = "create", "Create"
        UPDATE = "update", "Update"
        DELETE = "delete", "Delete"

    generation = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    verb = models.CharField(max_length=8, choices=Verb)
    subject_type = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    subject_name = models.CharField(max_length=63)
    summary = models.CharField(max_length=255)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    plan = models.JSONField(default=list, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_label = models.CharField(max_length=255)
    on_behalf_reason = models.CharField(max_length=255, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    reverts = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="reverted"
    )
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    reason = models.TextField(blank=True, help_text="Why it waits or is blocked.")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "generation"), name="change_generation_in_tenant"
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "-created_at"), name="change_newest"),
            models.Index(fields=("tenant", "subject_id"), name="change_of_subject"),
            models.Index(
                fields=("tenant", "generation"),
                name="change_unfinished",
                condition=~models.Q(state__in=("done", "superseded")),
            ),
        )

    def __str__(self) -> str:
        return self.summary

    @property
    def effects(self) -> dict[str, Any] | None:
        """What was foreseen to be opened and closed between whom; None for what is no matter of
        policy. `opens` and `closes` are lists of `{"text", "source", "destination", "services",
        "family"}`, where a side is `{"name", "machines", "total"}`; `more_opens` and `more_closes`
        count what was left out. `complete` is False where there was too much to look at;
        `nothing` says why neither has anything."""
        return next((one["effects"] for one in self.plan if "effects" in one), None)

    @property
    def taken_back_by(self) -> "Change | None":
        """The change that reverts this one and was not reverted itself; prefetch
        `reverted__reverted` for many."""
        return next(
            (one for one in self.reverted.all() if one.taken_back_by is None),
            None,
        )


class ChangeScope(TenantRow):
    """A scope that a change touches. It is settled once the scope verified the change's
    generation or a later one; `carried` is the generation with which the scope took it up."""

    change = models.ForeignKey(
        Change, models.CASCADE, db_constraint=False, related_name="touched_scopes"
    )
    scope = models.ForeignKey(
        "networking.Scope", models.PROTECT, db_constraint=False, related_name="+"
    )
    carried = models.BigIntegerField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("change", "scope"), name="change_scope_once"),
        )


class Verdict(TenantRow):
    """What one host, router or site said of a change: "Berlin learned 10.1.5.0/24 after 0.3 s".

    `seconds` runs from the change's acceptance.
    """

    class State(models.TextChoices):
        OK = "ok", "Enforced"
        BEHIND = "behind", "Left behind"

    change = models.ForeignKey(Change, models.CASCADE, db_constraint=False, related_name="verdicts")
    subject_type = models.CharField(max_length=16)
    subject_name = models.CharField(max_length=63)
    state = models.CharField(max_length=8, choices=State)
    text = models.CharField(max_length=255)
    seconds = models.FloatField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                fields=("change", "subject_type", "subject_name"), name="verdict_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("tenant", "subject_type"),
                name="verdict_behind",
                condition=models.Q(state="behind"),
            ),
        )
