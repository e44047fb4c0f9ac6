"""A booted Debian as the clinic's machine: made once, copied for each run, driven from outside."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[3]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "treadlight-rig"
PACKAGES = "ca-certificates,python3,systemd,systemd-sysv,dbus,udev,sudo,iproute2,kmod,libpam-systemd"
"""What Raspberry Pi OS brings that Debian's smallest tree does not; setup.sh installs the rest."""
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
T = TypeVar("T")
BOOT_S, STOP_S = 300.0, 60.0


def why_not() -> str | None:
    """Say why no container can be booted here, None when one can."""
    if os.geteuid() != 0:
        return "booting a container needs root"
    for tool in ("systemd-nspawn", "mmdebstrap", "dpkg-deb", "nsenter", "ip"):
        if shutil.which(tool) is None:
            return f"{tool} is missing (apt-get install systemd-container mmdebstrap dpkg iproute2)"
    if shutil.disk_usage(Path.home()).free < 6e9:
        return "less than 6 GB are free"
    return None


def base_image(suite: str) -> Path:
    """Give the tree of an empty Debian with systemd, made on first use (about a minute, 0.25 GB)."""
    tree = CACHE / f"base-{suite}"
    if not (tree / ".complete").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        remove_tree(tree)
        command = ["mmdebstrap", "--quiet", "--mode=root", "--variant=apt", f"--include={PACKAGES}"]
        subprocess.run([*command, suite, str(tree)], check=True, timeout=600)
        (tree / ".complete").touch()
    return tree


def remove_tree(tree: Path) -> None:
    """Delete a tree, but nothing that might be mounted in it."""
    subprocess.run(["rm", "-rf", "--one-file-system", str(tree)], check=True)


class Machine:
    """One container. `boot` and `off` may alternate: its disk stays.

    suite: Debian's name of the release. repository: folder with packages that this machine's apt sees too.
    """

    def __init__(self, suite: str, repository: Path) -> None:
        self.suite = suite
        self.name = f"tl-{suite}"
        self.tree = CACHE / f"run-{suite}"
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0
        remove_tree(self.tree)
        subprocess.run(["cp", "-a", "--reflink=auto", str(base_image(suite)), str(self.tree)], check=True)
        self._use_this_machines_network()
        self.write("etc/machine-id", "")
        shutil.copytree(repository, self.tree / "opt" / "packages")
        with (self.tree / "etc" / "apt" / "sources.list").open("a") as sources:
            sources.write("deb [trusted=yes] file:/opt/packages ./\n")
        if suite == "bookworm":
            self._take_libcamera_from_backports()

    def _take_libcamera_from_backports(self) -> None:
        """Debian bookworm itself has none for Python; Raspberry Pi OS has a newer one yet."""
        list_of = self.tree / "etc" / "apt" / "sources.list"
        main = list_of.read_text("utf-8").splitlines()[0]
        self.write(
            "etc/apt/sources.list.d/backports.list", main.replace(" bookworm ", " bookworm-backports ")
        )
        pin = "Package: *libcamera*\nPin: release n=bookworm-backports\nPin-Priority: 990\n"
        self.write("etc/apt/preferences.d/libcamera", pin)

    def _use_this_machines_network(self) -> None:
        (self.tree / "etc" / "resolv.conf").unlink(missing_ok=True)
        shutil.copy("/etc/resolv.conf", self.tree / "etc" / "resolv.conf")
        if CERTIFICATES.is_file():
            shutil.copy(CERTIFICATES, self.tree / CERTIFICATES.relative_to("/"))
            self.write("etc/pip.conf", f"[global]\ncert = {CERTIFICATES}\n")
            self.write("etc/npmrc", f"cafile={CERTIFICATES}\n")

    def write(self, path: str, text: str) -> None:
        """Write a file in the machine's tree."""
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def read(self, path: str) -> str:
        """Read a file of the machine's tree."""
        return (self.tree / path).read_text("utf-8")

    def boot(self, own_network: bool) -> None:
        """Start systemd and wait until it has started everything.

        own_network: a cable to this computer and nothing else, in place of this computer's network.
        """
        command = ["systemd-nspawn", "--quiet", "--register=no", f"--machine={self.name}", "--boot"]
        command += [f"--directory={self.tree}", "--link-journal=no", "--resolv-conf=off"]
        command += [f"--bind-ro={ROOT}:/src"]
        command += ["--network-veth"] if own_network else []
        if not Path("/run/systemd/system").is_dir():
            command.append("--keep-unit")
        command.append("systemd.unified_cgroup_hierarchy=1")
        environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1", "UNIFIED_CGROUP_HIERARCHY": "1"}
        with (CACHE / f"console-{self.suite}.log").open("ab") as console:
            self._nspawn = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, env=environment
            )
        self._leader = wait_for(self._find_leader, BOOT_S, "the container's systemd")
        wait_for(self._is_up, BOOT_S, "the container's services")
        if own_network:
            self._plug_in()

    def _find_leader(self) -> int:
        assert self._nspawn is not None
        assert self._nspawn.poll() is None, f"see {CACHE}/console-{self.suite}.log"
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children").read_text().split()
        # For a moment there is a helper of nspawn's own, which becomes nobody.
        return next((int(child) for child in children if _name(child) == "systemd"), 0)

    def _is_up(self) -> bool:
        done = self.run("systemctl is-system-running 2>/dev/null", check=False, timeout_s=20)
        return done.stdout.strip() in {"running", "degraded"}

    def _plug_in(self) -> None:
        """Join both ends of the cable: this computer has .1, the machine .2."""
        subprocess.run(["ip", "address", "add", "10.213.77.1/24", "dev", f"ve-{self.name}"], check=True)
        subprocess.run(["ip", "link", "set", f"ve-{self.name}", "up"], check=True)
        self.run("ip link set host0 up; ip address add 10.213.77.2/24 dev host0")

    def run(self, script: str, check: bool = True, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a shell script as root inside."""
        command = ["nsenter", f"--target={self._leader}", "--mount", "--uts", "--ipc", "--net", "--pid"]
        plain = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        more = {"LANG": "C.UTF-8", "npm_config_globalconfig": "/etc/npmrc"}
        if CERTIFICATES.is_file():
            more["PIP_CERT"] = str(CERTIFICATES)
        done = subprocess.run(
            [*command, "bash", "-c", f"cd /root; {script}"],
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env={**plain, **more},
        )
        assert not check or done.returncode == 0, f"{script}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done

    def off(self) -> None:
        """Shut down as its power button would."""
        if self._nspawn is None:
            return
        if self._leader:
            self.run("systemctl poweroff --no-block", check=False, timeout_s=20)
        else:
            self._nspawn.kill()
        self._end(STOP_S)

    def pull_the_plug(self) -> None:
        """Kill everything at once."""
        assert self._nspawn is not None
        os.kill(self._leader, 9)
        self._end(STOP_S)

    def _end(self, within_s: float) -> None:
        assert self._nspawn is not None
        try:
            self._nspawn.wait(within_s)
        except subprocess.TimeoutExpired:
            self._nspawn.kill()
            self._nspawn.wait(within_s)
        self._nspawn = None


def _name(process: str) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


@dataclass(frozen=True)
class Clinic:
    """A machine on which setup.sh has just run. printed: what it said. cadence_spm: what its camera shows."""

    machine: Machine
    printed: str
    cadence_spm: float


def wait_for(probe: Callable[[], T], within_s: float, what: str) -> T:
    """Ask until the answer is true; fails with `what` when it never is."""
    ends = time.monotonic() + within_s
    while not (answer := probe()):
        assert time.monotonic() < ends, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.25)
    return answer
