"""A hub for a class on one machine. docs/hub.md explains it; `make hub` starts the trial.

The trial (CLINXAI_HUB=trial, set by tools/hub.py) has one shared password, any name, and everybody runs as the person
who started it: for trying it out on one computer, never for a class. Otherwise people sign in with their accounts of
this machine (PAM), only members of the group `clinxai` may, and systemd holds each to the limits below.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COURSE = Path(os.environ.get("CLINXAI_COURSE", HERE.parents[1]))  # the folder that holds notebooks/ and exercises/
STATE = Path(os.environ.get("CLINXAI_HUB_STATE", "/srv/clinxai-hub"))  # database, secrets, the exchange
TRIAL = os.environ.get("CLINXAI_HUB") == "trial"
MEMORY, PROCESSORS = "2G", 1.0  # of each learner. docs/sizing.md has what was measured
SLIDERS = "kernel_websocket_connection_class=clinxai_teach.lab.PromptConnection"  # as in `make lab`
IDLE_S = int(os.environ.get("CLINXAI_IDLE_S", "3600"))  # a server that nobody touched for so long is ended; files stay

c = get_config()  # noqa: F821  (JupyterHub provides it)

c.JupyterHub.bind_url = os.environ.get("CLINXAI_HUB_URL", "http://127.0.0.1:8000")
c.JupyterHub.hub_port = int(os.environ.get("CLINXAI_HUB_PORT", "8081"))  # inside this machine
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ.get('CLINXAI_PROXY_PORT', '8001')}"
c.ConfigurableHTTPProxy.command = [os.environ.get("CLINXAI_PROXY", "configurable-http-proxy")]
c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.cleanup_servers = False  # a restart of the hub leaves the learners' servers and kernels alone

# Everybody's server lays out the course as the learner, then starts: see course_copy.py.
root = ["--allow-root"] if TRIAL and os.getuid() == 0 else []
c.Spawner.cmd = [
    sys.executable,
    str(HERE / "course_copy.py"),
    str(COURSE),
    sys.executable,
    "-m",
    "jupyterhub.singleuser",
]
c.Spawner.args = [f"--ServerApp.{SLIDERS}", *root]
c.Spawner.default_url = "/lab/tree/course/notebooks/00_start_here.ipynb"
c.Spawner.mem_limit = MEMORY
c.Spawner.cpu_limit = PROCESSORS
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.environment = {"JUPYTER_CONFIG_PATH": str(HERE), "CLINXAI_EXCHANGE": str(STATE / "exchange")}
c.JupyterHub.concurrent_spawn_limit = 10
c.JupyterHub.active_server_limit = int(os.environ.get("CLINXAI_LEARNERS", "40"))

if TRIAL:
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = os.environ["CLINXAI_HUB_PASSWORD"]
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "people" / "{username}")
    c.Spawner.environment["CLINXAI_TRIAL"] = "yes"
else:
    c.JupyterHub.authenticator_class = "pam"
    c.LocalAuthenticator.allowed_groups = {"clinxai"}
    c.LocalAuthenticator.admin_groups = {"clinxai-teachers"}
    c.JupyterHub.spawner_class = "systemd"
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.unit_extra_properties = {"TasksMax": "256"}

# What ends idle servers.
c.JupyterHub.services = [
    {"name": "idle-culler", "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_S}"]}
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
