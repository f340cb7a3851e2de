"""What the provider's people were written to; without a mail server, mails are in the worker's
log."""

from tests.faults import beat, truth
from tests.polling import eventually
from tests.stack import Stack

TOLD_WITHIN = 20.0  # seconds; the beat looks every 15 s
# What the tests do not wait for: a minute until a trouble is told of, five for a change.
TROUBLE_LASTS = """
    UPDATE networking_host SET silent_since = silent_since - interval '2 minutes'
        WHERE silent_since > now() - interval '1 minute';
    UPDATE networking_site SET session_since = session_since - interval '2 minutes'
        WHERE session_state <> 'Established' AND session_since > now() - interval '1 minute';
    UPDATE networking_change SET created_at = created_at - interval '6 minutes'
        WHERE state IN ('waiting', 'blocked') AND created_at > now() - interval '5 minutes'
"""
# And two minutes, doubled for each trouble of the last day, until it counts as over; five more
# for what a sweep has put right.
PEACE_LASTS = """
    UPDATE networking_scope SET drift = drift || jsonb_build_object(
            'at', (drift ->> 'at')::timestamptz - interval '10 minutes')
        WHERE drift ->> 'repaired_at' IS NOT NULL
        AND (drift ->> 'at')::timestamptz > now() - interval '5 minutes';
    UPDATE networking_alert SET cleared_at = now() - interval '2 hours'
        WHERE cleared_at IS NOT NULL AND ended_at IS NULL
"""
# What earlier tests did is no news.
FORGOTTEN = """
    UPDATE networking_alert SET ended_at = now(), end_told_at = now() WHERE ended_at IS NULL
"""


class Mails:
    """The items of the mails that were sent after this was made."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        truth.rows(stack, PEACE_LASTS)
        truth.rows(stack, FORGOTTEN)
        self._read = len(self._all())

    def items(self) -> list[str]:
        """Each names one trouble that began, or one that is over."""
        return self._all()[self._read :]

    def wait_for(self, *beginnings: str) -> None:
        """Until somebody was told of each, however long that takes."""
        self._wait(TROUBLE_LASTS, beginnings)

    def wait_for_the_end(self, *subjects: str) -> None:
        """Until somebody was told that each is over."""
        self._wait(PEACE_LASTS, [f"Over: {subject}" for subject in subjects])

    def _wait(self, passing: str, beginnings: tuple[str, ...] | list[str]) -> None:
        def told() -> bool:
            if all(self._count(one) for one in beginnings):
                return True
            truth.rows(self._stack, passing)
            beat.send(self._stack, beat.ALERTS)
            return False

        try:
            eventually(told, within=TOLD_WITHIN, pause=1.0)
        except AssertionError:
            raise AssertionError(f"not told of {beginnings} but: {self.items()}") from None
        assert all(self._count(one) == 1 for one in beginnings), self.items()

    def _count(self, beginning: str) -> int:
        return sum(item.startswith(beginning) for item in self.items())

    def _all(self) -> list[str]:
        lines = (self._stack.state / "logs" / "worker.log").read_text(errors="replace").splitlines()
        return [line.removeprefix("- ") for line in lines if line.startswith("- ")]
