"""What a fabric's row may say of an OVN deployment."""

import pytest

from networking.backends.ovn.config import OvnConfig, Tls

TLS = {"private_key_file": "/k.pem", "certificate_file": "/c.pem", "ca_file": "/ca.pem"}


def test_all_entries_are_read() -> None:
    config = OvnConfig.from_json(
        {
            "northbound": "ssl:192.0.2.1:6641,ssl:[2001:db8::1]:6641",
            "southbound": "tcp:192.0.2.1:6642",
            "hosts": [["h1", "unix:/run/h1/db.sock"], ["h2", "unix:/run/h2/db.sock"]],
            "timeout": 2,
            "tls": TLS,
        }
    )
    assert config.hosts == (("h1", "unix:/run/h1/db.sock"), ("h2", "unix:/run/h2/db.sock"))
    assert config.timeout == 2.0
    assert config.tls == Tls(**TLS)


def test_hosts_timeout_and_tls_may_be_left_out() -> None:
    config = OvnConfig.from_json({"northbound": "unix:/nb", "southbound": "unix:/sb"})
    assert (config.hosts, config.timeout, config.tls) == ((), 5.0, None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"northbound": None}, "northbound is missing"),
        ({"southbound": "localhost"}, "'localhost' is not a connection method"),
        ({"southbound": "tcp:192.0.2.1"}, "names no port"),
        ({"southbound": "unix:"}, "is not a connection method"),
        ({"southbound": "ptcp:6642"}, "is not a connection method"),
        ({"southbound": "ssl:192.0.2.1:6642"}, "needs tls"),
        ({"hosts": {"h1": "unix:/h1", "h22": "unix:/h2"}}, "hosts is not a list"),
        ({"hosts": ["h1"]}, "is not a connection method"),
        ({"hosts": [["h1"]]}, "hosts is not a list"),
        ({"hosts": 3}, "hosts is not a list"),
        ({"timeout": "soon"}, "give seconds"),
        ({"timeout": 0}, "more than 0"),
        ({"tls": {"ca_file": "/ca.pem"}}, "tls is not an object of private_key_file"),
        ({"tls": TLS | {"check_names": "yes"}}, "check_names is neither true nor false"),
        ({"northbond": "unix:/nb"}, "northbond is not an entry"),
    ],
)
def test_a_bad_entry_is_named(change: dict[str, object], sentence: str) -> None:
    data = {"northbound": "unix:/nb", "southbound": "unix:/sb"} | change
    with pytest.raises(ValueError, match=sentence):
        OvnConfig.from_json(data)
