"""What opens an alert, what ends it, and how often anybody is written to."""

import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.core import mail
from django.db import connection

from networking import alerts as outbox
from networking.alerts.watcher import SETTLED, SETTLED_MOST, settled, watch
from networking.engine import drift
from networking.models import Alert, Change, Host, Scope, Site
from portal.lib.db import DatabaseRole, acting_as
from portal.services.alerts import tell
from portal.tasks import watch_alerts
from tenants.models import AuditEvent, Person
from tests.networking.alerts.conftest import Watcher
from tests.networking.engine.acts import Acts, scope
from tests.networking.engine.deliver import deliver

FIVE = timedelta(minutes=5)


def silence(watcher: Watcher, name: str = "h2", *, back: bool = False) -> None:
    with acting_as(DatabaseRole.WORKER):
        Host.objects.filter(name=name).update(silent_since=None if back else watcher.now())


def session(watcher: Watcher, state: str, **fields: object) -> None:
    with acting_as(DatabaseRole.WORKER):
        Site.objects.filter(name="Berlin").update(
            session_state=state, **{"session_since": watcher.now(), **fields}
        )


def test_a_silent_host_is_told_once_and_its_return_once(
    acts: Acts, watcher: Watcher, alerts
) -> None:
    assert watcher.after(0) == []
    silence(watcher)
    assert watcher.after(30) == []
    assert watcher.after(31) == ["Host silent: Host h2 on lab"]
    assert "fell silent at" in mail.outbox[-1].body
    assert "http://127.0.0.1:8000/msp/alerts/" in mail.outbox[-1].body
    for _ in range(5):
        assert watcher.after(60) == []
    silence(watcher, back=True)
    assert watcher.after(15) == []
    assert alerts()[0].ended_at is None
    assert watcher.after(60) == []
    assert watcher.after(61) == ["Over: Host h2 on lab"]
    assert "is well again, after 6 min" in mail.outbox[-1].body
    assert watcher.after(600) == []
    (alert,) = alerts()
    assert alert.ended_at
    assert alert.end_told_at
    with acting_as(DatabaseRole.WORKER):
        events = list(AuditEvent.objects.filter(subject_type="alert").order_by("pk"))
    assert [event.verb for event in events] == ["alert.open", "alert.end"]
    assert {event.tenant_id for event in events} == {None}


def test_operators_who_are_active_are_written_to_and_nobody_else(
    acts: Acts, watcher: Watcher, world
) -> None:
    with acting_as(DatabaseRole.IDENTITY):
        Person.objects.create_user("gone@msp.example", staff_role="operator", is_active=False)
    silence(watcher)
    watcher.after(61)
    assert mail.outbox[-1].recipients() == ["operator@provider.example"]


def test_a_session_that_falls_and_one_that_never_came_up(
    acts: Acts, watcher: Watcher, alerts
) -> None:
    session(watcher, "Active", session_reason="Hold Timer Expired")
    assert watcher.after(61) == ["BGP session down: Site Berlin of Acme"]
    assert "(Active: Hold Timer Expired)" in alerts()[0].text
    # A router that was restarted does not know since when; that is no recovery.
    session(watcher, "Active", session_since=None)
    assert watcher.after(900) == []
    assert alerts()[0].ended_at is None
    session(watcher, "Established")
    watcher.after(0)
    assert watcher.after(121) == ["Over: Site Berlin of Acme"]


def test_a_new_site_has_time_to_come_up(acts: Acts, watcher: Watcher) -> None:
    session(watcher, "Active", session_since=None)
    assert watcher.after(600) == []
    assert watcher.after(400) == ["BGP session down: Site Berlin of Acme"]


def test_a_change_that_is_stuck_with_its_reason_until_it_is_done(
    acts: Acts, watcher: Watcher
) -> None:
    acts.provider.faults("router").unreachable()
    change = acts.add_network()
    deliver()
    assert watcher.after(290) == []
    (subject,) = watcher.after(20)
    assert subject == f"Change stuck: Change “{change.summary}” of Acme"
    assert "pe1: The simulated router does not answer." in mail.outbox[-1].body
    with acting_as(DatabaseRole.WORKER):
        Change.objects.filter(pk=change.pk).update(state="done")
    watcher.after(15)
    assert watcher.after(121)[0].startswith("Over: Change")


def test_a_device_that_does_not_answer(acts: Acts, watcher: Watcher) -> None:
    with acting_as(DatabaseRole.WORKER):
        type(acts.provider.router).objects.update(error="The router did not answer.")
    assert watcher.after(30) == []
    assert watcher.after(31) == ["Device away: Router pe1"]


def test_drift_that_was_repaired_while_nobody_watched_is_told(
    acts: Acts, watcher: Watcher, alerts
) -> None:
    change = acts.add_network()
    deliver()
    acts.provider.faults("fabric").forget(
        str(acts.actor.tenant.id), "network", str(change.subject_id)
    )
    drift.check(scope("lab").pk)
    assert watcher.after(3600) == ["Drift found: lab for Acme"]
    assert "put right: network web was missing" in alerts()[0].text
    watcher.after(15)
    assert watcher.after(121) == ["Over: lab for Acme"]
    for _ in range(3):
        assert watcher.after(3600) == []


