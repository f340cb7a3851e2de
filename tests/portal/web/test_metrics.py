"""`/metrics`: who may read it, what it says, and that it goes on when a server is away."""

import re
import socket
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db import OperationalError
from django.test import Client, override_settings

from networking.models import Alert, Change, Host, Scope, Site
from networking.selectors.gauges import gauges
from portal.lib.counters import Counters, counters
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.exposition import BOUNDS
from portal.lib.ids import uuid7
from tests.networking.engine.acts import Acts
from tests.networking.engine.deliver import deliver
from tests.networking.provider import Provider, make_provider
from tests.world import World

COMMENT = r"# (HELP|TYPE) [a-z0-9_]+ .+"
SAMPLE = r'[a-z_0-9]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [0-9.e+-]+'
LINE = re.compile(f"({COMMENT}|{SAMPLE})")
HERE = {"HTTP_HOST": "127.0.0.1:8000"}


@pytest.fixture(autouse=True)
def own_counts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests that run side by side share a Redis, but not what they count."""
    key = f"test:{uuid7()}"
    monkeypatch.setattr("portal.lib.counters.KEY", key)
    counters.reset()
    yield
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(key)


@pytest.fixture
def provider(db: None, tmp_path) -> Provider:
    return make_provider(tmp_path / "provider.sqlite3")


@pytest.fixture
def acts(transactional_db: None, provider: Provider, world: World) -> Acts:
    provider.serve(world.acme, "Berlin", "Munich")
    return Acts(world.actor("acme", "network"), provider)


def read(**extra: str) -> dict[str, float]:
    answer = Client().get("/metrics", **{**HERE, **extra})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    pairs = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    assert len({name for name, _, _ in pairs}) == len(pairs)
    return {name: float(value) for name, _, value in pairs}


def test_it_says_how_changes_scopes_and_devices_are(acts: Acts) -> None:
    acts.add_network("web", "10.1.5.0/24")
    deliver()
    acts.add_network("db", "10.1.6.0/24")
    with acting_as(DatabaseRole.WORKER):
        Host.objects.filter(name="h2").update(silent_since="2026-01-01T00:00:00Z")
        Site.objects.filter(name="Berlin").update(session_state="Active")
        Change.objects.filter(subject_name="db").update(state="waiting")
        Scope.objects.filter(fabric__isnull=False).update(
            drift={"at": "2999-01-01T00:00:00+00:00", "repaired_at": None}
        )
        Alert.objects.create(
            kind="host", subject_id=uuid7(), subject="x", since="2026-01-01T00:00:00Z"
        )
    found = read()
    assert found['demarc_alerts_open{kind="host"}'] == 1
    assert found['demarc_alerts_open{kind="drift"}'] == 0
    assert found["demarc_changes_accepted_total"] == 2
    assert found['demarc_changes{state="waiting"}'] == 1
    assert found['demarc_changes{state="pending"}'] == 0
    assert 0 < found["demarc_change_oldest_seconds"] < 60
    assert found["demarc_scopes"] == 2
    assert found['demarc_scopes_behind{device="fabric"}'] == 1
    assert found['demarc_scopes_behind{device="router"}'] == 1
    assert found['demarc_verifier_lag_seconds{fabric="lab"}'] == 0
    assert (found["demarc_drift_open"], found["demarc_drift_found_1h"]) == (1, 1)
    assert found['demarc_hosts{state="live"}'] == found['demarc_hosts{state="silent"}'] == 1
    assert found['demarc_devices{kind="fabric",state="answering"}'] == 1
    assert found['demarc_devices{kind="router",state="not_answering"}'] == 0
    assert found['demarc_bgp_sessions{state="down"}'] == 1
    assert found['demarc_bgp_sessions{state="established"}'] == 1
    assert found['demarc_up{server="database"}'] == found['demarc_up{server="redis"}'] == 1


def test_what_waits_for_hosts_is_the_verifiers_lag(acts: Acts) -> None:
    acts.add_network()
    with acting_as(DatabaseRole.WORKER):
        Scope.objects.filter(fabric__isnull=False).update(
            applied=1, applied_at="2026-01-01T00:00:00Z"
        )
    assert read()['demarc_verifier_lag_seconds{fabric="lab"}'] > 3600


def test_the_number_of_queries_does_not_grow(acts: Acts, django_assert_num_queries) -> None:
    with acting_as(DatabaseRole.STAFF), django_assert_num_queries(11):
        gauges()


def test_requests_are_counted_by_route_over_all_processes(world: World) -> None:
    world.client("acme", "admin").get("/t/acme/networks/")
    world.client("acme", "admin").get("/t/acme/networks/?q=secret")
    Client().get("/made/up/by/somebody")
    another_process = Counters()
    another_process.add(
        "demarc_requests_total", route="networking:network_list", method="GET", status="200"
    )
    another_process.hand_over()
    found = read()
    pages = 'method="GET",route="networking:network_list",status="200"'
    assert found[f"demarc_requests_total{{{pages}}}"] == 3
    assert found['demarc_requests_total{method="GET",route="none",status="404"}'] == 1
    timed = 'demarc_request_seconds_{}{{route="networking:network_list"}}'
    assert found[timed.format("count")] == 2
    assert found[timed.format("sum")] > 0
    buckets = [
        found[f'demarc_request_seconds_bucket{{route="networking:network_list",le="{bound}"}}']
        for bound in BOUNDS
    ]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 2


def test_it_names_no_tenant(acts: Acts, world: World) -> None:
    acts.add_network("confidential", "10.1.5.0/24")
    world.client("acme", "admin").get("/t/acme/networks/")
    text = Client().get("/metrics", **HERE).content.decode()
    for secret in ("acme", "globex", "confidential", "Berlin", "10.1.", "@"):
        assert secret not in text


@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_HOST": "demarc.example"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_AUTHORIZATION": "Bearer anything", "REMOTE_ADDR": "192.0.2.7"},
    ],
)
@override_settings(ALLOWED_HOSTS=["*"])
def test_nobody_from_elsewhere_reads_it(db: None, extra: dict[str, str]) -> None:
    answer = Client().get("/metrics", **{**HERE, **extra})
    assert (answer.status_code, answer.content) == (404, b"")


@override_settings(METRICS_TOKEN="a long token", ALLOWED_HOSTS=["*"])
def test_with_a_token_it_alone_counts(db: None) -> None:
    away = {"REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "demarc.example"}
    assert read(HTTP_AUTHORIZATION="Bearer a long token", **away)
    assert Client().get("/metrics", **HERE).status_code == 404
    wrong = Client().get("/metrics", **HERE, HTTP_AUTHORIZATION="Bearer a long toke")
    assert wrong.status_code == 404


def test_without_redis_it_says_so_and_nothing_counted_is_lost(db: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with override_settings(REDIS_URL=f"redis://127.0.0.1:{port}/0"):
        Client().get("/health/live")
        counters.hand_over()
        found = read()
    assert found['demarc_up{server="redis"}'] == 0
    assert found['demarc_up{server="database"}'] == 1
    assert read()['demarc_requests_total{method="GET",route="none",status="200"}'] >= 1


def test_without_the_database_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("portal.web.metrics.acting_as", away)
    found = read()
    assert found['demarc_up{server="database"}'] == 0
    assert "demarc_scopes" not in found
