"""Writes test/marks/data/changes.json: images changed as the robustness probes change them, with the SHA-256 of the bytes that must come out. JPEG, rotation and
downscaling are Pillow's own; brightness and noise are written anew in NumPy. Inputs are the patterns of make_cases.py. Needs NumPy and Pillow.
"""
import hashlib
import io
import json
import math
from pathlib import Path

import numpy as np
from PIL import Image, __version__

ROOT = Path(__file__).parents[3]
SIZES = [(61, 47), (64, 48), (33, 8), (1, 1), (2, 5), (5, 2), (4, 3), (130, 97), (16, 31)]


def pattern(width, height):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((7 * x + 13 * y + 29 * c + x * y) % 256).astype(np.uint8)


def smooth(width, height):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 3 + y * 2 + c * 11) % 256).astype(np.uint8)


def jpeg(image, quality):
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out).convert("RGB"))


def brightness(image, percent):
    return np.minimum(255, (image.astype(np.int64) * percent + 50) // 100).astype(np.uint8)


def words(seed):
    """FNV-1a of the seed's bytes, then Mulberry32."""
    state = 0x811C9DC5
    for byte in seed.encode():
        state = (state ^ byte) * 0x01000193 & 0xFFFFFFFF
    while True:
        state = state + 0x6D2B79F5 & 0xFFFFFFFF
        t = (state ^ state >> 15) * (state | 1) & 0xFFFFFFFF
        t = t ^ (t + ((t ^ t >> 7) * (t | 61) & 0xFFFFFFFF) & 0xFFFFFFFF)
        yield t ^ t >> 14


def noise(image, sigma, seed):
    height, width, _ = image.shape
    source = words(seed)
    total = np.array([sum(sum(w.to_bytes(4, "little")) for w in (next(source), next(source))) for _ in range(height * width)])
    spread = math.sqrt(8 * (256 * 256 - 1) / 12)
    added = np.floor((total - 8 * 127.5) * (sigma / spread) + 0.5).astype(np.int64).reshape(height, width, 1)
    return np.clip(image + added, 0, 255).astype(np.uint8)


def main():
    out = []

    def add(change, made, size, picture, expected):
        height, width, _ = expected.shape
        digest = hashlib.sha256(np.ascontiguousarray(expected).tobytes()).hexdigest()
        out.append({"change": change, "width": size[0], "height": size[1], "picture": picture, "to": [width, height], "sha256": digest, "by": made})

    for name, make in (("pattern", pattern), ("smooth", smooth)):
        for size in SIZES:
            image = make(*size)
            pil = Image.fromarray(image)
            for quality in (50, 35, 90) if size == SIZES[0] else (50,):
                add({"kind": "jpeg", "quality": quality}, f"Pillow {__version__}", size, name, jpeg(image, quality))
            turned = pil.rotate(5, resample=Image.Resampling.BILINEAR)
            add({"kind": "rotate", "degrees": 5}, f"Pillow {__version__}", size, name, np.asarray(turned))
            half = pil.resize((max(1, size[0] // 2), max(1, size[1] // 2)), Image.Resampling.BILINEAR)
            add({"kind": "downscale", "by": 2}, f"Pillow {__version__}", size, name, np.asarray(half))
            add({"kind": "flip"}, "NumPy", size, name, image[:, ::-1])
            add({"kind": "brightness", "percent": 125}, "NumPy", size, name, brightness(image, 125))
            add({"kind": "noise", "sigma": 8, "seed": "0/ü"}, "NumPy", size, name, noise(image, 8, "0/ü"))
    (ROOT / "test/marks/data/changes.json").write_text(json.dumps({"cases": out}, ensure_ascii=False, indent=1) + "\n")
    print(len(out), "cases")


main()
