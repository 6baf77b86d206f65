"""Photos are read alike by one thread, by many, and by processes that were forked or begun anew."""

import threading
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smartmask.data.photos import open_image, read_photo


@pytest.fixture
def photos(tmp_path) -> list[Path]:
    paths = []
    for number in range(6):
        pixels = np.random.default_rng(number).integers(0, 256, (40 + number, 60, 3), np.uint8)
        paths.append(tmp_path / f"{number}.{('png', 'jpg', 'webp')[number % 3]}")
        Image.fromarray(pixels).save(paths[-1])
    return paths


def test_eight_threads_read_what_one_reads(photos):
    alone = [read_photo(path) for path in photos]
    with ThreadPoolExecutor(8) as pool:
        for expected, found in zip(alone * 8, pool.map(read_photo, photos * 8), strict=True):
            assert np.array_equal(expected, found)


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_processes_begun_while_another_thread_reads_read_too(photos, method):
    alone = [read_photo(path) for path in photos]
    limit, filters = Image.MAX_IMAGE_PIXELS, list(warnings.filters)
    begun, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with open_image(photos[0]):
            begun.set()
            ended.wait()

    reader = threading.Thread(target=hold)
    reader.start()
    begun.wait()
    try:
        with ProcessPoolExecutor(2, get_context(method)) as pool:
            found = list(pool.map(read_photo, photos, timeout=120))
    finally:
        ended.set()
        reader.join()
    assert all(np.array_equal(one, other) for one, other in zip(alone, found, strict=True))
    assert limit == Image.MAX_IMAGE_PIXELS
    assert filters == warnings.filters
