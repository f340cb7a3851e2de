"""How long a request waits for the database, against one that takes its time."""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import override_settings

from portal.lib.db import DatabaseRole, acting_as, is_outage
from portal.lib.patience import PatientConnection, patience

pytestmark = pytest.mark.django_db(transaction=True)

SLEEP = "SELECT pg_sleep(60)"


@pytest.fixture
def patient() -> Iterator[PatientConnection]:
    """A connection as the web server's pool makes them."""
    with connection.cursor():
        parameters = connection.get_connection_params() | {"autocommit": True}
    one = PatientConnection.connect(**parameters)
    yield one
    one.close()


def test_an_answer_that_does_not_come_ends_the_connection(patient: PatientConnection) -> None:
    gone = pytest.raises(psycopg.OperationalError, match=r"no answer within 0\.2 s")
    with override_settings(DATABASE_PATIENCE=0.2), gone as caught:
        patient.execute(SLEEP)
    assert patient.closed
    assert patient.info.transaction_status == psycopg.pq.TransactionStatus.UNKNOWN
    assert is_outage(OperationalError(caught.value))


def test_some_have_less_patience_than_others(patient: PatientConnection) -> None:
    gone = pytest.raises(psycopg.OperationalError, match=r"no answer within 0\.1 s")
    with patience(0.1), gone:
        patient.execute(SLEEP)


def test_who_answers_is_not_left(patient: PatientConnection) -> None:
    with patience(5.0):
        assert patient.execute("SELECT 1 FROM pg_sleep(0.2)").fetchone() == (1,)
    assert patient.execute("SELECT 1").fetchone() == (1,)


def test_a_notification_that_does_not_come_is_no_outage(patient: PatientConnection) -> None:
    assert list(patient.notifies(timeout=0.05)) == []
    assert not patient.closed


def test_longer_than_a_lock_of_a_sleeper() -> None:
    assert settings.DATABASE_PATIENCE > 15


def broken_in_a_transaction() -> None:
    with acting_as(DatabaseRole.STAFF), connection.cursor() as cursor:
        assert connection.connection is not None
        connection.connection.close()
        cursor.execute("SELECT 1")


def test_no_other_connection_is_made_for_the_end_of_a_broken_one() -> None:
    with pytest.raises(OperationalError):
        broken_in_a_transaction()
    assert connection.connection is None
    with acting_as(DatabaseRole.STAFF), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
