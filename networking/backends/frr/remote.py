"""What is asked of a router, one remote command each.

A fence is a file per scope that holds "token tenant vrf". It need not survive a restart of the
router: a scope without a fence takes no script, so the worst is one more claim.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from networking.backends.base import BackendError, StaleTokenError, UnreachableError
from networking.backends.frr.config import FrrConfig
from networking.backends.frr.script import Script
from networking.backends.frr.ssh import Answer, Shell
from networking.intent import ScopeRef

LOCK_WAIT: Final = 10
"""Seconds that a command waits for another one's lock; less than the time it may take itself."""

# Exit statuses of ours, clear of vtysh's and of the shell's.
_BUSY: Final = 75
_STALE: Final = 76
_UNPROVISIONED: Final = 77
_NO_STATE: Final = 78
_REFUSED: Final = 79
_INCOMPLETE: Final = 80

_DAEMONS: Final = ("zebra", "staticd", "bgpd")
"""What must run: a running configuration is silent about the lines of a daemon that does not."""

_LOCKED = f"""umask 077
mkdir -p "$1" && exec 9>"$1/lock" || exit {_NO_STATE}
flock -w {LOCK_WAIT} 9 || exit {_BUSY}
held=$(cat "$1/$2.fence" 2>/dev/null)
"""

_CLAIM = f"""{_LOCKED}
if [ -n "$held" ] && [ "${{held%% *}}" -gt "$3" ]; then echo "${{held%% *}}"; exit {_STALE}; fi
echo "$3 $4 $5" >"$1/$2.new" && mv "$1/$2.new" "$1/$2.fence" || exit {_NO_STATE}
"""

# Standard input: the sections that must be there, an empty line, the commands that come after,
# an empty line, the configuration.
_APPLY = f"""{_LOCKED}
[ "${{held%% *}}" = "$3" ] || {{ echo "${{held%% *}}"; exit {_STALE}; }}
state=$1 scope=$2; shift 3
script=$state/$scope.script
trap 'rm -f "$script"' EXIT
running=$("$@" -c 'show daemons' -c 'show running-config' </dev/null) || exit {_REFUSED}
daemons=$(printf '%s\\n' "$running" | head -n 1)
for daemon in {" ".join(_DAEMONS)}; do
    case " $daemons " in *" $daemon "*) continue ;; esac
    echo "$daemon"
    exit {_INCOMPLETE}
done
while read -r section && [ -n "$section" ]; do
    printf '%s\\n' "$running" | grep -qxF "$section" && continue
    echo "$section"
    exit {_UNPROVISIONED}
done
then=$(while read -r command && [ -n "$command" ]; do printf '%s\\n' "$command"; done)
cat >"$script" || exit {_NO_STATE}
status=0
"$@" -f "$script" || status={_REFUSED}
[ -z "$then" ] || "$@" -c "$then" || status={_REFUSED}
exit $status
"""

_READ = """cd "$1" 2>/dev/null && cat -- *.fence 2>/dev/null
echo .
shift
exec "$@" -c 'show daemons' -c 'show running-config'
"""

