"""`clinxai site`: a built website, shown to this computer only."""

import threading
import urllib.request

import pytest
from typer.testing import CliRunner

from clinxai_teach.cli import app
from clinxai_teach.website import address_of, server_of


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "index.html").write_text("<p>é</p>", encoding="utf-8")
    return tmp_path


def test_it_serves_the_files_on_this_computer_only(folder):
    server = server_of(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert server.server_address[0] == "127.0.0.1"
        with urllib.request.urlopen(address_of(server)) as answer:
            assert answer.read().decode() == "<p>é</p>"
    finally:
        server.shutdown()
        server.server_close()


def test_without_a_website_it_says_how_to_get_one(tmp_path):
    result = CliRunner().invoke(app, ["site", str(tmp_path)])
    assert result.exit_code == 1
    assert "Run `make site`" in result.output


def test_a_port_in_use_is_named(folder):
    server = server_of(folder)
    try:
        with pytest.raises(OSError, match=rf"Port {server.server_port} is in use\. Take another one"):
            server_of(folder, server.server_port)
    finally:
        server.server_close()
