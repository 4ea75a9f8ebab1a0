"""What is compared: the direct way, HAProxy, nginx stream and lb-node, each set up for the same work."""

import os
import subprocess
import time
from dataclasses import dataclass, field

from . import backend
from .processes import LOOPBACK

HAPROXY = """
global
  nbthread {workers}
  maxconn {connections}
defaults
  mode tcp
  timeout connect 5s
  timeout client 10m
  timeout server 10m
frontend tls
  bind {address}:{port}
  tcp-request inspect-delay 5s
  tcp-request content accept if {{ req.ssl_hello_type 1 }}
  tcp-request content reject
  use_backend bench if {{ req.ssl_sni -i {name} }}
backend bench
  balance roundrobin
  stick-table type ip size 1m expire 30m
  stick on src
{extra}{servers}
"""

NGINX = """
daemon off;
{user}
{module}
worker_processes {workers};
worker_rlimit_nofile {files};
pid {directory}/{label}.pid;
error_log {directory}/{label}-error.log warn;
events {{ worker_connections {files}; }}
stream {{
  map $ssl_preread_server_name $pool {{ {name} bench; }}
  upstream bench {{
    hash $remote_addr consistent;
    {servers}
  }}
  server {{
    listen {address}:{port} backlog=4096;
    ssl_preread on;
    preread_timeout 5s;
    proxy_connect_timeout 5s;
    proxy_timeout 10m;
    proxy_pass $pool;
  }}
}}
"""

NODE = """
node:
  id: bench
  workers: {workers}
{settings}admin:
  bind: {address}:{admin}
listeners:
  - id: tls
    bind: [ "{address}:{port}" ]
    protocol: tls
    inspect-timeout: 5s
    routes:
      - {{ sni: [ "{name}" ], pool: bench }}
pools:
  - id: bench
    balance: maglev
    affinity: {{ by: [ {affinity} ], ttl: 30m }}
    connect-timeout: 5s
    idle-timeout: 10m
    backends:
{servers}
    health: {{ check: {check} }}
"""


@dataclass(frozen=True)
class Environment:
    """What the targets of one run share."""

    processes: object
    ports: object
    directory: str
    workers: int
    files: int
    nginx: str
    nginx_module: str
    haproxy: str
    node_settings: list = field(default_factory=list)
    node_check: str = "none"


@dataclass(frozen=True)
class Instance:
    """A target that runs: where to connect, whose CPU to count (none for the direct way), and whether it compiles."""

    label: str
    port: int
    child: object = None
    start_seconds: float = 0.0
    learns: bool = False

    @property
    def pid(self):
        return self.child.pid if self.child else None


@dataclass(frozen=True)
class Target:
    """
    One way to the server. `backends` are ports of the server that only this target uses, `affinity` what a node ties to
    backends.
    """

    label: str
    kind: str
    backends: tuple
    command: str = ""
    affinity: str = "client-ip"

    @property
    def is_proxy(self):
        return self.kind != "direct"

    def start(self, environment, suffix=""):
        """Starts a process of this target and returns when it carries its first request."""
        if not self.is_proxy:
            return Instance(self.label, self.backends[0])
        label = self.label + suffix
        port = environment.ports.take()
        config, command, patience = getattr(self, f"_{self.kind}")(environment, label, port)
        path = f"{environment.directory}/{label}.conf"
        with open(path, "w") as out:
            out.write(config)
        begin = time.monotonic()
        child = environment.processes.start(label, [part.replace("CONFIG", path) for part in command])
        backend.wait_until_answers(child, port, patience)
        return Instance(self.label, port, child, time.monotonic() - begin, learns=self.kind == "node")

    def _haproxy(self, environment, label, port, extra=""):
        config = HAPROXY.format(
            workers=environment.workers, connections=(environment.files - 100) // 2, address=LOOPBACK, port=port,
            name=backend.SERVER_NAME, extra=extra,
            servers="\n".join(f"  server b{n} {LOOPBACK}:{p}" for n, p in enumerate(self.backends, 1)))
        return config, [environment.haproxy, "-db", "-f", "CONFIG"], 10

    def _haproxysplice(self, environment, label, port):
        return self._haproxy(environment, label, port, extra="  option splice-auto\n")

    def _nginx(self, environment, label, port):
        module = f"load_module {environment.nginx_module};" if environment.nginx_module else ""
        config = NGINX.format(
            user=backend.nginx_user(), module=module, workers=environment.workers, files=environment.files,
            directory=environment.directory, label=label, address=LOOPBACK, port=port, name=backend.SERVER_NAME,
            servers="\n    ".join(f"server {LOOPBACK}:{p};" for p in self.backends))
        return config, [environment.nginx, "-p", environment.directory, "-c", "CONFIG"], 10

    def _node(self, environment, label, port):
        config = NODE.format(
            workers=environment.workers, address=LOOPBACK, admin=environment.ports.take(), port=port,
            name=backend.SERVER_NAME, check=environment.node_check, affinity=self.affinity,
            settings="".join(f"  {setting}\n" for setting in environment.node_settings),
            servers="\n".join(
                f'      - {{ id: b{n}, address: "{LOOPBACK}:{p}" }}' for n, p in enumerate(self.backends, 1)))
        return config, [self.command, "run", "-c", "CONFIG"], 60


def find_stream_module(nginx):
    """
    The path of nginx's stream module, an empty string when it is compiled in, None when it is missing.
    """
    built = subprocess.run([nginx, "-V"], capture_output=True, text=True, check=False).stderr.split()
    if "--with-stream" in built:
        return ""
    directories = [option.split("=", 1)[1] for option in built if option.startswith("--modules-path=")]
    for directory in directories + ["/usr/lib/nginx/modules"]:
        path = os.path.join(directory, "ngx_stream_module.so")
        if os.path.exists(path):
            return path
    return None
