"""The catalogue: every descriptor knows its reference, and versions of a face know each other."""

import cv2
import numpy as np
import pytest

from fakes import drawn
from samegoods.errors import BadReference
from samegoods.geometry import corners, homography_between, project
from samegoods.render.edits import plant
from samegoods.vision.recognition.catalogue import build


def test_rows_belong_to_their_references():
    catalogue = drawn.shelf(1, 2, 3)
    spots = catalogue.index.at(np.arange(len(catalogue.index)))
    assert set(spots.owner.tolist()) == {0, 1, 2}
    assert catalogue.by_id == {reference.id: reference for reference in catalogue.references}
    for owner, reference in enumerate(catalogue.references):
        points = spots.points[spots.owner == owner]
        assert tuple(catalogue.sizes[owner]) == reference.size
        assert catalogue.areas[owner] == reference.mask.sum()
        assert (points > -1).all()
        assert (points < np.array(reference.size)).all()


def test_versions_of_a_face_are_siblings_and_nothing_else_is():
    changed, _ = plant(drawn.pack(1), "badge", seed=4)
    references = [
        drawn.reference(drawn.pack(1), "a"),
        drawn.reference(drawn.pack(2), "a", face="back"),
        drawn.reference(changed, "a", version="domestic"),
        drawn.reference(drawn.pack(3), "b"),
    ]
    siblings = build(references).siblings
    owners = [[sibling.owner for sibling in siblings[i]] for i in range(4)]
    assert owners == [[2], [], [0], []]


def test_siblings_are_aligned_by_the_print_that_they_share():
    """The second version was photographed with other margins: corners would put it 20 px off."""
    changed, _ = plant(drawn.pack(1), "badge", seed=4)
    crop = np.array([[24, 30], [380, 12], [390, 500], [10, 490]], np.float32)
    shift = homography_between(crop, corners(300, 400))
    cropped = np.asarray(cv2.warpPerspective(changed, shift, (300, 400)), np.uint8)
    catalogue = build([drawn.reference(drawn.pack(1), "a"), drawn.reference(cropped, "a", version="domestic")])
    (onto,) = (sibling.onto for sibling in catalogue.siblings[0])
    assert np.abs(project(onto, corners(300, 400)) - crop).max() < 2


def test_siblings_without_shared_print_are_aligned_by_their_corners():
    small = np.asarray(cv2.resize(drawn.pack(2), (200, 260)), np.uint8)
    catalogue = build([drawn.reference(drawn.pack(1), "a"), drawn.reference(small, "a", version="domestic")])
    (onto,) = (sibling.onto for sibling in catalogue.siblings[0])
    assert np.abs(project(onto, corners(200, 260)) - corners(400, 520)).max() < 0.01


def test_no_references_make_no_catalogue():
    with pytest.raises(BadReference, match="add at least one"):
        build([])


def test_a_reference_without_detail_is_refused_by_name():
    plain = np.full((300, 300, 3), 200, np.uint8)
    with pytest.raises(BadReference, match=r"reference plain/export/front: only \d+ spots of detail"):
        build([drawn.reference(drawn.pack(1), "p"), drawn.reference(plain, "plain")])
