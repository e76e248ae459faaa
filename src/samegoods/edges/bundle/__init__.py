"""Bundles: what a case rests on in one file, for a court or a producer."""

from samegoods.edges.bundle.reading import read_bundle
from samegoods.edges.bundle.writing import Member, credentials_of, manifest_of, members_of, write_bundle

__all__ = ["Member", "credentials_of", "manifest_of", "members_of", "read_bundle", "write_bundle"]
