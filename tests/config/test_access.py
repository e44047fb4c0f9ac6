"""The access code: made once, kept private, the same for everybody."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from device.config import Config, StorageConfig, WebConfig
from device.errors import StoreError
from device.host.access import access_code, signing_key


def config(folder: Path) -> Config:
    return replace(Config(), storage=StorageConfig(folder=folder))


def test_a_configured_code_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    given = replace(config(tmp_path / "data"), web=WebConfig(access_code="my own code"))
    assert access_code(given) == "my own code"
    assert not (tmp_path / "data").exists()


def test_a_code_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    code = access_code(config(tmp_path / "data"))
    assert len(code) == 10
    assert access_code(config(tmp_path / "data")) == code
    assert (tmp_path / "data/access-code").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["access-code"]
    assert access_code(config(tmp_path / "elsewhere")) != code


def test_a_code_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    code = access_code(config(tmp_path))
    (tmp_path / "access-code").chmod(0o644)
    assert access_code(config(tmp_path)) == code
    assert (tmp_path / "access-code").stat().st_mode & 0o777 == 0o600


def test_a_file_left_empty_by_a_power_cut_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "access-code").touch()
    code = access_code(config(tmp_path))
    assert code
    assert access_code(config(tmp_path)) == code


def test_programs_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: access_code(config(tmp_path)), range(32)))
    assert len(set(codes)) == 1


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/data.*web\.access_code"):
        access_code(config(tmp_path / "file" / "data"))


def test_the_signing_key_is_kept_and_follows_the_code(tmp_path: Path) -> None:
    first = signing_key(config(tmp_path))
    assert signing_key(config(tmp_path)) == first
    assert len(first) >= 32
    assert (tmp_path / "signing-key").stat().st_mode & 0o077 == 0
    other = replace(config(tmp_path), web=WebConfig(access_code="another code"))
    assert signing_key(other) != first
