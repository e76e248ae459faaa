"""Serving a case for review: the case that decides, the index that is read, the pictures, the page."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import samegoods
from samegoods.custody import LOG
from samegoods.errors import CaseError, MissingPart, ServeError
from samegoods.fetching import Pictures, Remembered
from samegoods.records import Image, Mask, Quad, Reference
from samegoods.results.parts import CropPart, ItemPart, ReferencePart
from samegoods.results.statistics import TallyPart
from samegoods.wiring.custody import sealing
from samegoods.wiring.desks import desk_of, forget_desk
from samegoods.wiring.moderating import Moderated
from samegoods.wiring.publishing import republish
from samegoods.wiring.reach import Reach
from samegoods.wiring.running import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from samegoods.edges.accounts import Accounts
    from samegoods.edges.web.rooms import Room


@dataclass(frozen=True, slots=True)
class Serving:
    """A case that is ready to be served: the application, and the link that opens it. With accounts, ``token`` is
    empty, and the link leads to where one signs in."""

    app: Any
    link: str
    token: str
    form: Any = None
    """The application of the public form, where reports are taken."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a face, read back from the evidence."""

    pixels: Image
    quad: Quad
    known: Mask


class Studio:
    """The pictures of a case, as the report makes them."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = Remembered(pictures)

    def reference(self, reference: ReferencePart) -> NDArray[np.uint8]:
        from samegoods.edges.report.pictures import read

        return read(self._pictures, reference.picture)

    def flat(self, crop: CropPart, onto: ReferencePart, side_px: int) -> NDArray[np.uint8]:
        from samegoods.edges.report.pictures import flat

        return flat(self._pictures, crop, onto, side_px=side_px)

    def shares(self, drawn: Sequence[tuple[str, TallyPart]]) -> bytes:
        from samegoods.edges.report.chart import Bar, chart

        return chart([Bar(label, tally) for label, tally in drawn], printed=True).encode()

    def heat(self, item: ItemPart, onto: ReferencePart) -> NDArray[np.uint8] | None:
        """How far a face is off by all its views, as the comparison saw it."""
        from samegoods.edges.report.warmth import coloured
        from samegoods.stages.fuse import fuse_face
        from samegoods.vision.comparison.face import face_against
        from samegoods.vision.comparison.heat import heat

        pixels, mask = _opened(self.reference(onto))
        known = Reference(onto.id, onto.product, onto.version, onto.face, pixels, mask, onto.width_mm)
        view = fuse_face([self._shot(crop) for crop in item.crops if crop.face == onto.face], known)
        if view is None:
            return None
        face = face_against(view, known)
        return coloured(heat(face.residual, face.need))

    def _shot(self, crop: CropPart) -> Shot:
        from samegoods.edges.report.pictures import read

        pixels, known = _opened(read(self._pictures, crop.path))
        return Shot(pixels, np.array(crop.quad, np.float32), known)


def _opened(rgba: NDArray[np.uint8]) -> tuple[Image, Mask]:
    return np.ascontiguousarray(rgba[..., :3]), rgba[..., 3] > 0


@contextmanager
def serving(
    case: Path | str,
    *,
    reach: Reach | None = None,
    accounts: Accounts | None = None,
    reviewer: str | None = None,
    blind: bool = False,
    second: float = 0.0,
    signing_key: Path | str | None = None,
    reports: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[Serving]:
    """Open a case for review; as it ends, all is counted anew with what was decided.

    Args:
        reach: where it is reached; None for this machine alone.
        accounts: who may sign in; None for one user, by a link.
        reviewer: who decides without accounts; None for the user of this machine.
        blind: show what the machine says only to those who have decided.
        second: the share of packs that two reviewers are to decide on, 0..1.
        reports: make the public form as well, which is an application of its own.
        progress: called while the findings are indexed, which is done once for a case that stays as it is.

    Raises:
        ServeError: the address is not one of this machine alone and there are no accounts, a password would travel
            in clear, or nobody could administer the accounts.
        MissingPart: what the page needs is not installed.
        CaseError: there is no case, its findings are not those that were published, or another run is writing to it.
    """
    from samegoods.edges.case import CaseStore, folder_of, require_case

    reach = reach or Reach()
    reach.refuse_unsafe(with_accounts=accounts is not None)
    _refuse_unfit(folder_of(case), accounts, reviewer)
    require_case(case)
    require_installed(reports=reports)
    from samegoods.edges.web.rooms import LogPages, Room  # fastapi is there now

    seal = sealing(signing_key)
    with CaseStore.open(case, campaign=None, software=samegoods.__version__, signer=seal.signer) as store:
        with ExitStack() as stack:
            with store.publishing():  # a check beside this one may be writing them
                desk = stack.enter_context(desk_of(store, second, progress))
            ground = stack.enter_context(closing(Moderated(store, seal)))
            room = Room(desk, Studio(store.pictures), store.decide, LogPages(store.folder / LOG), ground)
            before = store.told.last_review
            served = (
                _for_one(room, reach, reviewer or own_name(), blind)
                if accounts is None
                else _for_team(room, reach, accounts, blind)
            )
            if reports:
                from samegoods.wiring.ground import ground_form

                served = replace(served, form=stack.enter_context(ground_form(store, ground)))
            yield served
        if store.told.last_review > before or store.heard_anew:
            republish(store, seal)
            store.compact()
            forget_desk(store)


def _refuse_unfit(case: Path, accounts: Accounts | None, reviewer: str | None) -> None:
    if accounts is None:
        return
    if reviewer is not None:
        raise ServeError("--reviewer: with --accounts every decision bears the name of who has signed in")
    if accounts.file.resolve().is_relative_to(case.resolve()):
        raise ServeError(f"{accounts.file}: passwords are no evidence: keep the accounts outside of the case")
    if not any(one.role == "administrator" for one in accounts.all()):
        raise ServeError("nobody could sign in to administer: samegoods account add NAME --role administrator")


def _for_one(room: Room, reach: Reach, reviewer: str, blind: bool) -> Serving:
    from samegoods.edges.web import Setup, make_app
    from samegoods.edges.web.visitors import Token

    token = Token()
    setup = Setup(
        token=token,
        hosts=reach.hosts,
        cookie=reach.cookie,
        reviewer=reviewer,
        blind=blind,
        version=samegoods.__version__,
        secure=reach.secure,
    )
    return Serving(make_app(room, setup), f"{reach.link}enter?token={token.secret}", token.secret)


def _for_team(room: Room, reach: Reach, accounts: Accounts, blind: bool) -> Serving:
    from samegoods.edges.web import Setup, make_app

    setup = Setup(
        hosts=reach.hosts,
        cookie=reach.cookie,
        blind=blind,
        version=samegoods.__version__,
        accounts=accounts,
        secure=reach.secure,
    )
    return Serving(make_app(room, setup), reach.link, "")


def own_name() -> str:
    """What the user of this machine is called."""
    try:
        return getpass.getuser()[:80] or "reviewer"
    except (OSError, KeyError):  # a user id without a name
        return "reviewer"


def require_installed(*, reports: bool) -> None:
    """Refuse to begin without what the page, and the public form where there is one, need.

    Raises:
        MissingPart: it is not installed.
    """
    for name in ("fastapi", "nltk", "uvicorn", *(("limits", "python_multipart") if reports else ())):
        try:
            import_module(name)
        except ImportError:
            raise MissingPart(f"the review page needs {name}: pip install 'samegoods[serve]'") from None


__all__ = ["CaseError", "Serving", "serving"]
