"""`smartmask camera`: the camera that a layout was seen by."""

import os
from pathlib import Path

import click

from smartmask.apps.cli import options
from smartmask.apps.cli.lines import print_block

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
@click.option(
    "--depth",
    metavar="FILE.npy|FILE.png",
    type=_PATH,
    help="Write the depth of each pixel: metres, or a picture with near things bright.",
)
@options.max_megapixels_option("layouts and photos")
@click.option("--image", metavar="NAME", help="Which image of a COCO file: its file name or id.")
def camera(
    layout_path: Path,
    photo: Path | None,
    horizon: float | None,
    focal: float | None,
    picture: Path | None,
    depth: Path | None,
    max_megapixels: float,
    image: str | None,
) -> None:
    """Estimate the camera that LAYOUT was seen by, and print it as JSON.

    LAYOUT is a layout JSON or a file of any format that smartmask convert reads. What is printed: the row of
    the horizon (pixels from the top, perhaps outside), the pitch (radians, negative looks down), the focal
    length (pixels), the height of the camera above the ground (metres), and the standard deviations of the
    horizon (pixels) and of the logarithms of height and focal length. The ground is taken as level, the
    camera as held without roll.

    --depth stands each layer on the ground by that camera. FILE.npy holds metres as float32, the sky as
    infinity; FILE.png inverse depth in 16 bits, the nearest white, the farthest black, as depth ControlNets
    are shown it.

    \b
    Examples:
      smartmask camera room/layout.json
      smartmask camera room/layout.json --photo room.jpg --picture camera.png
      smartmask camera room/layout.json --horizon 180 --focal 520
      smartmask camera room/layout.json --depth depth.png
    """
    from smartmask.apps.camera_picture import draw_camera
    from smartmask.apps.cli.output import check_folder, write_folder
    from smartmask.apps.depth_files import camera_json, depth_npy, depth_png
    from smartmask.data.photos import read_focal_px, read_picture
    from smartmask.perspective.depth import depth_map
    from smartmask.perspective.estimate import estimate_camera
    from smartmask.scene.picture import png_bytes

    if depth is not None and depth.suffix.lower() not in (".npy", ".png"):
        raise click.UsageError(f"--depth {depth}: the name must end in .npy for metres or .png for a picture")
    for option, path in (("--picture", picture), ("--depth", depth)):
        if path is not None:
            check_folder(path.parent, [path.name], [layout_path, photo], f"{option} {path}")
    if picture is not None and picture.suffix.lower() != ".png":
        raise click.UsageError(f"--picture {picture}: the name must end in .png")
    if picture is not None and depth is not None and os.path.realpath(picture) == os.path.realpath(depth):
        raise click.UsageError(f"--picture and --depth would both be {picture}; give two names")
    with options.usage_errors():
        layout = options.read_layout_file(layout_path, image, max_megapixels=max_megapixels)
    taken = None if photo is None else read_picture(photo, max_megapixels)
    if taken is not None and taken.pixels.shape[:2] != layout.size_hw:
        (high, wide), (height, width) = taken.pixels.shape[:2], layout.size_hw
        raise click.UsageError(
            f"the photo is {wide}x{high}, the layout {width}x{height}; give the layout's own photo"
        )
    pixels, profile = (None, None) if taken is None else (taken.pixels, taken.profile)
    if photo is not None and focal is None:
        focal = read_focal_px(photo)
    try:
        found = estimate_camera(layout, horizon=horizon, focal=focal)
        drawn = None if picture is None else draw_camera(layout, pixels, found)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if picture is not None and drawn is not None:
        write_folder(picture.parent, {picture.name: png_bytes(drawn, profile)}, f"--picture {picture}")
    if depth is not None:
        content = depth_npy if depth.suffix.lower() == ".npy" else depth_png
        write_folder(depth.parent, {depth.name: content(depth_map(layout, found))}, f"--depth {depth}")
    print_block(camera_json(found).decode())
