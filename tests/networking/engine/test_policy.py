"""Groups, rules and VIPs on their way, and out again."""

from django.db.models import Model

from networking import tasks
from networking.models import Change, Group, Port, Rule, Vip
from networking.selectors.rule_csv import COLUMNS
from networking.services import groups, onboarding, ports, rule_import, rules, vips
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from tenants.access import SYSTEM, acting_as
from tests.networking.engine.acts import Acts, fresh, held, kinds
from tests.networking.engine.deliver import deliver

State = Change.State


def policy(acts: Acts) -> tuple[Change, Change, Change]:
    """A machine in a group, a rule about the group, and a VIP that it serves."""
    with in_role(DatabaseRole.STAFF):
        onboarding.allow_prefix(SYSTEM, acts.actor.tenant.id, "192.168.77.0/28", "vips")
    web = acts.add_network()
    region = acts.provider.region.code
    with acting_as(acts.actor):
        wanted = ports.PortInput(web.subject_id, "web-1", labels={"app": "shop"})
        ports.create(acts.actor, wanted)
        group = groups.create(acts.actor, groups.GroupInput("shop", labels={"app": "shop"}))
        rule = rules.create(
            acts.actor, rules.RuleInput("in", source=("site:Berlin",), destination=("group:shop",))
        )
        port = vips.VipPortInput("tcp", 443)
        vip = vips.create(
            acts.actor, vips.VipInput("till", region, (port,), group=group.subject_id)
        )
    return group, rule, vip


def left(model: type[Model]) -> int:
    """How many rows are in the database, retiring or not."""
    with in_role(DatabaseRole.WORKER):
        return model._default_manager.count()


def test_a_policy_is_enforced_and_its_rows_go_when_it_is_gone(acts: Acts) -> None:
    group, rule, vip = policy(acts)
    deliver()

    assert {fresh(change).state for change in (group, rule, vip)} == {State.DONE}
    assert {("group", "shop"), ("rule", "in"), ("vip", "till")} <= kinds(held("lab"))
    assert any(name.startswith("VIPs 192.168.77.0/28") for _, name in kinds(held("pe1")))

    with acting_as(acts.actor):
        gone = [
            rules.delete(acts.actor, rule.subject_id),
            vips.delete(acts.actor, vip.subject_id),
            groups.delete(acts.actor, group.subject_id),
        ]
    assert (left(Rule), left(Vip), left(Group)) == (1, 1, 1)
    deliver()

    assert {fresh(change).state for change in gone} == {State.DONE}
    assert (left(Rule), left(Vip), left(Group)) == (0, 0, 0)
    assert not {"group", "rule", "vip"} & {kind for kind, _ in kinds(held("lab"))}


def test_a_label_moves_a_machine_on_the_device(acts: Acts) -> None:
    group, _, _ = policy(acts)
    deliver()

    def addresses() -> object:
        found = (one for one in held("lab") if one.noun.id == str(group.subject_id))
        return [one.attrs for one in found]

    before = addresses()
    with acting_as(acts.actor):
        machine = Port.objects.get(name="web-1")
        change = ports.update(acts.actor, machine.id, {"labels": {}})
    deliver()
    assert fresh(change).state == State.DONE
    assert addresses() != before
    assert left(Rule) == 1


def test_rules_that_an_import_leaves_out_go_and_their_names_are_free(acts: Acts) -> None:
    policy(acts)
    deliver()
    with acting_as(acts.actor):
        emptied = rule_import.replace_all(acts.actor, ",".join(COLUMNS))
    assert left(Rule) == 1
    deliver()

    assert fresh(emptied).state == State.DONE
    assert left(Rule) == 0
    with acting_as(acts.actor):
        again = rule_import.replace_all(acts.actor, emptied.before["csv"])
    assert again.summary == "Import rules: 1 added"
    deliver()

    # As if it had been done at once, by a role that may not remove rows.
    with in_role(DatabaseRole.WORKER):
        Rule.objects.update(retiring_at=again.created_at, rank=None)
    tasks.sweep_abandoned()
    assert left(Rule) == 0
