"""The list as CSV: out and in without loss, and nothing of a file with one bad row."""

import csv
import io

import pytest

from networking import selectors
from networking.models import Rule
from networking.services import changes, rule_import
from networking.services.rule_shadows import TOLD
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tests.factories.acts import Frankfurt, add_group, add_network, add_rule, add_site
from tests.networking.services.test_group import lines
from tests.networking.services.test_rule import listed
from tests.world import World

HEADER = "name,description,source,destination,protocol,ports,action,enabled,log\r\n"
GOOD = "web,,any,group:shop,tcp,443,allow,yes,no\r\n"


@pytest.fixture
def rules(world: World, fra: Frankfurt) -> list[Rule]:
    """Three rules that have something of everything."""
    add_network(world.acme)
    add_site(world.acme, fra.attachments[0], "Berlin Mitte")
    add_group(world.acme, "shop", prefixes=("192.0.2.0/24",))
    return [
        add_rule(
            world.acme,
            "in",
            description='Says "hello", twice;\nand goes on',
            source=("site:Berlin Mitte", "fd00::/8"),
            destination=("group:shop", "10.0.0.1"),
            protocol="tcp",
            ports="443,8000-8100",
            log=True,
        ),
        add_rule(world.acme, "ping", protocol="icmp", action="reject", enabled=False),
        add_rule(world.acme, "rest", action="deny", description="=1+1"),
    ]


def test_a_list_goes_out_and_in_without_loss(world: World, rules: list[Rule]):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        text = selectors.rules_csv(actor)
        same = rule_import.replace_all(actor, text)
        assert (same.plan, same.summary) == ([], "Import rules: nothing new")
        wiped = rule_import.replace_all(actor, HEADER)
        assert wiped.summary == "Import rules: 3 deleted"
        assert len(lines(wiped)) == 3
        assert selectors.rules_csv(actor) == HEADER
    first = next(csv.DictReader(io.StringIO(text)))
    assert first["source"] == "site:Berlin Mitte;fd00::/8"
    assert first["description"] == 'Says "hello", twice;\nand goes on'
    assert ",'=1+1," in text, "no spreadsheet takes it for a formula"


def test_a_file_is_the_list_afterwards(world: World, rules: list[Rule]):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        text = selectors.rules_csv(actor)
        rows = list(csv.DictReader(io.StringIO(text)))
        one, ping, _ = rows
        ping["enabled"] = "yes"
        new = one | {"name": "new", "ports": ""}
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows([ping, new, one])
        change = rule_import.replace_all(actor, out.getvalue())
    assert listed(world) == ["ping", "new", "in"]
    assert change.summary == "Import rules: 1 added, 1 changed, 1 deleted"
    with acting_as(actor):
        kept = Rule.objects.get(name="in")
        assert kept.id == rules[0].id
        assert selectors.rules_csv(actor) == change.after["csv"]
        assert change.before["csv"] == text
        with pytest.raises(Refusal) as caught:
            changes.revert(actor, change.id)
        assert "still being deleted" in caught.value.message


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("a b,,any,any,any,,allow,yes,no", "Row 3, column name"),
        ("b,,group:nobody,any,any,,allow,yes,no", "Row 3, column source"),
        ("b,,any,,any,,allow,yes,no", "Row 3, column destination: it is empty"),
        ("b,,any,any,tcp,9-1,allow,yes,no", "Row 3, column ports"),
        ("b,,any,any,icmp,9,allow,yes,no", "Row 3, column ports"),
        ("b,,any,any,gre,,allow,yes,no", "Row 3, column protocol"),
        ("b,,any,any,any,,drop,yes,no", "Row 3, column action"),
        ("b,,any,any,any,,allow,true,no", "Row 3, column enabled"),
        ("b,,any,any,any,,allow,yes", "Row 3: it takes 9 columns"),
        ("b,,any,any,any,,allow,yes,no,x", "Row 3: it takes 9 columns"),
        ("web,,any,any,any,,allow,yes,no", "Row 3, column name: web stands in row 2 too"),
        ('b,"open,any,any,any,,allow,yes,no', "this is no CSV"),
    ],
)
def test_one_bad_row_and_nothing_is_written(world: World, rules: list[Rule], bad: str, says: str):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        before = selectors.rules_csv(actor)
        with pytest.raises(Refusal) as caught:
            rule_import.replace_all(actor, HEADER + GOOD + bad + "\r\n")
        assert selectors.rules_csv(actor) == before
    assert (caught.value.code, caught.value.field) == ("csv-invalid", "csv")
    assert says in caught.value.message


