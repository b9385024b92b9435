"""A wrong or taken port is told before anything starts."""

import socket

import pytest

from ops import ports
from ops.progress import Remedy


@pytest.mark.parametrize("asked", ["0", "65536", "http", "-1", "8000 "])
def test_what_is_no_port_is_told(asked: str) -> None:
    with pytest.raises(Remedy, match="from 1 to 65535"):
        ports.wanted({"PORT": asked})


def test_8000_when_nothing_is_said() -> None:
    assert ports.wanted({"PORT": ""}) == 8000


def test_a_port_in_use_is_told_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Remedy, match=f"Port {port} is in use.*make run PORT="):
            ports.require_free(port)


def test_chosen_ports_are_free_and_differ() -> None:
    chosen = ports.choose(5)
    assert len(set(chosen)) == 5
    assert all(map(ports.is_free, chosen))
