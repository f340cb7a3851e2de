"""Servers and clients on machines and at sites, and what a client is told."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from lab import Lab, inside

Answer = Literal["refused", "silence"] | str

# Answers each connection with the name that it was given, and then with what it is sent.
_SERVE_TCP = """
import socket, sys, threading
port, name = int(sys.argv[1]), sys.argv[2].encode()
def answer(client):
    with client:
        client.sendall(name)
        while data := client.recv(65536):
            client.sendall(data)
server = socket.create_server(
    ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
print("ready", flush=True)
while True:
    client, _ = server.accept()
    threading.Thread(target=answer, args=(client,), daemon=True).start()
"""

# IPv4 alone: from a socket of both families, answers could come from another address.
_SERVE_UDP = """
import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", int(sys.argv[1])))
print("ready", flush=True)
while True:
    data, peer = server.recvfrom(2048)
    server.sendto(sys.argv[2].encode(), peer)
"""

# Tries each of the (protocol, address, port) given; prints what it was told, in JSON.
_CALL = """
import errno, json, socket, sys
def call(protocol, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(family, kind) as client:
        client.settimeout(1)
        try:
            client.connect((address, port))
            if protocol == "udp":
                client.send(b"hello")
            return client.recv(64).decode()
        except TimeoutError:
            return "silence"
        except OSError as error:
            return {errno.ECONNREFUSED: "refused"}.get(error.errno, str(error))
print(json.dumps([call(*one) for one in json.loads(sys.argv[1])]))
"""


@contextmanager
def serving(lab: Lab, where: str, protocol: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """A server that answers with the name of where it runs."""
    script = _SERVE_TCP if protocol == "tcp" else _SERVE_UDP
    argv = ["/usr/bin/python3", "-c", script, str(port), where]
    command = inside.command(lab.place, lab.plan, where, argv)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready", f"no server at {where}"
            yield process
        finally:
            process.terminate()


def calls(lab: Lab, where: str, *targets: tuple[str, str, int]) -> list[Answer]:
    """What a client is told of each protocol, address and port, one after another."""
    argv = ("/usr/bin/python3", "-c", _CALL, json.dumps(targets))
    done = lab.exec(where, *argv, within=10 + 2 * len(targets))
    assert done.returncode == 0, done.stderr
    answers: list[Answer] = json.loads(done.stdout)
    return answers


def call(lab: Lab, where: str, protocol: str, address: str, port: int) -> Answer:
    """What a client is told: a server's name, `refused` or `silence`."""
    (answer,) = calls(lab, where, (protocol, address, port))
    return answer


# Sends datagrams, a moment apart, and expects no answer.
_SEND = """
import socket, sys, time
address, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
with socket.socket(family, socket.SOCK_DGRAM) as out:
    out.bind(("", 40000))
    for _ in range(count):
        out.sendto(b"counted", (address, port))
        time.sleep(0.02)
"""


def send(lab: Lab, where: str, address: str, port: int, count: int) -> None:
    """Send as many datagrams from one port to another."""
    argv = ("/usr/bin/python3", "-c", _SEND, address, str(port), str(count))
    done = lab.exec(where, *argv)
    assert done.returncode == 0, done.stderr


# Sends so many bytes on one connection, and reads them back as they come.
_TRANSFER = """
import socket, sys, threading
address, port, size, greeting = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
with socket.create_connection((address, port), timeout=20) as client:
    left = size + greeting
    def write():
        client.sendall(bytes(size))
    writer = threading.Thread(target=write)
    writer.start()
    while left and (data := client.recv(65536)):
        left -= len(data)
    writer.join()
sys.exit(bool(left))
"""


def transfer(lab: Lab, where: str, address: str, port: int, size: int, server: str) -> None:
    """Send so many bytes to a `serving` server called `server`, and get them back."""
    words = (address, str(port), str(size), str(len(server)))
    done = lab.exec(where, "/usr/bin/python3", "-c", _TRANSFER, *words, within=60)
    assert done.returncode == 0, done.stderr
