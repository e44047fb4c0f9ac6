"""Whether treadlight itself answers on this machine."""

import http.client
import json
import ssl
import sys
from pathlib import Path

from device.config import Config, load_config

_WITHIN_S = 1.0


def treadlight_answers(config: Config) -> bool:
    """Ask the dashboard's open `/ping`; False when nobody or another program answers."""
    host = "127.0.0.1" if config.web.host in ("0.0.0.0", "::", "localhost") else config.web.host
    connection = http.client.HTTPConnection(host, config.web.port, timeout=_WITHIN_S)
    if config.web.encrypted:
        # This machine is asked, and only whether it answers: there is nobody to be taken for.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, config.web.port, timeout=_WITHIN_S, context=context)
    try:
        connection.request("GET", "/ping")
        response = connection.getresponse()
        return response.status == 200 and json.loads(response.read(1000)) == {"ok": True}
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if treadlight_answers(load_config(Path(sys.argv[1]))) else 1)
