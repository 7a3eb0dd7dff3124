"""Shows a built copy of the course's website to this computer only."""

import errno
import threading
import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"  # no other computer can reach it


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def server_of(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of a folder's files for this computer only; port 0 takes a free one.

    Raises FileNotFoundError where there is no website in the folder, and OSError with the cure where the port is taken.
    """
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(
            f"There is no website in {folder}. Run `make site` in the course's folder, or unpack a release's site.zip, "
            "and name that folder. Its index.html also opens by a double click."
        )
    try:
        return ThreadingHTTPServer((HOST, port), partial(QuietHandler, directory=str(folder)))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OSError(f"Port {port} is in use. Take another one, or leave --port out.") from error
        if error.errno == errno.EACCES:
            raise OSError(f"Port {port} is not allowed. Take one above 1023, or leave --port out.") from error
        raise


def serve(server: ThreadingHTTPServer, *, open_browser: bool = True) -> None:
    """Serve until Ctrl+C."""
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [address_of(server)]).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def address_of(server: ThreadingHTTPServer) -> str:
    """Return the address to type into a browser.

    Examples
    --------
    >>> from pathlib import Path
    >>> server_of(Path("no such folder"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: There is no website in no such folder. Run `make site` ...
    """
    return f"http://{HOST}:{server.server_port}/"
