"""`make lab` starts a server that does not hold messages back."""

import re
from pathlib import Path

from traitlets.utils.importstring import import_item

from clinxai_teach.lab import PromptConnection, ZMQChannelsWebsocketConnection

ROOT = Path(__file__).resolve().parents[1]


def test_the_connection_is_opened_as_usual_but_without_delay(monkeypatch):
    done = []

    class Handler:
        def set_nodelay(self, value):
            done.append(("set_nodelay", value))

    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: done.append("connect") or "connected")
    connection = PromptConnection.__new__(PromptConnection)
    monkeypatch.setattr(PromptConnection, "websocket_handler", Handler())
    assert connection.connect() == "connected"
    assert done == [("set_nodelay", True), "connect"]


def test_make_lab_asks_for_it():
    (named,) = re.findall(r"kernel_websocket_connection_class=(\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert import_item(named) is PromptConnection
