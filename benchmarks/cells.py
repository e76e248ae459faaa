"""Learn the cells of the index anew: ``python benchmarks/cells.py``; writes ``vision/recognition/cells.npz``.

Learnt from what drawn packs of seed 810000 on and the cartons look like as references, and from photographs of
``train`` and of other packaging. Nothing of what the benchmarks report on is among it. Different cells give different
neighbours: describe and calibrate again after a change.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from observations import DATA, carton_photos, carton_references, whole
from samegoods.edges.media import load_picture
from samegoods.records import Floats, Image
from samegoods.render.random_pack import random_pack
from samegoods.vision.recognition.cells import CENTRES, COARSE, FINE, coded
from samegoods.vision.recognition.features import describe, describe_reference

SEED, PACKS, PACK_PX = 810_000, 150, (400, 520)
PICTURE_PX, PICTURE_SPOTS, PACK_SPOTS = 900, 2_500, 1_800
OTHERS = ("off_packaging/upc_image", "off_packaging/image_classification", "shelves_jp")
ROUNDS, A_CENTRE = 10, 120


def samples() -> Iterator[NDArray[np.uint8]]:
    """What spots look like, (n, 128) each."""
    rng = np.random.default_rng(5)
    for seed in range(SEED, SEED + PACKS):
        pixels = random_pack(seed, size=PACK_PX)
        described = coded(describe_reference(pixels, whole(pixels)).descriptors)
        yield described[rng.permutation(len(described))[:PACK_SPOTS]]
    for reference in carton_references():
        yield coded(describe_reference(reference.pixels, reference.mask).descriptors)
    for _, _, pixels in carton_photos("train"):
        yield in_a_photo(pixels)
    for folder in OTHERS:
        for path in sorted((DATA / folder).rglob("*.jpg")):
            yield in_a_photo(load_picture(path))


def in_a_photo(pixels: Image) -> NDArray[np.uint8]:
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    shrink = min(1.5, PICTURE_PX / max(grey.shape))
    return coded(describe(grey, enlarge=shrink, limit=PICTURE_SPOTS).descriptors)


def centres(rows: Floats, count: int) -> Floats:
    """K-means centres (count, d), neighbours near each other in their order."""
    found = faiss.Kmeans(
        rows.shape[1], count, niter=ROUNDS, seed=7, min_points_per_centroid=1, max_points_per_centroid=A_CENTRE
    )
    found.train(np.ascontiguousarray(rows))
    return np.asarray(found.centroids[in_halves(found.centroids)], np.float32)


def in_halves(rows: Floats) -> NDArray[np.intp]:
    """An order in which every half, quarter and so on of the rows is a compact part: cut across its longest axis."""
    if len(rows) == 1:
        return np.zeros(1, np.intp)
    off = rows - rows.mean(axis=0)
    along = np.argsort(off @ np.linalg.svd(off, full_matrices=False)[2][0], kind="stable")
    halves = along[: len(rows) // 2], along[len(rows) // 2 :]
    return np.concatenate([half[in_halves(rows[half])] for half in halves])


def main() -> None:
    rows = np.concatenate(list(samples())).astype(np.float32)
    rows = rows[np.random.default_rng(1).permutation(len(rows))]
    coarse = np.rint(centres(rows, COARSE))
    index = faiss.IndexFlatL2(rows.shape[1])
    index.add(coarse)
    rest = rows - coarse[index.search(rows, 1)[1][:, 0]]
    fine = np.clip(np.rint(centres(rest, FINE)), -127, 127)
    np.savez_compressed(CENTRES, coarse=coarse.astype(np.uint8), fine=fine.astype(np.int8))
    print(f"{len(rows)} spots; {CENTRES}")


if __name__ == "__main__":
    main()
