"""Traffic is sent, shows on the page of spend, and is in the CSV; the sums agree."""

import csv
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal

from playwright.sync_api import expect

from tests.browser.conftest import MakeVisitor
from tests.browser.visitor import Visitor
from tests.polling import eventually
from tests.stack import COMMAND, Stack

ADMIN, FINANCE = "admin@acme.example", "finance@msp.example"
SENDER, RECEIVER = "web-1", "web-2"
PORT = 9000
SENT = 20_000_000  # bytes
COUNTED_WITHIN = 120.0  # seconds; a switch writes down every 5 what it counted
CENT = Decimal("0.01")

# Reads all that one connection brings.
SINK = """
import socket, sys
server = socket.create_server(("", int(sys.argv[1])))
print("ready", flush=True)
client = server.accept()[0]
while client.recv(65536):
    pass
"""
SEND = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20) as client:
    client.sendall(bytes(int(sys.argv[3])))
"""
# What the beat asks for every minute, at once.
MEASURE = (
    "from networking import collector; from networking.engine import devices; "
    "[collector.measure_fabric(one) for one in devices.fabric_ids()]"
)

Rows = list[dict[str, str]]


def test_traffic_is_on_the_page_and_in_the_csv(visit: MakeVisitor, stack: Stack) -> None:
    visitor = visit(ADMIN)
    measure(stack)
    before = sent_by(SENDER, downloaded(visitor, ""))

    with sink(stack):
        moved = stack.exec(SENDER, "python3", "-c", SEND, address_of(visitor), str(PORT), str(SENT))
    assert moved.returncode == 0, moved.stderr

    def is_counted() -> bool:
        measure(stack)
        return sent_by(SENDER, downloaded(visitor, "")) >= before + SENT

    eventually(is_counted, within=COUNTED_WITHIN)

    def page_and_file_agree() -> bool:
        rows = downloaded(visitor, "")
        return shown_bytes(visitor) == sum(units(row) for row in rows if is_outgoing(row))

    eventually(page_and_file_agree, within=COUNTED_WITHIN)
    visitor.look("spend")


def test_a_month_that_is_over_has_one_sum_everywhere(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN)
    visitor.go("/t/acme/billing/")
    visitor.page.get_by_role("link", name=re.compile(r"^\w+ 20\d\d$")).first.click()
    expect(visitor.page.locator("#generated")).to_be_visible()
    month = visitor.page.locator("#period").input_value()
    total = shown_total(visitor)

    rows = downloaded(visitor, month)
    lines: dict[str, tuple[Decimal, Decimal]] = {}
    for row in rows:
        exact, _ = lines.get(row["line"], (Decimal(0), Decimal(0)))
        lines[row["line"]] = exact + Decimal(row["amount"]), Decimal(row["line_amount"])
    for exact, amount in lines.values():
        assert exact.quantize(CENT, ROUND_HALF_UP) == amount
    assert sum(amount for _, amount in lines.values()) == total
    assert {row["generated"] for row in rows} == {"yes", "no"}

    visitor.follow("Statement")
    assert shown_total(visitor) == total
    expect(visitor.page.locator("#generated")).to_be_visible()
    visitor.look("statement")

    finance = visit(FINANCE)
    finance.go(f"/msp/billing/?period={month}")
    expect(finance.page.get_by_role("table", name="What each customer spends")).to_be_visible()
    finance.look("billing")
    finance.follow("Acme")
    assert shown_total(finance) == total


def test_the_chart_is_walked_through_by_keys_and_there_as_a_table(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN)
    visitor.go("/t/acme/billing/")
    page = visitor.page
    page.get_by_role("link", name=re.compile(r"^\w+ 20\d\d$")).first.click()
    expect(page.locator(".chart-stage canvas")).to_be_visible()
    said = page.locator(".chart-said")
    expect(said).to_have_text(re.compile("arrow keys"))
    page.locator(".chart-stage").focus()
    page.keyboard.press("Home")
    expect(said).to_have_text(re.compile(r"^1 \w+.*Total €"))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text(re.compile(r"^2 \w+.*Total €"))

    expect(page.get_by_role("table", name="Cost by day")).to_be_hidden()
    page.get_by_text("As a table").click()
    table = page.get_by_role("table", name="Cost by day")
    expect(table.get_by_role("row").nth(2)).to_contain_text(re.compile(r"^\s*2 \w+"))


def test_without_scripts_the_table_is_what_there_is(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN, scripts=False)
    visitor.go("/t/acme/billing/")

    expect(visitor.page.get_by_role("table", name="Cost by day")).to_be_visible()
    expect(visitor.page.locator(".chart-stage")).to_be_hidden()


def measure(stack: Stack) -> None:
    """Read the counters of all hosts now."""
    done = stack.demarc("manage", "shell", "-c", MEASURE)
    assert done.returncode == 0, done.stderr


@contextmanager
def sink(stack: Stack) -> Iterator[None]:
    """Somebody who takes what is sent to the receiver."""
    command = [str(COMMAND), "lab", "exec", RECEIVER, "--", "python3", "-c", SINK, str(PORT)]
    with subprocess.Popen(
        command, env=stack.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield
        assert process.wait(COUNTED_WITHIN) == 0


def address_of(visitor: Visitor) -> str:
    """Where the receiver is."""
    visitor.go(f"/t/acme/ports/?q={RECEIVER}")
    row = visitor.page.get_by_role("row").filter(has_text=RECEIVER)
    return row.locator("code").first.inner_text()


def downloaded(visitor: Visitor, month: str) -> Rows:
    """The CSV behind the page's button, read as it was saved."""
    visitor.go(f"/t/acme/billing/?period={month}" if month else "/t/acme/billing/")
    with visitor.page.expect_download() as download:
        visitor.follow("Download CSV")
    with open(download.value.path(), newline="") as file:
        return list(csv.DictReader(file))


def is_outgoing(row: dict[str, str]) -> bool:
    """Whether a row is of traffic from machines."""
    return row["meter"] == "traffic.out"


def units(row: dict[str, str]) -> int:
    """What a row counts, in seconds or bytes."""
    return int(row["units"])


def sent_by(machine: str, rows: Rows) -> int:
    """The bytes of a machine in a file."""
    return sum(units(row) for row in rows if is_outgoing(row) and row["resource_name"] == machine)


def shown_bytes(visitor: Visitor) -> int:
    """How much traffic from machines the open page says there was."""
    row = visitor.page.get_by_role("table", name="Spend by meter").get_by_role("row")
    told = row.filter(has_text="Traffic from machines").locator("td").first.get_attribute("title")
    assert told is not None
    return int(told.split()[0])


def shown_total(visitor: Visitor) -> Decimal:
    """The total of the open page."""
    told = visitor.page.locator("[data-total]").first.get_attribute("data-total")
    assert told is not None
    return Decimal(told)
