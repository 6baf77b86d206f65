"""`smartmask camera`: the camera that a layout was seen by."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # commands import the library when they run, so that --help is quick
    from smartmask.scene.camera import Camera

_PATH = click.Path(path_type=Path, readable=False)


@click.command()
@click.argument("layout_path", metavar="LAYOUT", type=_PATH)
@click.option("--photo", type=_PATH, help="The layout's photo: its EXIF may tell the focal length.")
@click.option("--horizon", type=float, metavar="ROW", help="Row of the horizon in pixels, if you know it.")
@click.option(
    "--focal",
    type=click.FloatRange(min=0, min_open=True),
    metavar="PX",
    help="Focal length in pixels, if you know it.",
)
@click.option("--picture", type=_PATH, help="Draw the horizon and poles of 1.7 m over the layout, as PNG.")
@click.option("--image", metavar="NAME", help="Which image of a COCO file: its file name or id.")
def camera(
    layout_path: Path,
    photo: Path | None,
    horizon: float | None,
    focal: float | None,
    picture: Path | None,
    image: str | None,
) -> None:
    """Estimate the camera that LAYOUT was seen by, and print it as JSON.

    LAYOUT is a layout JSON or a file of any format that smartmask convert reads. What is printed: the row of
    the horizon (pixels from the top, perhaps outside), the pitch (radians, negative looks down), the focal
    length (pixels), the height of the camera above the ground (metres), and the standard deviations of the
    horizon (pixels) and of the logarithms of height and focal length. The ground is taken as level, the
    camera as held without roll.

    \b
    Examples:
      smartmask camera room/layout.json
      smartmask camera room/layout.json --photo room.jpg --picture camera.png
      smartmask camera room/layout.json --horizon 180 --focal 520
    """
    import json

    from smartmask.apps.camera_picture import draw_camera
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.data.layout_formats import read_any_layout
    from smartmask.data.photos import read_focal_px, read_picture
    from smartmask.perspective.estimate import estimate_camera
    from smartmask.scene.picture import png_bytes

    if picture is not None:
        check_folder(picture.parent, [picture.name], [layout_path, photo])
    layout = read_any_layout(layout_path, image=image)
    taken = None if photo is None else read_picture(photo)
    pixels, profile = (None, None) if taken is None else (taken.pixels, taken.profile)
    if photo is not None and focal is None:
        focal = read_focal_px(photo)
    try:
        found = estimate_camera(layout, horizon=horizon, focal=focal)
        drawn = None if picture is None else draw_camera(layout, pixels, found)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if picture is not None and drawn is not None:
        write_folder(picture.parent, {picture.name: png_bytes(drawn, profile)})
    click.echo(json.dumps(_record(found), indent=1, allow_nan=False))


def _record(found: "Camera") -> dict[str, Any]:
    spread = found.spread
    return {
        "horizon": round(found.horizon, 2),
        "pitch": round(found.pitch, 5),
        "focal": round(found.focal_px, 2),
        "height": round(found.height_m, 4),
        "size_hw": [int(side) for side in found.size_hw],
        "spread": None
        if spread is None
        else {
            "horizon": round(spread.horizon_px, 2),
            "log_height": round(spread.log_height, 4),
            "log_focal": round(spread.log_focal, 4),
            "correlation": round(spread.correlation, 4),
        },
    }
