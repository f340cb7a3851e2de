"""The benchmark of long lists of rules with a short one: it must not rot."""

import pytest

from bench import policy
from bench.rows import ROWS, SIZES
from networking.models import Change
from portal.lib.db import DatabaseRole, acting_as

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_label_change_is_accepted_in_a_long_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "ROUNDS", 1)
    assert (ROWS["policy"], SIZES["policy"]) == (policy.policy, "rules")

    (measured,) = policy.policy(30)

    assert measured.seconds > 0
    with acting_as(DatabaseRole.WORKER):
        newest = Change.objects.filter(tenant__slug="lab-3").latest("generation")
    assert newest.effects["opens"]
