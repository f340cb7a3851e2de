"""What surrounds every request: health, names, headers, bounds, error answers."""

import json
import logging
import socket
import time

import pytest
from django.core.cache import caches
from django.db import Error, OperationalError, ProgrammingError, connection, transaction
from django.test import Client, override_settings

from portal.lib.cache import ForgivingRedisCache
from portal.lib.db import is_outage
from portal.lib.health import SPILL
from portal.lib.logs import JsonFormatter, set_request_id

# What a server says whose disk is full.
RAISE_FULL = "DO $$ BEGIN RAISE 'No space left on device' USING ERRCODE = 'disk_full'; END $$"


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_live_needs_no_server():
    assert Client().get("/health/live").json() == {"status": "live"}


def test_ready(db):
    answer = Client().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "redis": "ok"}


def test_not_ready_without_a_database(monkeypatch):
    def broken():
        raise OperationalError

    monkeypatch.setattr("portal.lib.health.transaction.atomic", broken)
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "unreachable"


def test_not_ready_when_the_disk_is_full(db, monkeypatch):
    monkeypatch.setattr("portal.lib.health.SPILL", RAISE_FULL)
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "full"


def test_ready_is_asked_by_writing_to_the_disk(db):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {SPILL}")
        assert "temp read=" in str(cursor.fetchall())


def test_ready_without_redis_says_so(db, closed_port):
    with override_settings(REDIS_URL=f"redis://127.0.0.1:{closed_port}/0"):
        answer = Client().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"]["redis"] == "unreachable"


@pytest.mark.parametrize(
    ("offered", "kept"),
    [("trace-0123456789", True), ("short", False), ("no spaces here", False), ("x" * 65, False)],
)
def test_a_request_has_a_name(db, offered, kept):
    answer = Client().get("/accounts/login/", headers={"X-Request-ID": offered})
    assert (answer["X-Request-ID"] == offered) is kept
    assert answer["X-Request-ID"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/t/acme/ports/?q=%00", "text/plain"), ("/api/v1/me?x=a%00b", "application/problem+json")],
)
def test_a_nul_in_an_address_is_refused(path, kind):
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (400, kind)
    assert "NUL" in answer.content.decode()


def test_nothing_inline_runs_without_the_nonce(db):
    first, second = (Client().get("/accounts/login/") for _ in range(2))
    policy = first["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert f"'nonce-{first.wsgi_request.csp_nonce}'" in policy
    assert policy != second["Content-Security-Policy"]


@pytest.mark.parametrize("header", ["X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"])
def test_other_guards(db, header):
    assert Client().get("/accounts/login/")[header]


def test_a_large_body_is_refused_on_pages_too(db):
    answer = Client().post("/accounts/login/", {"login": "x" * 2**20})
    assert answer.status_code == 413
    assert b"at most" in answer.content


@pytest.mark.parametrize(("path", "kind"), [("/nope", "text/html"), ("/api/v1/nope", "problem")])
def test_a_missing_address(db, path, kind):
    answer = Client().get(path)
    assert answer.status_code == 404
    assert kind in answer["Content-Type"]


def test_an_old_form_is_explained(world):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/accounts/login/", {})
    assert answer.status_code == 403
    assert b"reload" in answer.content


def test_logs_are_json_with_the_request_id_and_extras():
    set_request_id("trace-1")
    try:
        record = logging.makeLogRecord(
            {"name": "x", "msg": "hello %s", "args": ("you",), "levelname": "INFO", "host": "h1"}
        )
        entry = json.loads(JsonFormatter().format(record))
    finally:
        set_request_id("")
    assert entry["message"] == "hello you"
    assert entry["request_id"] == "trace-1"
    assert entry["host"] == "h1"


def test_the_access_log_keeps_no_key_that_sets_a_password(db, caplog):
    with caplog.at_level(logging.INFO, "demarc.access"):
        Client().get("/accounts/password/reset/key/1a-c0ffee-secret/")
    (line,) = [record for record in caplog.records if record.name == "demarc.access"]
    assert line.path == "/accounts/password/reset/key/…"


def test_without_redis_the_cache_forgets_and_people_sign_in(closed_port, world):
    where = f"redis://127.0.0.1:{closed_port}/0"
    cache = ForgivingRedisCache(where, {})
    assert cache.get("k", "default") == "default"
    cache.set("k", 1)
    assert cache.add("k", 1) is True
    assert cache.delete("k") is False
    backend = {"default": {"BACKEND": "portal.lib.cache.ForgivingRedisCache", "LOCATION": where}}
    with override_settings(CACHES=backend):
        assert isinstance(caches["default"], ForgivingRedisCache)
        answer = Client().post("/accounts/login/", {"login": "a@b.example", "password": "x"})
        assert answer.status_code == 200


def test_a_problem_says_which_request_it_was(db):
    answer = Client().get("/api/v1/nope", headers={"X-Request-ID": "trace-0123456789"})
    assert answer.json()["request_id"] == "trace-0123456789"


def test_a_failure_says_what_to_tell_the_provider(db, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr("tenants.gate.identify", broken)
    browser = Client(raise_request_exception=False)
    answer = browser.get("/msp/", headers={"X-Request-ID": "trace-0123456789"})
    assert answer.status_code == 500
    assert b"trace-0123456789" in answer.content


@pytest.mark.parametrize("path", ["/msp/", "/api/v1/me"])
def test_a_database_that_is_away_is_a_503_in_words(db, monkeypatch, path):
    def away(*_):
        try:
            raise OperationalError("the connection is closed")
        except OperationalError:
            # What Django says of the next query.
            raise ProgrammingError("Cannot open a new connection.")  # noqa: B904

    monkeypatch.setattr("tenants.gate.identify", away)
    browser = Client(raise_request_exception=False)
    answer = browser.get(path, headers={"X-Request-ID": "trace-0123456789"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert b"database does not answer" in answer.content.replace(b"&#x27;", b"'")
    assert (b">Try again<" in answer.content) == (not path.startswith("/api/"))
    assert b"trace-0123456789" in answer.content


@pytest.mark.parametrize("path", ["/msp/", "/api/v1/me"])
def test_a_database_without_room_is_a_503_in_words(db, monkeypatch, path):
    def full(*_):
        with connection.cursor() as cursor:
            cursor.execute(RAISE_FULL)

    monkeypatch.setattr("tenants.gate.identify", full)
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code == 503
    text = answer.content.decode()
    assert "database has no room left" in text
    assert "othing was changed" in text
    assert "does not answer" not in text


def idle_too_long():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1ms'")
        time.sleep(0.05)
        cursor.execute("SELECT 1")


@pytest.mark.django_db(transaction=True)
def test_a_session_that_was_ended_is_an_outage():
    with pytest.raises(Error) as caught:
        idle_too_long()
    connection.close()
    assert is_outage(caught.value)


def test_a_mistake_in_a_query_is_no_outage():
    assert not is_outage(ProgrammingError("syntax error"))
    assert not is_outage(None)
