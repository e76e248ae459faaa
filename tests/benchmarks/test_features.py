"""The features of the anomaly detector are those of its network; what it adds to a file must be what it says."""

import numpy as np
import pytest

from features import STAGES, anomaly, field, stages, varied, varint, with_outputs
from samegoods.render.edits import plant
from samegoods.render.random_pack import random_pack


@pytest.mark.parametrize(("value", "written"), [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (300, "ac02")])
def test_numbers_are_written_as_protocol_buffers_write_them(value, written):
    assert varint(value).hex() == written


def test_a_field_carries_its_number_and_length():
    assert field(2, b"testing").hex() == "12077465 7374696e67".replace(" ", "")
    assert with_outputs(("a",)) == field(7, field(12, field(1, b"a")))


def test_the_stages_shrink_as_they_should():
    found = stages(random_pack(3).astype(np.float32))
    assert len(found) == len(STAGES)
    assert [one.shape[0] for one in found] == [48, 96, 192]
    sides = [one.shape[1] for one in found]
    assert sides[0] == 2 * sides[1] == 4 * sides[2]


def test_a_reference_is_likelier_than_one_with_a_badge():
    pack = random_pack(4)
    changed, _ = plant(pack, "badge", seed=4, size=0.06)
    plain, other = (anomaly(face.astype(np.float32), pack.astype(np.float32)) for face in (pack, changed))
    assert plain.shape == pack.shape[:2]
    assert other.max() > 2 * plain.max()


def test_made_pictures_are_the_same_on_every_run():
    pack = random_pack(5).astype(np.float32)
    assert all((one == other).all() for one, other in zip(varied(pack), varied(pack), strict=True))
