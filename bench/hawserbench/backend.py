"""The TLS server that every target leads to: one nginx, a port of its own for each target."""

import getpass
import os
import socket
import ssl
import subprocess
import time

from .processes import LOOPBACK, BenchError

# wrk sends the host of the URL as SNI, so this must also be a name that resolves to the loopback.
SERVER_NAME = "localhost"
SMALL_PATH = "/small"
BULK_PATH = "/bulk"
BULK_BYTES = 64 * 1024 * 1024
SMALL_BODY = "x" * 127 + "\\n"

CONFIG = """
daemon off;
{user}
worker_processes {workers};
worker_rlimit_nofile {files};
pid {directory}/backend.pid;
error_log {directory}/backend-error.log warn;
events {{ worker_connections {files}; }}
http {{
  access_log off;
  client_body_temp_path {directory}/backend-body;
  proxy_temp_path {directory}/backend-proxy;
  fastcgi_temp_path {directory}/backend-fastcgi;
  uwsgi_temp_path {directory}/backend-uwsgi;
  scgi_temp_path {directory}/backend-scgi;
  tcp_nodelay on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  client_header_timeout 1h;
  ssl_certificate {directory}/backend.crt;
  ssl_certificate_key {directory}/backend.key;
{sessions}
  server {{
    {listens}
    server_name {name};
    default_type application/octet-stream;
    location = {small} {{ return 200 "{body}"; }}
    location = {bulk} {{ alias {directory}/bulk; }}
  }}
}}
"""


# Each new connection is a full handshake, whatever the client remembers.
NO_SESSIONS = """  ssl_session_cache off;
  ssl_session_tickets off;"""

# Likewise, but each has a session id, new each time, as if it could be resumed: what a node that ties sessions to backends
# looks for and learns in each connection.
SESSION_IDS = """  ssl_protocols TLSv1.2;
  ssl_session_cache none;
  ssl_session_tickets off;"""


def nginx_user():
    """As root, nginx would drop to a user that may not read our directory; it serves the loopback only."""
    return f"user {getpass.getuser()};" if os.geteuid() == 0 else ""


def client_context():
    """A client that takes any certificate: what is measured is between it and the server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def request(path, close=False):
    connection = "close" if close else "keep-alive"
    return f"GET {path} HTTP/1.1\r\nHost: {SERVER_NAME}\r\nConnection: {connection}\r\n\r\n".encode()


def answers(port):
    """Whether a TLS request through this port gets its answer."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as plain:
            with client_context().wrap_socket(plain, server_hostname=SERVER_NAME) as tls:
                tls.sendall(request(SMALL_PATH, close=True))
                return tls.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def wait_until_answers(child, port, patience):
    """Waits for the first answer through the port and returns the seconds that it took."""
    begin = time.monotonic()
    while not answers(port):
        if not child.running():
            raise BenchError(f"{child.name} ended at once:\n{child.last_words()}")
        if time.monotonic() - begin > patience:
            raise BenchError(f"{child.name} gave no answer within {patience:.0f} s:\n{child.last_words()}")
        time.sleep(0.02)
    return time.monotonic() - begin


def _make_certificate(directory):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", f"/CN={SERVER_NAME}", "-addext", f"subjectAltName=DNS:{SERVER_NAME}",
         "-keyout", f"{directory}/backend.key", "-out", f"{directory}/backend.crt"],
        check=True, capture_output=True)


def start(processes, directory, nginx, ports, workers, files, session_ids=False):
    """Starts the server on all the ports, with a certificate made now."""
    _make_certificate(directory)
    with open(f"{directory}/bulk", "wb") as bulk:
        bulk.truncate(BULK_BYTES)
    config = f"{directory}/backend.conf"
    with open(config, "w") as out:
        out.write(CONFIG.format(
            user=nginx_user(), workers=workers, files=files, directory=directory, name=SERVER_NAME,
            sessions=SESSION_IDS if session_ids else NO_SESSIONS, small=SMALL_PATH, bulk=BULK_PATH, body=SMALL_BODY,
            listens="\n    ".join(f"listen {LOOPBACK}:{port} ssl backlog=4096;" for port in ports)))
    child = processes.start("backend", [nginx, "-p", directory, "-c", config])
    for port in ports:
        wait_until_answers(child, port, patience=10)
    return child
