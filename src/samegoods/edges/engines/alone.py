"""Imported before anything else by the process that workers are forked from: what it loads after this computes in one
thread, and so do they."""

from __future__ import annotations

from samegoods.edges.engines.worker import one_thread

one_thread()
