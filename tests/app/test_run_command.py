"""The command `treadlight run` as the service's log sees it."""

import signal
from pathlib import Path

from device_processes import Process
from web.web_client import Visitor

from device.demo.clip import demo_clip

SETTINGS = """
[camera]
source = "{clip}"
loop = true
[light]
kind = "mock"
[web]
host = "127.0.0.1"
port = 0
[storage]
folder = "{data}"
"""


def test_the_log_tells_where_the_code_is_and_not_the_code(tmp_path: Path) -> None:
    settings = tmp_path / "treadlight.toml"
    settings.write_text(SETTINGS.format(clip=demo_clip(), data=tmp_path / "data"))
    process = Process(["-m", "device", "run", "--config", str(settings)], tmp_path)
    try:
        address, hint = process.line(), process.line()
        code = (tmp_path / "data" / "access-code").read_text().strip()
        assert f"treadlight check --config {settings}" in hint
        visitor = Visitor(int(address.strip().rstrip("/").rpartition(":")[2]))
        assert visitor.get("/live").headers["location"] == "/setup"
        visitor.get("/setup")
        pin = {"secret": "493817", "again": "493817"}
        assert visitor.send("/setup", code="a guess", name="Ann Lee", **pin).status == 401
        assert visitor.send("/setup", code=code, name="Ann Lee", **pin).status == 302
        assert visitor.get("/live").status == 200
        process.process.send_signal(signal.SIGTERM)
        assert process.end() == 0, process.errors
        assert code not in address + hint + process.errors
    finally:
        process.close()
