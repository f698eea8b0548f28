"""The key by which this installation signs: Ed25519 (RFC 8032), kept in a file that only its owner reads."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class InvalidSigningKey(LiangcunError):
    """A file that holds no Ed25519 key, or can't be read or made."""

    code = "INVALID_SIGNING_KEY"


def signing_key(file: Path) -> Ed25519PrivateKey:
    """The key in a file, made when it isn't there yet. Raises InvalidSigningKey."""
    try:
        if not file.exists():
            _make(file)
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        told = getattr(error, "strerror", None) or "PEM"
        raise InvalidSigningKey(
            Text(
                f"签名密钥读不出来或建不了（{told}）；LIANGCUN_SIGNING_KEY 指明它的位置",
                f"the signing key can't be read or made ({told}); LIANGCUN_SIGNING_KEY says where it is",
            ),
            where=str(file),
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidSigningKey(
            Text("签名密钥不是 Ed25519", "the signing key isn't of Ed25519"), where=str(file)
        )
    return key


def _make(file: Path) -> None:
    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.parent.mkdir(parents=True, exist_ok=True)
    # Made under another name, so that of two who come at once neither reads half a key.
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(made)
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def public_half(key: Ed25519PrivateKey) -> str:
    """The public key in hexadecimal, 64 digits."""
    return key.public_key().public_bytes_raw().hex()


def fingerprint(public: str) -> str:
    """What people compare of a public key: eight groups of four digits of its SHA-256."""
    digest = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:32]
    return "-".join(digest[start : start + 4] for start in range(0, 32, 4))


def is_signed(message: bytes, signature: bytes, public: str) -> bool:
    """Whether the signature is of this message by this key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
