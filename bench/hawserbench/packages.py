"""Installs from Debian what is missing."""

import os
import shutil
import subprocess

from . import targets
from .processes import BenchError

DENY_SERVICES = "/usr/sbin/policy-rc.d"


def find(program):
    """The path of a program; daemons live in directories that are not on every user's PATH."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")


def missing():
    """The Debian packages that the benchmark needs and this machine lacks."""
    wanted = {"haproxy": "haproxy", "nginx": "nginx-light", "wrk": "wrk", "openssl": "openssl"}
    packages = [package for program, package in wanted.items() if not find(program)]
    nginx = find("nginx")
    if nginx is None or targets.find_stream_module(nginx) is None:
        packages.append("libnginx-mod-stream")
    return packages


def install(packages):
    """
    Installs the packages, and keeps the services that come with them from starting: the benchmark runs
    its own processes on the loopback and wants no web server on port 80.
    """
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    hint = f"run as root: {' '.join(command)}"
    if os.geteuid() != 0:
        raise BenchError(f"missing: {', '.join(packages)}; {hint}")
    if not find("apt-get"):
        raise BenchError(f"missing: {', '.join(packages)}, and there is no apt-get to install them")
    print(f"installing from Debian: {', '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    deny = not os.path.exists(DENY_SERVICES)
    if deny:
        with open(DENY_SERVICES, "w") as policy:
            policy.write("#!/bin/sh\nexit 101\n")
        os.chmod(DENY_SERVICES, 0o755)
    try:
        for step in (["apt-get", "update"], command):
            done = subprocess.run(step, env=environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise BenchError(f"{' '.join(step)} failed: {done.stderr.strip()[-500:]}")
    finally:
        if deny:
            os.remove(DENY_SERVICES)
    if find("systemctl"):
        for service in {"haproxy", "nginx"} & {package.split("-")[0] for package in packages}:
            subprocess.run(["systemctl", "disable", service], capture_output=True, check=False)
