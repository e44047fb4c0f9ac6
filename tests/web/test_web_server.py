"""The server takes its port or says who to ask, and leaves nothing behind."""

import _pyio
import gc
import socket
import sys
import threading

import pytest
from scripted_device import ScriptedDevice
from web_client import Visitor, dashboard

from device.errors import ServerError
from device.web.server import DashboardServer


def test_a_taken_port_is_named_with_its_fix(device: ScriptedDevice) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = DashboardServer(dashboard(device), "127.0.0.1", port)
        with pytest.raises(ServerError, match=f"Port {port} is taken.*another port"):
            server.start()
        server.stop()


def test_an_impossible_address_is_named(device: ScriptedDevice) -> None:
    server = DashboardServer(dashboard(device), "203.0.113.7", 8080)
    with pytest.raises(ServerError, match=r"cannot listen on 203\.0\.113\.7:8080"):
        server.start()


def test_stopping_leaves_no_thread_and_frees_the_port(device: ScriptedDevice) -> None:
    before = set(threading.enumerate())
    server = DashboardServer(dashboard(device), "127.0.0.1", 0)
    server.start()
    port = server.port
    assert Visitor(port).get("/ping").status == 200
    server.stop()
    server.stop()
    assert {thread.name for thread in set(threading.enumerate()) - before} == set()
    again = DashboardServer(dashboard(device), "127.0.0.1", port)
    again.start()
    assert Visitor(port).get("/ping").status == 200
    again.stop()


def test_a_viewer_who_hangs_up_leaves_no_complaint(
    device: ScriptedDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    # Python 3.13 always complains, earlier ones when told to.
    monkeypatch.setattr(_pyio, "_IOBASE_EMITS_UNRAISABLE", True, raising=False)
    server = DashboardServer(dashboard(device), "127.0.0.1", 0)
    server.start()
    visitor = Visitor(server.port)
    visitor.log_in()
    for _ in range(3):
        with visitor.stream() as stream:
            stream.states(2)
    server.stop()
    gc.collect()
    assert complaints == []
