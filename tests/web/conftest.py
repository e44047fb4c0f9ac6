"""A scripted device behind the real app and the real server."""

from collections.abc import Iterator

import pytest
from scripted_device import ScriptedDevice
from web_client import CODE, KEY, Visitor

from device.web.app import create_app
from device.web.server import DashboardServer


@pytest.fixture(scope="module")
def running_device() -> Iterator[ScriptedDevice]:
    scripted = ScriptedDevice()
    scripted.start()
    yield scripted
    scripted.close()


@pytest.fixture
def device(running_device: ScriptedDevice) -> ScriptedDevice:
    """The module's device, as it was at first."""
    running_device.reset()
    return running_device


@pytest.fixture(scope="module")
def server(running_device: ScriptedDevice) -> Iterator[DashboardServer]:
    running = DashboardServer(create_app(running_device, None, CODE, KEY, max_viewers=4), "127.0.0.1", 0)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_server(device: ScriptedDevice) -> Iterator[DashboardServer]:
    running = DashboardServer(create_app(device, None, CODE, KEY, max_viewers=4), "127.0.0.1", 0)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def stranger(server: DashboardServer) -> Visitor:
    return Visitor(server.port)


@pytest.fixture
def visitor(server: DashboardServer, device: ScriptedDevice) -> Visitor:
    known = Visitor(server.port)
    assert known.log_in().status == 302
    return known