_FAILED_LINE = re.compile(r"^line (\d+): (.*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A running configuration, and the tenant of each VRF that was ever claimed."""

    running: str
    tenants: dict[str, str]


class Remote:
    """A router's fences and its FRR."""

    def __init__(self, config: FrrConfig) -> None:
        self._config = config
        self._shell = Shell(config)

    def close(self) -> None:
        """End the connection."""
        self._shell.close()

    def claim(self, scope: ScopeRef, token: int) -> None:
        """Leave the token, unless a newer one is there (StaleTokenError)."""
        words = [self._config.state, scope.id, str(token), scope.tenant.id, scope.vrf]
        answer = self._sh(_CLAIM, *words)
        self._check(answer, scope, token)

    def send(self, scope: ScopeRef, token: int, script: Script) -> None:
        """Run the script if the scope's token is still this one (StaleTokenError otherwise)."""
        head = ["\n".join(script.sections), "\n".join(script.then)]
        stdin = "".join(f"{part}\n\n" if part else "\n" for part in head) + script.text
        words = [self._config.state, scope.id, str(token), *self._config.vtysh_argv]
        answer = self._sh(_APPLY, *words, stdin=stdin)
        if answer.status == _REFUSED and _only_gone(answer, script):
            return
        self._check(answer, scope, token)

    def read(self) -> Snapshot:
        """The running configuration and the fences."""
        answer = self._sh(_READ, self._config.state, *self._config.vtysh_argv)
        self._check_vtysh(answer)
        fences, _, rest = f"\n{answer.output}".partition("\n.\n")
        daemons, _, running = rest.partition("\n")
        self._check_daemons(daemons)
        held = [line.split() for line in fences.splitlines()]
        return Snapshot(running, {words[2]: words[1] for words in held if len(words) == 3})

    def show(self, commands: Sequence[str]) -> list[str]:
        """What each show command prints, in their order."""
        if not commands:
            return []
        asked = ["show daemons", *commands]
        words = [word for command in asked for word in ("-c", command)]
        answer = self._shell.run([*self._config.vtysh_argv, "-E", *words])
        # With a daemon missing vtysh gives up half-way, after this first answer.
        _, told, rest = answer.output.partition(f"# {asked[0]}\n")
        if told:
            self._check_daemons(rest.partition("\n")[0])
        self._check_vtysh(answer)
        return _split(answer.output, asked)[1:]

    def _sh(self, script: str, *words: str, stdin: str = "") -> Answer:
        return self._shell.run(["sh", "-c", script, "demarc", *words], stdin=stdin)

    def _check_vtysh(self, answer: Answer) -> None:
        if answer.status:
            raise BackendError(f"FRR does not answer: {_said(answer)}", retry=True)

    def _check_daemons(self, running: str) -> None:
        for daemon in _DAEMONS:
            if daemon not in running.split():
                raise self._incomplete(daemon)

    def _incomplete(self, daemon: str) -> BackendError:
        return BackendError(f"FRR runs no {daemon}: start it.", retry=True)

    def _check(self, answer: Answer, scope: ScopeRef, token: int) -> None:
        if answer.status == _STALE:
            held = answer.output.strip()
            raise StaleTokenError(
                f"The router holds token {held or 'none'} for {scope.tenant.slug} in {scope.vrf},"
                f" not {token}: nothing was changed."
            )
        if answer.status == _BUSY:
            raise UnreachableError(f"The router was busy with other changes for {LOCK_WAIT} s.")
        if answer.status == _INCOMPLETE:
            raise self._incomplete(answer.output.strip())
        if answer.status == _UNPROVISIONED:
            # A router that is starting has read no configuration yet.
            raise BackendError(
                f"The router has no `{answer.output.strip()}`: provision the attachment there.",
                retry=True,
            )
        if answer.status == _NO_STATE:
            raise BackendError(
                "The router does not let the portal keep its fencing tokens there.",
                retry=False,
                detail=f"{self._config.username} at {self._config.address}: {_said(answer)}",
            )
        if answer.status:
            raise BackendError(f"The router refused a change: {_said(answer)}", retry=False)


def _only_gone(answer: Answer, script: Script) -> bool:
    """Whether nothing failed but to take away what was gone already."""
    failed = [int(match[1]) for match in _FAILED_LINE.finditer(answer.errors)]
    return bool(failed) and all(script.removes(number) for number in failed)


def _said(answer: Answer) -> str:
    """The lines in which FRR, or the shell, says what is wrong."""
    said = [line.strip() for line in (answer.errors + "\n" + answer.output).splitlines()]
    # Without a vtysh.conf it says so on every call, and goes on.
    wrong = [line for line in said if line and "Can't open configuration file" not in line]
    return "; ".join(wrong[:5]) or f"status {answer.status}"


def _split(output: str, commands: Sequence[str]) -> list[str]:
    """`vtysh -E` prints a prompt and the command before what each command prints."""
    parts: list[list[str]] = []
    for line in output.splitlines():
        if len(parts) < len(commands) and line.endswith(f"# {commands[len(parts)]}"):
            parts.append([])
        elif parts:
            parts[-1].append(line)
    if len(parts) != len(commands):
        raise BackendError("FRR answered fewer commands than it was asked.", retry=True)
    return ["\n".join(part) for part in parts]
