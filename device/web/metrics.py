"""`/metrics` for Prometheus: open to nobody but the collector that sends the token, and without patients."""

import hmac
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from device.monitor.exposition import exposition
from device.monitor.figures import read
from device.monitor.station import Station
from device.web.roles import open_to_all
from device.web.tries import Tries

WRONG_A_MINUTE = 30

area = Blueprint("metrics", __name__)


def set_up(app: Flask, token: str | None) -> None:
    """Serve the figures to whoever sends this bearer token; None: there is no such page."""
    if token is None:
        return
    app.extensions["metrics"] = (token.encode(), Tries(WRONG_A_MINUTE))
    app.register_blueprint(area)


@area.get("/metrics")
@open_to_all
def page() -> ResponseReturnValue:
    """Give the device's figures; the token stands for the login."""
    token, wrong = cast("tuple[bytes, Tries]", current_app.extensions["metrics"])
    kind, _, sent = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(sent.strip().encode(), token):
        if not wrong.allow(request.remote_addr or ""):
            return Response(status=429, headers={"Retry-After": "60"})
        raise Unauthorized
    content, mimetype = exposition(read(cast(Station, current_app.extensions["station"])))
    return Response(content, content_type=mimetype)