def test_who_alters_a_device_again_and_again_is_one_alert(
    acts: Acts, watcher: Watcher, alerts
) -> None:
    acts.add_network()
    deliver()
    subjects = []
    for _ in range(20):
        at = (watcher.now() + timedelta(seconds=59)).isoformat()
        with acting_as(DatabaseRole.WORKER):
            Scope.objects.filter(pk=scope("lab").pk).update(
                drift={"at": at, "summary": "network web was missing", "repaired_at": at}
            )
        subjects += watcher.after(60)
    assert subjects == ["Drift found: lab for Acme"]
    assert [alert.times for alert in alerts()] == [20]


def test_what_comes_and_goes_for_hours_is_told_a_few_times(
    acts: Acts, watcher: Watcher, alerts
) -> None:
    mails = 0
    for step in range(360):  # three hours; down for two minutes, up for three
        if step % 10 == 0:
            session(watcher, "Active")
        if step % 10 == 4:
            session(watcher, "Established")
        mails += len(watcher.after(30))
    assert 1 <= mails <= 6
    assert max(alert.times for alert in alerts()) > 5
    session(watcher, "Established")
    watcher.after(30)
    last = [subject for _ in range(4) for subject in watcher.after(1200)]
    assert last == ["Over: Site Berlin of Acme"]


def test_patience_doubles_and_has_a_bound() -> None:
    assert settled(1, 1) == SETTLED
    assert settled(2, 1) == settled(1, 2) == 2 * SETTLED
    assert settled(9, 900) == SETTLED_MOST


def test_many_at_once_are_one_mail(acts: Acts, watcher: Watcher) -> None:
    silence(watcher, "h1")
    silence(watcher, "h2")
    assert watcher.after(61) == ["2 new alerts"]
    silence(watcher, "h1", back=True)
    watcher.after(0)
    session(watcher, "Active")
    assert watcher.after(121) == ["1 new alert, 1 over"]


def test_a_mail_that_fails_is_sent_again_when_the_lease_is_over(
    acts: Acts, watcher: Watcher, monkeypatch: pytest.MonkeyPatch, alerts
) -> None:
    silence(watcher)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", _refused)
        with pytest.raises(ConnectionRefusedError):
            watcher.after(61)
    assert alerts()[0].told_at is None
    assert watcher.after(1) == []
    # Later than a lease can end: the database's clock was put back since.
    _end_leases("2100-01-01T00:00:00Z")
    assert watcher.after(1) == ["Host silent: Host h2 on lab"]


def test_a_sender_that_was_killed_has_it_sent_again_under_the_same_name(
    acts: Acts, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence(watcher)
    with monkeypatch.context() as patch:
        patch.setattr("networking.alerts.told", lambda letters: None)
        assert watcher.after(61) == ["Host silent: Host h2 on lab"]
    _end_leases()
    assert watcher.after(1) == ["Host silent: Host h2 on lab"]
    names = [one.extra_headers["Message-ID"] for one in mail.outbox]
    assert names[0] == names[1]
    assert watcher.after(1) == []


def test_many_watchers_and_senders_at_once_are_as_one(acts: Acts, watcher: Watcher, alerts) -> None:
    silence(watcher)
    watcher.seconds += 61
    letters: list[object] = []
    start = threading.Barrier(6)

    def look() -> None:
        try:
            start.wait()
            watch(FIVE)
            letters.extend(outbox.claim())
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    letters.extend(outbox.claim())
    assert len(alerts()) == len(letters) == 1
    with acting_as(DatabaseRole.WORKER):
        assert AuditEvent.objects.filter(verb="alert.open").count() == 1


def test_the_database_allows_one_open_alert_of_a_subject(acts: Acts, watcher: Watcher) -> None:
    silence(watcher)
    watcher.after(61)
    with acting_as(DatabaseRole.WORKER):
        row = Alert.objects.get()
        twin = Alert(kind=row.kind, subject_id=row.subject_id, subject="x", since=row.since)
        assert Alert.objects.bulk_create([twin], ignore_conflicts=True)
        assert Alert.objects.count() == 1


def test_without_operators_nothing_piles_up(acts: Acts, watcher: Watcher, alerts) -> None:
    with acting_as(DatabaseRole.IDENTITY):
        Person.objects.filter(staff_role="operator").update(is_active=False)
    silence(watcher)
    assert watcher.after(61) == []
    assert alerts()[0].told_at
    tell()
    assert mail.outbox == []


def test_looking_costs_the_same_however_much_is_wrong(
    acts: Acts, watcher: Watcher, django_assert_max_num_queries
) -> None:
    for number in range(8):
        acts.add_network(f"net-{number}", f"10.2.{number}.0/24")
    watcher.after(400)
    with django_assert_max_num_queries(16):
        watch(FIVE)


def _refused(*_: object) -> None:
    raise ConnectionRefusedError


def _end_leases(at: str = "2026-01-01T00:00:00Z") -> None:
    with acting_as(DatabaseRole.WORKER):
        Alert.objects.update(telling_until=at)


def test_the_beat_looks_often_enough() -> None:
    current_app.finalize()
    entry = current_app.conf.beat_schedule["watch alerts"]
    assert entry["task"] == watch_alerts.name
    assert entry["schedule"] <= 30
