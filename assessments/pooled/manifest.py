"""What a release promises, signed: what was counted, with how much noise, by which code, and the digest of each file.

Signed with Ed25519 over the bytes of the manifest, so that any program can check it without this one.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from assessments.pooled.budget import Policy
from assessments.pooled.catalogue import PooledCatalogue
from assessments.pooled.drawing import FEWEST_COUPLES, FEWEST_PRACTICES, FLOOR, share_of
from practice.archive.manifest import product_version
from practice.errors import DomainError

MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.sig", "public-key.pem"
FORMAT = "attune-pooled-manifest/1"


class SigningKeyMissing(DomainError):
    """No key signs releases. Set STATISTICS_SIGNING_KEY to 32 random bytes in base64url, and keep it."""

    code = "signing_key_missing"


def signing_key(text: str) -> Ed25519PrivateKey:
    """The key of 32 bytes in base64url. Raises SigningKeyMissing, also where it is none."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(text))
    except ValueError as error:
        raise SigningKeyMissing from error


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signed_files(
    files: Mapping[str, bytes],
    used: PooledCatalogue,
    *,
    quarter: str,
    policy: Policy,
    at: datetime,
    key: Ed25519PrivateKey,
) -> dict[str, bytes]:
    """The files with their manifest, its signature and the public half of the key."""
    manifest = json.dumps(_manifest(files, used, quarter, policy, at), ensure_ascii=False, indent=1).encode()
    return {**files, MANIFEST: manifest, SIGNATURE: key.sign(manifest), PUBLIC_KEY: public_pem(key)}


def _manifest(
    files: Mapping[str, bytes], used: PooledCatalogue, quarter: str, policy: Policy, at: datetime
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "quarter": quarter,
        "made_on": at.date().isoformat(),
        "unit": "couple",
        "neighbours": "databases that differ by one couple, added or removed",
        "promise": "pure differential privacy",
        "epsilon": str(policy.release),
        "epsilon_at_most": {"365 days": str(policy.year), "a couple": str(policy.lifetime)},
        "split": {name: str(share_of(policy.release, share)) for name, share in used.shares.items()},
        "noise": "discrete Laplace, scale = sensitivity / epsilon of the statistic; no seed",
        "couples_move": {"a table": 1, used.mean.id: used.mean.high - used.mean.middle},
        "floors": {"couples": FEWEST_COUPLES, "practices": FEWEST_PRACTICES, "cell": FLOOR, "largest practice": "half",
                   "margin": "each is cleared by what its noise holds in 95 of 100 draws"},
        "tables": {one.table.id: {"groups": list(one.labels), "clamped": [0, one.table.groups - 1]}
                   for one in used.questions},
        "means": {used.mean.id: {**asdict(used.mean), "of": used.primary}},
        "code": {"attune": product_version(), "opendp": version("opendp"), "sha256": _digest_of_code()},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }  # fmt: skip


def _digest_of_code() -> str:
    """Of every line that counts and draws: two releases of one digest were made alike."""
    digest, here = hashlib.sha256(), Path(__file__).parent
    for path in [*sorted(here.glob("*.py")), *sorted((here.parent / "statistics").glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def faults_of(folder: Path, *, public_key: bytes) -> list[str]:
    """What is wrong with the release in a folder; nothing where the key signed all of it. Raises OSError."""
    manifest, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_bytes()
    key = load_pem_public_key(public_key)
    try:
        if not isinstance(key, Ed25519PublicKey):
            return ["The public key is none of Ed25519."]
        key.verify(signature, manifest)
    except InvalidSignature:
        return [f"{MANIFEST} is not what this key signed."]
    told = json.loads(manifest)["files"]
    return [f"{name} is missing or changed." for name, digest in told.items() if _digest(folder / name) != digest]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
