"""Onboarding as one act: everything is written, or nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.utils import timezone

from billing.models import Subscription
from billing.selectors import subscription
from networking.models import AllowedPrefix, Attachment, Change, Site
from portal.lib.errors import Refusal
from portal.services import onboarding
from portal.services.onboarding import FirstAdmin, FirstSite, OnboardingInput
from tenants.access import acting_as
from tenants.models import AuditEvent, Membership, Tenant
from tests.billing.prices import per_unit
from tests.factories.billing import make_plan, make_version
from tests.portal.provider import counts


@pytest.fixture
def operator(world):
    return world.staff_actor("operator")


@pytest.fixture
def wanted(fra):
    return OnboardingInput(
        name="Initech GmbH",
        prefixes=("10.1.0.0/16", "fd10:1::/48"),
        vip_prefixes=("10.99.0.0/28",),
        attachment=fra.attachments[2].id,
        site=FirstSite("Hamburg", 65301, "172.31.3.2", accepted_prefixes=("10.210.1.0/24",)),
        admin=FirstAdmin("bill@initech.example", "Bill"),
    )


def test_all_of_it_is_written(world, operator, wanted, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), acting_as(operator):
        made = onboarding.onboard(operator, wanted)
    with acting_as(operator):
        tenant = Tenant.objects.get(slug="initech-gmbh")
        assert (made.tenant.id, tenant.state) == (tenant.id, "active")
        prefixes = AllowedPrefix.objects.filter(tenant=tenant).order_by("prefix")
        assert [(str(row.prefix), row.purpose) for row in prefixes] == [
            ("10.1.0.0/16", "networks"),
            ("10.99.0.0/28", "vips"),
            ("fd10:1::/48", "networks"),
        ]
        assert Attachment.objects.get(tenant=tenant).name == "c03"
        assert Site.objects.get(tenant=tenant).asn == 65301
        summaries = Change.objects.filter(id__in=made.changes).order_by("generation")
        assert [row.summary for row in summaries] == [
            "Attach to pe-fra by c03",
            "Add site Hamburg (AS 65301)",
        ]
        member = Membership.objects.get(tenant=tenant)
        assert member.role == "admin"
        verbs = (
            AuditEvent.objects.filter(tenant=tenant).order_by("id").values_list("verb", "actor_id")
        )
        assert list(verbs) == [
            (verb, operator.id)
            for verb in (
                "tenant.create",
                "allowed_prefix.create",
                "allowed_prefix.create",
                "allowed_prefix.create",
                "attachment.create",
                "site.create",
                "person.invite",
            )
        ]
    assert made.invitation.link
    assert [message.to for message in mail.outbox] == [["bill@initech.example"]]


def test_attachment_site_and_admin_may_come_later(world, operator, fra):
    with acting_as(operator):
        made = onboarding.onboard(operator, OnboardingInput(name="Initech", slug="ini"))
    assert (made.tenant.slug, made.changes, made.invitation) == ("ini", (), None)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": ""}, "invalid", "slug"),
        ({"name": "Acme"}, "slug-taken", "slug"),
        ({"slug": "Not A Slug"}, "invalid", "slug"),
        ({"prefixes": ("10.1.0.1/16",)}, "prefix-invalid", "prefixes"),
        ({"prefixes": ("127.0.0.0/16",)}, "prefix-unusable", "prefixes"),
        ({"prefixes": ("10.1.0.0/16", "10.1.4.0/24")}, "prefix-overlap", "prefixes"),
        ({"vip_prefixes": ("10.1.4.0/28",)}, "prefix-overlap", "vip_prefixes"),
        ({"attachment": None}, "attachment-needed", "attachment"),
        ({"site": {"name": "?"}}, "name-invalid", "site.name"),
        ({"site": {"asn": 65000}}, "asn-invalid", "site.asn"),
        ({"site": {"neighbour_ipv4": "172.31.9.2"}}, "neighbour-outside", "site.neighbour_ipv4"),
        ({"site": {"neighbour_ipv6": "fe80::1"}}, "neighbour-outside", "site.neighbour_ipv6"),
        (
            {"site": {"accepted_prefixes": ("172.31.3.0/30",)}},
            "prefix-overlap",
            "site.accepted_prefixes",
        ),
        ({"site": {"max_prefixes": 0}}, "max-prefixes-invalid", "site.max_prefixes"),
        ({"admin": FirstAdmin("nobody")}, "invalid-email", "admin.email"),
    ],
)
def test_a_refusal_names_its_field_and_leaves_nothing(world, operator, wanted, change, code, field):
    if isinstance(change.get("site"), dict):
        change = {"site": replace(wanted.site, **change["site"])}
    before = counts()
    with acting_as(operator), pytest.raises(Refusal) as refused:
        onboarding.onboard(operator, replace(wanted, **change))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert counts() == before


def test_another_customers_attachment_is_refused(world, operator, wanted, fra):
    taken = replace(wanted, attachment=fra.attachments[0].id)
    before = counts()
    with acting_as(operator), pytest.raises(Refusal) as refused:
        onboarding.onboard(operator, taken)
    assert (refused.value.code, refused.value.field) == ("attachment-claimed", "attachment")
    assert counts() == before


def test_a_check_writes_nothing_and_refuses_the_same(world, operator, wanted):
    before = counts()
    with acting_as(operator):
        onboarding.check(operator, wanted)
        with pytest.raises(Refusal) as refused:
            onboarding.check(operator, replace(wanted, slug="acme"))
    assert refused.value.field == "slug"
    assert counts() == before
    assert not mail.outbox


def test_only_the_provider_onboards(world, wanted):
    for actor in (world.staff_actor("finance"), world.actor("acme", "admin")):
        with acting_as(actor), pytest.raises(Refusal) as refused:
            onboarding.onboard(actor, wanted)
        assert refused.value.status == 403


def test_a_new_customer_is_on_the_plan_for_new_ones(world, operator, wanted):
    standard = make_plan()
    make_version(standard, (per_unit("port.hours", "0.01"),), datetime(2026, 1, 1, tzinfo=UTC))
    with acting_as(operator):
        made = onboarding.onboard(operator, wanted)
        mine = subscription(made.tenant.id, timezone.now())
        onboarding.check(operator, replace(wanted, name="Umbrella", attachment=None, site=None))
    assert mine is not None
    assert (mine.plan_code, mine.end) == ("standard", None)
    with acting_as(operator):
        assert Subscription.objects.count() == 1