def refused(world: World, text: str) -> list[str]:
    """The lines that an import is refused with, after which the list is as it was."""
    actor = world.actor("acme", "network")
    with acting_as(actor):
        before = selectors.rules_csv(actor)
        with pytest.raises(Refusal) as caught:
            rule_import.replace_all(actor, text)
        assert selectors.rules_csv(actor) == before
    return caught.value.message.splitlines()


def test_every_bad_row_is_named_in_order(world: World, rules: list[Rule]):
    rows = (
        "b,,group:nobody,any,any,,allow,yes,no\r\n",  # what is found out last
        "good,,any,any,any,,allow,yes,no\r\n",
        "c,,any,any,any,,allow,maybe,no\r\n",
        "b,,any,any,any,,allow,yes,no\r\n",
        "d,,any,any,any,,allow\r\n",
        'e,"open,any,any,any,,allow,yes,no\r\n',
    )
    told = refused(world, HEADER + GOOD + "".join(rows))
    assert [line.partition(": ")[0] for line in told] == [
        "Row 3, column source",
        "Row 5, column enabled",
        "Row 6, column name",
        "Row 7",
        "Row 8",
    ]


def test_of_many_bad_rows_the_first_are_named(world: World, rules: list[Rule]):
    bad = "".join(f"r-{number},,any,any,gre,,allow,yes,no\r\n" for number in range(22))
    told = refused(world, HEADER + GOOD + bad)
    assert [line.partition(",")[0] for line in told[:-1]] == [f"Row {3 + n}" for n in range(20)]
    assert told[-1] == "Something is wrong with 2 more rows, too."


def test_a_file_of_other_columns_is_refused(world: World, fra: Frankfurt):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        for text in ("", "name,source\r\n", HEADER.replace("log", "logs")):
            with pytest.raises(Refusal) as caught:
                rule_import.replace_all(actor, text)
            assert "the columns are name, description" in caught.value.message


def test_rules_that_can_never_match_are_told(world: World, rules: list[Rule]):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = rule_import.replace_all(
            actor,
            HEADER
            + "off,,any,any,any,,deny,no,no\r\n"
            + "wide,,10.0.0.0/8;group:shop,any,tcp,80-90,deny,yes,no\r\n"
            + "inside,,10.1.0.0/24;group:shop,192.0.2.1,tcp,82,allow,yes,no\r\n"
            + "beside,,10.1.0.0/24;192.0.2.0/24,any,tcp,82,allow,yes,no\r\n"
            + "longer,,10.1.0.0/24,any,tcp,82-91,allow,yes,no\r\n"
            + "all,,any,any,any,,deny,yes,no\r\n"
            + "last,,any,site:Berlin Mitte,udp,53,allow,yes,no\r\n",
        )
    assert change.warnings == [
        f"Rule {name} can never match: rule {earlier}, which is matched before it, decides "
        "everything that it would."
        for name, earlier in (("inside", "wide"), ("last", "all"))
    ]


def test_of_many_that_never_match_some_are_named(world: World, rules: list[Rule]):
    actor = world.actor("acme", "network")
    rows = "".join(f"r-{number},,any,any,any,,deny,yes,no\r\n" for number in range(TOLD + 3))
    with acting_as(actor):
        change = rule_import.replace_all(actor, HEADER + rows)
        assert len(change.warnings) == TOLD + 1
        assert change.warnings[-1] == "And 2 more rules can never match."
        assert rule_import.replace_all(actor, HEADER + rows).warnings == []
