"""Start a hub on this computer for a trial: `make hub`, or `python tools/hub.py --help`.

Any name and the printed password sign in. Everybody runs as you, so never offer it to a class: docs/hub.md.
"""

import argparse
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "deploy" / "hub" / "jupyterhub_config.py"
NO_PROXY = (
    "The hub needs configurable-http-proxy. Install node and npm, then run in the course's folder: "
    "npm install --no-save configurable-http-proxy"
)


def proxy() -> str | None:
    """Return the proxy's program: the one on the path, or the one that npm put into this folder."""
    local = ROOT / "node_modules" / ".bin" / "configurable-http-proxy"
    return shutil.which("configurable-http-proxy") or (str(local) if local.exists() else None)


def is_free(port: int) -> bool:
    """Say whether nobody listens at this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def problem(state: Path, ports: tuple[int, ...]) -> str | None:
    """Return why the hub cannot start, with the cure, or None."""
    try:
        import jupyterhub  # noqa: F401
    except ModuleNotFoundError:
        return "The hub is not installed. Run: .venv/bin/python -m pip install -c constraints.txt -e '.[hub]'"
    if proxy() is None:
        return NO_PROXY
    for port in ports:
        if not is_free(port):
            return f"Port {port} is in use: is the hub running already? End it, or name another one with --port."
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        (state / "exchange").mkdir(exist_ok=True)
        (state / "exchange").chmod(0o777)  # nbgrader asks for it; the folder above lets in nobody else
        for folder in (state, state / "exchange"):
            if not os.access(folder, os.W_OK):
                return f"{folder} cannot be written. Name another folder with --state."
    except OSError as error:
        return f"{state} cannot be made: {error.strerror}. Name another folder with --state."
    return None


def main() -> None:
    """Check, say the password, start; Ctrl+C ends it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8000, help="the next two ports are used too")
    parser.add_argument("--state", type=Path, default=ROOT / "build" / "hub", help="where everything is kept")
    parser.add_argument("--password", default=None, help="8 characters or more; one is made up otherwise")
    asked = parser.parse_args()
    password, state = asked.password or secrets.token_urlsafe(9), asked.state.resolve()
    if len(password) < 8:
        sys.exit(f"The password must have 8 characters or more, but it has {len(password)}.")
    if why := problem(state, (asked.port, asked.port + 1, asked.port + 2)):
        sys.exit(f"No hub was started. {why}")
    settings = {
        "CLINXAI_HUB": "trial",
        "CLINXAI_HUB_STATE": str(state),
        "CLINXAI_HUB_PASSWORD": password,
        "CLINXAI_HUB_URL": f"http://127.0.0.1:{asked.port}",
        "CLINXAI_PROXY_PORT": str(asked.port + 1),
        "CLINXAI_HUB_PORT": str(asked.port + 2),
        "CLINXAI_PROXY": str(proxy()),
    }
    print(f"Trial only. Open http://127.0.0.1:{asked.port}, any name, password {password}. Ctrl+C ends it.", flush=True)
    hub = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub", "--config", CONFIG], cwd=state, env=os.environ | settings
    )
    signal.signal(signal.SIGTERM, lambda *_: hub.terminate())
    try:
        sys.exit(hub.wait())
    except KeyboardInterrupt:
        hub.wait()


if __name__ == "__main__":
    main()
