"""`manage.py pooled_statistics`: what it writes, that it writes the same again, and that a signature holds it."""

import base64
import io
import json
import secrets
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.management import CommandError, call_command
from pyarrow import parquet

from assessments.pooled.manifest import public_pem, signing_key
from practice.models import Membership
from tests.assessments.pooled.pools import PLENTY, SIZES, make_pool, make_pooled, quarter

pytestmark = pytest.mark.database


def run(*words: str | Path) -> str:
    told = io.StringIO()
    call_command("pooled_statistics", *map(str, words), stdout=told)
    return told.getvalue()


def written(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


@pytest.fixture
def folder(owners: list[Membership], tmp_path: Path) -> Path:
    run("--to", tmp_path / "release")
    return tmp_path / "release"


def test_a_second_run_writes_the_same_bytes(folder, owners, tmp_path):
    """F03"""
    make_pooled(owners[0], 7)
    assert f"{quarter().name}, drawn on" in run("--to", tmp_path / "again")
    run("--to", tmp_path / "named", "--quarter", quarter().name)
    assert written(folder) == written(tmp_path / "again") == written(tmp_path / "named")


def test_all_files_say_the_same(folder):
    name = f"pooled-statistics-{quarter().name}"
    files = written(folder)
    rows = parquet.read_table(io.BytesIO(files[f"{name}.parquet"])).to_pylist()
    sheet = openpyxl.load_workbook(io.BytesIO(files[f"{name}.xlsx"]))["Statistics"]
    assert [row["couples"] for row in rows] == [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(files[f"{name}.csv"].splitlines()) == len(rows) + 1
    assert json.loads(files[f"{name}.json"])["couples"] == rows[0]["couples"] == sum(SIZES)
    book = files[f"{name}-codebook.csv"].decode().splitlines()
    assert [line.split(",")[1] for line in book[1:8]] == list(rows[0])
    assert {line.split(",")[1] for line in book[8:]} == {row["statistic"] for row in rows}


def test_the_manifest_says_what_is_promised(folder):
    manifest = json.loads(written(folder)["manifest.json"])
    assert (manifest["unit"], manifest["epsilon"], manifest["promise"]) == (
        "couple",
        "1000",
        "pure differential privacy",
    )
    assert manifest["epsilon_at_most"] == {"365 days": "10000", "a couple": "10000"}
    assert sum(map(float, manifest["split"].values())) == PLENTY
    assert manifest["tables"]["months"]["clamped"] == [0, 3]
    assert set(manifest["code"]) == {"attune", "opendp", "sha256"}
    assert set(manifest["files"]) == set(written(folder)) - {"manifest.json", "manifest.sig", "public-key.pem"}
    assert "seed" not in set(manifest)


def test_the_signature_is_plain_ed25519_over_the_manifest(folder):
    files = written(folder)
    key: Any = load_pem_public_key(files["public-key.pem"])
    key.verify(files["manifest.sig"], files["manifest.json"])


def test_a_file_that_was_changed_is_found(folder):
    assert "as it was signed" in run("--verify", folder)
    for name in [one for one in written(folder) if one not in ("public-key.pem", "manifest.sig")]:
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(kept.replace(b"1", b"2") + b" ")
        with pytest.raises(CommandError, match=name):
            run("--verify", folder)
        (folder / name).write_bytes(kept)
    (folder / f"pooled-statistics-{quarter().name}.csv").unlink()
    with pytest.raises(CommandError, match="missing or changed"):
        run("--verify", folder)


def test_another_key_has_not_signed_it(folder, settings, tmp_path):
    """Nor does the public key that lies beside it prove anything: who must have signed is known from elsewhere."""
    mine = tmp_path / "known.pem"
    mine.write_bytes(public_pem(signing_key(settings.STATISTICS_SIGNING_KEY)))
    settings.STATISTICS_SIGNING_KEY = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    with pytest.raises(CommandError, match="not what this key signed"):
        run("--verify", folder)
    assert "as it was signed" in run("--verify", folder, "--public-key", mine)


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "not base64!"])
def test_without_a_key_nothing_is_drawn(owners, settings, tmp_path, key):
    settings.STATISTICS_SIGNING_KEY = key
    with pytest.raises(CommandError, match="STATISTICS_SIGNING_KEY"):
        run("--to", tmp_path / "release")
    assert not (tmp_path / "release").exists()


def test_a_pool_that_is_too_small_says_what_it_took(tmp_path):
    make_pool(12, 12, 12)
    told = run("--to", tmp_path / "release")
    assert "is not released" in told
    assert "epsilon 0.1;" in told
    assert not (tmp_path / "release").exists()


def test_a_quarter_without_a_release_is_said_to_have_none(tmp_path):
    with pytest.raises(CommandError, match="no release of 2019Q1"):
        run("--to", tmp_path, "--quarter", "2019Q1")
