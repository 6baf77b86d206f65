"""Photos: taken in by their content, kept upright in RGB as the commands read them, shown again."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from jaxtyping import UInt8
from starlette.responses import Response

from smartmask.apps.serve.messages import Id, PhotoAnswer
from smartmask.apps.serve.store import content_id
from smartmask.apps.serve.strict_json import strict_router
from smartmask.apps.serve.studio import Studio
from smartmask.data.photos import read_picture
from smartmask.errors import ImageError
from smartmask.scene.colour_profile import Picture
from smartmask.scene.picture import png_bytes

_LARGE_BYTES = 2**23
"""A picture of more takes long to read or write, so that a drag would feel it."""
_JPEG = b"\xff\xd8\xff"
_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"RIFF": ".webp"}


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A photo that is kept.

    Attributes:
        content: The file as it came.
        picture: Its pixels, upright, and its ICC profile.
    """

    content: bytes
    picture: Picture

    @property
    def image(self) -> UInt8[np.ndarray, "H W 3"]:
        """Its pixels, upright."""
        return self.picture.pixels

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width."""
        return self.image.shape[0], self.image.shape[1]

    @property
    def suffix(self) -> str:
        """The suffix of its file's name."""
        return next((suffix for head, suffix in _SUFFIXES.items() if self.content.startswith(head)), ".img")


def keep_photo(studio: Studio, content: bytes) -> tuple[str, Photo]:
    """Keep a picture file, and say its id.

    Raises:
        ImageError: If it cannot be read.
        Problem: If it is larger than all that is kept.
    """
    if not content:
        raise ImageError("the body is empty; send the bytes of a picture")
    name = content_id(content)
    photo = studio.store.find(Photo, name)
    if photo is None:
        photo = Photo(content, read_picture(content, studio.limits.megapixels))
        studio.store.put(name, photo, len(content) + photo.image.nbytes)
    return name, photo


def photo_record(name: str, photo: Photo) -> dict[str, Any]:
    """A photo's answer."""
    height, width = photo.size_hw
    return {"photo_id": name, "size": [width, height]}


@cache
def demo_content() -> bytes:
    """The demo photo's file."""
    return (files("smartmask.apps.serve") / "demo.jpg").read_bytes()


def photo_routes(studio: Studio) -> APIRouter:
    """The routes of photos."""
    router = strict_router("photos")
    picture: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}, "image/jpeg": {}}}}
    upload = {
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    }

    @router.post("/v1/photos", response_model=PhotoAnswer, openapi_extra=upload)
    async def post_photo(request: Request) -> Response:
        """Keep a picture (PNG, JPEG, WebP, ...), known by its content."""
        content = await request.body()
        return await studio.answer(
            request, lambda: photo_record(*keep_photo(studio, content)), is_heavy=len(content) > _LARGE_BYTES
        )

    @router.get("/v1/photos/demo", response_model=PhotoAnswer)
    async def get_demo(request: Request) -> Response:
        """The id of the demo photo."""
        return await studio.answer(request, lambda: photo_record(*keep_photo(studio, demo_content())))

    async def get_picture(request: Request, name: Id) -> Response:
        """A photo or a drawn picture as it is seen: upright, transparency over white."""

        photo = studio.store.get(Photo, name, "photo")
        # A browser turns a JPEG as its EXIF says, too; all else might be transparent or of other colours.
        if photo.content.startswith(_JPEG):
            return Response(photo.content, media_type="image/jpeg")
        content = await studio.work.run(
            lambda: png_bytes(photo.image, photo.picture.profile),
            is_heavy=photo.image.nbytes > _LARGE_BYTES,
            is_gone=request.is_disconnected,
        )
        return Response(content, media_type="image/png")

    for path in ("/v1/photos/{name}", "/v1/pictures/{name}"):
        router.add_api_route(path, get_picture, response_class=Response, responses=picture)
    return router
