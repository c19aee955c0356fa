"""make_transforms.py OUT: what open_clip's own transform and DINOv3's image processor make of some pictures of test/pixels, as OUT/cases.json and OUT/tensors.bin (float32, one after the other).

    pip install 'transformers==5.24.*' torch torchvision open_clip_torch 'pillow<13'
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import open_clip
import transformers as hf
from PIL import Image

import export_open_clip as tool

IN = Path(__file__).resolve().parents[3] / "test" / "pixels" / "in"
PICTURES = ("noise-rgb-101x67.png", "bits-l-64x96.png", "blocks-rgb-7x13.png", "noise-l-6x1.png")
MEAN, STD = (0.48, 0.46, 0.41), (0.27, 0.26, 0.28)


def settings():
    for size in (16, (14, 19)):
        for mode in ("shortest", "longest", "squash"):
            for by in ("bicubic", "bilinear"):
                yield {"size": size, "resize_mode": mode, "interpolation": by, "fill_color": 7, "mean": MEAN, "std": STD}


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    cases, tensors, at = [], [], 0

    def keep(picture, preprocessor, x):
        nonlocal at
        x = np.ascontiguousarray(x, np.float32)
        cases.append({"input": f"in/{picture}", "preprocessor": preprocessor, "shape": list(x.shape), "offset": at})
        tensors.append(x.tobytes())
        at += x.nbytes

    for picture in PICTURES:
        with Image.open(IN / picture) as image:
            image.load()
        for s in settings():
            # torchvision refuses a picture that would have no height.
            if picture == "noise-l-6x1.png" and s["resize_mode"] != "longest":
                continue
            size = s["size"]
            transform = open_clip.transform.image_transform(size, is_train=False, **{k: v for k, v in s.items() if k != "size"})
            keep(picture, {"image_processor_type": "OpenClipImageProcessor", **s}, transform(image)[None].numpy())
        for size in ({"height": 16, "width": 16}, {"height": 40, "width": 23}):
            processor = hf.DINOv3ViTImageProcessor(size=size)
            x = processor(image.convert("RGB"), return_tensors="pt")["pixel_values"].numpy()
            keep(picture, {"image_processor_type": "DINOv3ViTImageProcessorFast", "size": size}, x)
    (out / "tensors.bin").write_bytes(b"".join(tensors))
    tool.write(out / "cases.json", {"made": f"open_clip {open_clip.__version__}, transformers {hf.__version__}, Pillow {Image.__version__}", "cases": cases})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
