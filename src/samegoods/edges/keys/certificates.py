"""Certificates for the key that signs cases: content credentials ask for a chain, and the key is its own authority."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_YEARS = timedelta(days=30 * 365)


def chain_of(private: Ed25519PrivateKey, *, now: datetime) -> str:
    """A certificate of the key, signed by an authority of the same key, PEM; the authority's own comes after it.

    Nobody else vouches for it: whoever trusts the public key of the case may trust it.
    """
    return _certificate(private, now, authority=False) + _certificate(private, now, authority=True)


def _certificate(private: Ed25519PrivateKey, now: datetime, *, authority: bool) -> str:
    public = private.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name("authority" if authority else "case key"))
        .issuer_name(_name("authority"))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
    )
    if not authority:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])  # one of those that C2PA takes
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(private, None).public_bytes(Encoding.PEM).decode()


def _name(common: str) -> x509.Name:
    parts = (NameOID.ORGANIZATION_NAME, "samegoods"), (NameOID.COMMON_NAME, f"samegoods {common}")
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
