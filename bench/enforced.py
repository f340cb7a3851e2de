"""Row "enforced": one change on the small lab, from the request until every host enforces it."""

from statistics import median

from bench import product
from bench.product import Product
from bench.rows import Measured, row, timed
from bench.terminal import terminal

TENANT, CENTRE = "acme", "central"
API = f"/api/v1/tenants/{TENANT}"


@row("enforced", size="rounds")
def enforced(rounds: int) -> list[Measured]:
    """On the lab, which needs root; nothing where it does not run."""
    if not product.has_lab("enforced"):
        return []
    with product.running("lab") as mine:
        return _measured(rounds, mine)


def _measured(rounds: int, mine: Product) -> list[Measured]:
    """A machine is added; by hand a port is, of which the hosts are asked, too."""
    person = mine.browser(f"admin@{TENANT}.example")
    network = person.read(f"{API}/networks")["results"][0]["id"]
    ours, by_hand = [], []

    def add(name: str) -> None:
        change = person.send("POST", f"{API}/ports", {"network": network, "name": name})
        person.wait_until_done(TENANT, change["id"])

    with terminal(mine, CENTRE) as engineer:
        names = "ovn-nbctl --bare --columns=name find Logical_Switch"
        switch = engineer.run(f"{names} external_ids:demarc-id={network}")
        for number in range(rounds + 1):
            ours.append(timed(lambda: add(f"bench-{number}")))  # noqa: B023 - called at once
            ends = f"0a:ff:00:00:00:{number:02x} 10.254.0.{number}"
            lines = f"lsp-add {switch} raw-{number} -- lsp-set-addresses raw-{number} '{ends}'"
            lines += f" -- lsp-set-port-security raw-{number} '{ends}'"
            by_hand.append(
                timed(lambda: engineer.run(f"ovn-nbctl --wait=hv {lines}"))  # noqa: B023
            )
    return [
        Measured(
            "one change on the small lab, HTTP to enforced on all hosts",
            median(ours[1:]), median(by_hand[1:]), "a port by `ovn-nbctl --wait=hv`",
        )
    ]  # fmt: skip
