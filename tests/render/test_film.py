"""Films: frames, times and truth of what is encoded; what passes before a pack hides it."""

from dataclasses import replace
from datetime import UTC, datetime

import av
import numpy as np
import pytest
from PIL import Image

from samegoods.geometry import corners, homography_between, project
from samegoods.render.camera import Lens, Stance, Walk, see, stance_at
from samegoods.render.film import TITLE, Take, film, frame_at, take_photo
from samegoods.render.people import Passer
from samegoods.render.scene import Label, Lighting, Pack, Scene, box_panels

LENS = Lens(480, 270, 500.0)
EVEN = Lighting((1.0, 1.0, 1.0), ())
WALK = Walk(-0.1, 0.1, 0.8, rest_s=0.1)


def dots():
    """A dark face with four bright dots; and where they are."""
    face = np.full((400, 300, 3), 30, np.uint8)
    places = np.array([[60, 80], [240, 80], [240, 320], [60, 320]], np.float32)
    v, u = np.mgrid[0:400, 0:300]
    for x, y in places:
        face[(u - x) ** 2 + (v - y) ** 2 < 22**2] = 250
    return face, places


@pytest.fixture(scope="module")
def take():
    pack = Pack(dots()[0], (0.15, 0.2, 0.05), (90, 90, 90), labels=(Label("a", "tin", "export", "front"), None))
    panels = box_panels(pack, (0.0, -0.1, 0.1), 0.3, EVEN, layer=2)
    return Take(Scene(tuple(panels), 5), WALK, lens=LENS, noise=1.0)


def bright_spots(picture, near):
    """The centres of what is bright around each of some places."""
    found = []
    ys, xs = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    for x, y in near:
        weight = np.maximum(picture[..., 1].astype(float) - 120, 0) * ((xs - x) ** 2 + (ys - y) ** 2 < 12**2)
        found.append([(weight * xs).sum() / weight.sum(), (weight * ys).sum() / weight.sum()])
    return np.array(found)


@pytest.mark.parametrize("time_s", [0.0, 0.37, 0.8])
def test_truth_agrees_with_the_pixels(take, time_s):
    picture, (seen,) = frame_at(take, time_s, index=0)
    face, places = dots()
    expected = project(homography_between(corners(face.shape[1], face.shape[0]), seen.corners), places)
    assert np.abs(bright_spots(picture, expected) - expected).max() < 0.4
    assert (seen.item, seen.product, seen.version, seen.face) == ("a", "tin", "export", "front")
    assert seen.visible > 0.97


def test_frames_repeat_and_the_hand_moves(take):
    one, two = (frame_at(take, 0.2, index=4) for _ in range(2))
    assert np.array_equal(one[0], two[0])
    assert one[1] == two[1]
    later = frame_at(take, 0.24, index=5)
    moved = np.abs(later[1][0].corners - one[1][0].corners).max()
    assert 0.2 < moved < 20


def test_who_passes_by_hides_the_pack_for_a_moment(take):
    crowded = replace(take, passers=(Passer(1, 0.4, x_m=0.0, speed=2.0),))
    shares = {}
    for time_s in (0.0, 0.4, 0.8):
        _, faces = frame_at(crowded, time_s, index=0)
        shares[time_s] = faces[0].visible if faces else 0.0
    assert shares[0.0] > 0.9
    assert shares[0.4] < 0.1
    assert shares[0.8] > 0.9


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_film_decodes_to_its_truth(take, tmp_path, suffix):
    path = tmp_path / f"clip{suffix}"
    created = datetime(2026, 7, 5, 9, 30, tzinfo=UTC)
    truth = film(take, path, created=created)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert container.metadata["title"] == TITLE
        told = {**container.metadata, **stream.metadata}.get("creation_time", told_elsewhere(container))
        assert told.startswith("2026-07-05T09:30")
        times = [frame.time for frame in container.decode(stream)]
    assert len(truth) == len(times) == take.frames == 20
    assert times == pytest.approx([frame.time_s for frame in truth], abs=0.002)


def told_elsewhere(container):
    return next((v for k, v in container.metadata.items() if k.lower() == "creation_time"), "")


def test_every_frame_says_that_it_is_rendered(take):
    picture, _ = frame_at(take, 0.1, index=0)
    corner = picture[-24:-8, 8:100].astype(int)
    assert corner.max() - corner.min() > 60  # letters
    assert np.abs(picture[-24:-8, 200:300].astype(int) - picture[-24, 200]).max() < 40


def test_a_photo_carries_its_time_and_title(take, tmp_path):
    path = tmp_path / "p.jpg"
    taken = datetime.fromisoformat("2026-07-18T11:40:00+03:00")
    truth = take_photo(take, path, time_s=0.3, taken=taken)
    with Image.open(path) as photo:
        assert photo.size == (480, 270)
        exif = photo.getexif()
    assert exif[0x010E] == TITLE
    assert exif.get_ifd(0x8769)[0x9003] == "2026:07:18 11:40:00"
    assert exif.get_ifd(0x8769)[0x9011] == "+03:00"
    assert truth.time_s is None
    assert truth.faces


@pytest.mark.parametrize(
    ("stance", "point", "pixel"),
    [
        (Stance(0, 0, 0), (0, 0, 2), (239.5, 134.5)),
        (Stance(0, 0, 0), (0.2, 0.1, 2), (289.5, 159.5)),
        (Stance(0.2, 0, -1), (0.2, 0, 1), (239.5, 134.5)),
        (Stance(0, 0, 0, yaw=np.arctan(0.5)), (1, 0, 2), (239.5, 134.5)),
        (Stance(0, 0, 0, pitch=np.arctan(0.5)), (0, 1, 2), (239.5, 134.5)),
        (Stance(0, 0, 0, roll=np.pi / 2), (0.2, 0, 2), (239.5, 84.5)),
    ],
)
def test_where_a_pinhole_sees_a_point(stance, point, pixel):
    pixels, depth = see(np.array([point], float), stance, LENS)
    assert pixels[0] == pytest.approx(pixel, abs=1e-3)
    assert depth[0] > 0


def test_a_walk_begins_and_ends_where_it_says():
    still = replace(WALK, sway=0.0)
    xs = [stance_at(still, t, seed=1).x for t in np.linspace(0, WALK.seconds, 30)]
    assert xs[0] == pytest.approx(-0.1)
    assert xs[-1] == pytest.approx(0.1)
    assert (np.diff(xs) >= 0).all()


def test_nearer_lamps_give_more_light():
    from samegoods.render.scene import Lamp

    lighting = Lighting((0.2, 0.2, 0.2), (Lamp((0, -1, -0.5), (1, 0.8, 0.6), 1.0),))
    near, far = lighting.on(np.array([[0.0, 0, 0], [2.0, 0, 0]]), np.array([0.0, 0, -1]))
    assert (near > far).all()
    assert near[0] > near[2]
