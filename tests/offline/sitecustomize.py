"""Python reads this file at its start when its folder is on PYTHONPATH: from then on only this computer answers.

`tests/conftest.py` puts it there for every process that the tests start, the notebooks' kernels included. So a
notebook that reaches for the network fails in `make test`. It also looks for garbage less often, as most of what such a
process does is to import: a sixth less time.
"""

import gc
import socket

gc.set_threshold(20_000)

_connect = socket.socket.connect


def connect(self, address):
    """Connect within this computer only."""
    if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
        raise OSError(f"the course must run offline, but something tried to reach {address[0]}")
    return _connect(self, address)


def is_here(host):
    """Say whether a name or an address is this computer."""
    return host == "localhost" or host.startswith("127.") or host == "::1"


socket.socket.connect = connect
