"""The guard that keeps the tests, and so the notebooks, away from the network."""

import subprocess
import sys

TRY = "import socket; socket.create_connection(({address!r}, {port}), timeout=1)"


def attempt(address, port):
    return subprocess.run(
        [sys.executable, "-c", TRY.format(address=address, port=port)], capture_output=True, text=True
    )


def test_a_process_that_the_tests_start_cannot_reach_the_network():
    assert "the course must run offline" in attempt("192.0.2.1", 80).stderr  # an address reserved for examples


def test_it_can_reach_this_computer():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        assert attempt("127.0.0.1", server.getsockname()[1]).returncode == 0
