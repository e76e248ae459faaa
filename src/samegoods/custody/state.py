"""The state of a replayed log as plain values, beside its ledger: to go on with where the same log was read before."""

from __future__ import annotations

from typing import Any

from samegoods.custody import bodies
from samegoods.custody.ground import GroundLedger, GroundTold
from samegoods.custody.ledger import Ledger
from samegoods.custody.replay import Told

_PLAIN = (
    *("campaign", "digest", "content", "public_key", "evidence", "findings_at", "last_review", "finished"),
    *("signed", "rested_on", "stamped", "adopted"),
)


def state_of(told: Told) -> dict[str, Any]:
    """All but the ledger, as values that JSON has a form for."""
    return {
        **{name: getattr(told, name) for name in _PLAIN},
        "references": {name: [entry, _plain(body)] for name, (entry, body) in told.references.items()},
        "published": None if told.published is None else [told.published[0], _plain(told.published[1])],
        "exported": None if told.exported is None else [told.exported[0], _plain(told.exported[1])],
        "reviews": [[entry, _plain(body)] for entry, body in told.reviews.values()],
        "ground": {
            "last": told.ground.last,
            "last_moderation": told.ground.last_moderation,
            "reports": [_report(one) for one in told.ground.reports.values()],
        },
    }


def told_of(state: dict[str, Any], ledger: Ledger) -> Told:
    """The state as it was.

    Raises:
        KeyError, TypeError, ValueError: these are no such values.
    """
    told = Told(ledger)
    for name in _PLAIN:
        setattr(told, name, state[name])
    told.adopted = [(first, last) for first, last in state["adopted"]]
    for name, (entry, body) in state["references"].items():
        told.references[name] = (entry, bodies.ReferenceKept.model_validate(body))
    if state["published"] is not None:
        told.published = (state["published"][0], bodies.Published.model_validate(state["published"][1]))
    if state["exported"] is not None:
        told.exported = (state["exported"][0], bodies.Exported.model_validate(state["exported"][1]))
    for entry, body in state["reviews"]:
        review = bodies.Reviewed.model_validate(body)
        told.reviews[review.n] = (entry, review)
        told.reviews_of.setdefault((review.source, review.item), []).append(review.n)
    told.ground = _ground(state["ground"])
    return told


def _plain(body: bodies.Body) -> dict[str, Any]:
    return body.model_dump(mode="json")


def _report(one: GroundTold) -> dict[str, Any]:
    moderations = [[entry, _plain(body)] for entry, body in one.moderations]
    return {"entry": one.entry, "body": _plain(one.body), "moderations": moderations, "gone": one.gone}


def _ground(state: dict[str, Any]) -> GroundLedger:
    ledger = GroundLedger()
    for one in state["reports"]:
        body = bodies.GroundReported.model_validate(one["body"])
        ledger.keep(one["entry"], body)
        told = ledger.reports[body.n]
        told.moderations.extend((n, bodies.GroundModerated.model_validate(made)) for n, made in one["moderations"])
        told.gone = one["gone"]
    ledger.last, ledger.last_moderation = state["last"], state["last_moderation"]
    return ledger
