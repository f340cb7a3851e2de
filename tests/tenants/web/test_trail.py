"""What the trail says of an act."""

from tenants.web.trail import Fact, facts


def test_fields_that_were_set_and_changed_are_told_and_others_are_not():
    detail = {
        "change": "01a1",
        "before": {"name": "web", "mtu": 1400, "network_id": 1, "labels": {"app": "shop"}},
        "after": {"name": "web", "mtu": 1300, "network_id": 2, "dhcp": True, "labels": {}},
    }
    assert list(facts(detail)) == [
        Fact("dhcp", "", "on"),
        Fact("labels", "app=shop", "none"),
        Fact("mtu", "1400", "1300"),
    ]


def test_other_details_are_told_as_they_are():
    assert list(facts({"role": "admin", "sites": ["a", "b"], "none": None})) == [
        Fact("role", "", "admin"),
        Fact("sites", "", "a, b"),
    ]
    assert list(facts({})) == []


def test_of_what_was_deleted_its_last_fields_are_told():
    detail = {"before": {"name": "web", "mtu": 1400, "ipv6_prefix": ""}, "after": {}}
    assert list(facts(detail)) == [Fact("mtu", "", "1400"), Fact("name", "", "web")]


def test_a_moment_is_told_as_people_write_it():
    assert list(facts({"after": {"start": "2026-08-01T00:00:00+00:00"}})) == [
        Fact("start", "", "2026-08-01 00:00:00 UTC")
    ]


def test_of_a_whole_file_the_beginning_is_told():
    (fact,) = facts({"after": {"csv": "name\n" * 1000}})
    assert fact.after == "name\n" * 40 + "…"


def test_a_bare_value_before_and_after_is_told_too():
    assert list(facts({"before": "network", "after": "admin"})) == [
        Fact("value", "network", "admin")
    ]
