"""Adds to a bill of materials what no Python package is: the dashboard's chart library and the networks."""

import base64
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def libraries() -> list[dict[str, Any]]:
    """Give what the npm lock file has for run time."""
    lock = json.loads((ROOT / "device/web/package-lock.json").read_text("utf-8"))
    found = []
    for place, entry in lock["packages"].items():
        if not place or entry.get("dev"):
            continue
        name, version = place.removeprefix("node_modules/"), entry["version"]
        digest = base64.b64decode(entry["integrity"].removeprefix("sha512-")).hex()
        found.append(
            {
                "type": "library",
                "bom-ref": f"npm-{name}",
                "name": name,
                "version": version,
                "purl": f"pkg:npm/{name}@{version}",
                "hashes": [{"alg": "SHA-512", "content": digest}],
                "licenses": [{"license": {"id": entry["license"]}}],
            }
        )
    return found


def networks() -> list[dict[str, Any]]:
    """Give the pose networks of the manifest."""
    manifest = tomllib.loads((ROOT / "models/manifest.toml").read_text("utf-8"))
    return [
        {
            "type": "machine-learning-model",
            "bom-ref": f"model-{name}",
            "name": entry["file"],
            "version": entry["sha256"][:12],
            "hashes": [{"alg": "SHA-256", "content": entry["sha256"]}],
        }
        for name, entry in manifest["model"].items()
    ]


def main(file: Path) -> None:
    """Add to the bill in this file."""
    bill = json.loads(file.read_text("utf-8"))
    bill["components"] += [*libraries(), *networks()]
    file.write_text(json.dumps(bill, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
