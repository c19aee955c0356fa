#!/usr/bin/env python3
"""Write an encoder's folder with the exact shape (and so the exact cost) of ViT-B/16 at 224 px, and random weights: what CLIP ViT-B/16, BiomedCLIP and DINO cost a picture.

    pip install onnx numpy        (Debian: apt-get install -y python3-onnx python3-numpy)
    python3 make_vit.py OUT_DIR

Its embeddings mean nothing; its time and memory do.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "families"))
import onnxbuild as ob
from onnxbuild import F

SIDE, PATCH, WIDTH, LAYERS, HEADS, MLP = 224, 16, 768, 12, 12, 3072
TOKENS = (SIDE // PATCH) ** 2 + 1
random = np.random.default_rng(13)


def weights(*shape):
    return random.standard_normal(shape, dtype=np.float32) * np.float32(np.prod(shape[1:]) ** -0.5)


def norm(g, x, name):
    return g.op("LayerNormalization", [x, g.const(f"{name}_scale", np.ones(WIDTH, np.float32)), g.const(f"{name}_bias", np.zeros(WIDTH, np.float32))], axis=-1, epsilon=1e-6)


def attention(g, x, name):
    zero = np.zeros(WIDTH, np.float32)
    split, join = g.const("split", np.array([0, TOKENS, HEADS, WIDTH // HEADS])), g.const("join", np.array([0, TOKENS, WIDTH]))
    q, k, v = (g.op("Reshape", [g.linear(x, f"{name}_{part}", weights(WIDTH, WIDTH), zero), split]) for part in "qkv")
    scores = g.op("MatMul", [g.op("Transpose", [q], perm=[0, 2, 1, 3]), g.op("Transpose", [k], perm=[0, 2, 3, 1])])
    shares = g.op("Softmax", [g.op("Mul", [scores, g.const("scale", np.float32((WIDTH // HEADS) ** -0.5))])], axis=-1)
    mixed = g.op("Transpose", [g.op("MatMul", [shares, g.op("Transpose", [v], perm=[0, 2, 1, 3])])], perm=[0, 2, 1, 3])
    return g.linear(g.op("Reshape", [mixed, join]), f"{name}_o", weights(WIDTH, WIDTH), zero)


def gelu(g, x):
    half, one, root = (g.const(n, np.float32(v)) for n, v in (("half", 0.5), ("one", 1), ("root", 2**-0.5)))
    return g.op("Mul", [g.op("Mul", [x, g.op("Add", [g.op("Erf", [g.op("Mul", [x, root])]), one])]), half])


def main():
    out = Path(sys.argv[1])
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    g = ob.Graph()
    patches = g.op("Conv", ["pixel_values", g.const("patch", weights(WIDTH, 3, PATCH, PATCH))], kernel_shape=[PATCH, PATCH], strides=[PATCH, PATCH])
    rows = g.op("Transpose", [g.op("Reshape", [patches, g.const("flat", np.array([0, WIDTH, -1]))])], perm=[0, 2, 1])
    batch = g.op("Slice", [g.op("Shape", [rows]), g.const("from", np.array([0])), g.const("to", np.array([1]))])
    shape = g.op("Concat", [batch, g.const("rest", np.array([1, WIDTH]))], axis=0)
    first = g.op("Expand", [g.const("class", weights(1, 1, WIDTH)), shape])
    x = g.op("Add", [g.op("Concat", [first, rows], axis=1), g.const("position", weights(1, TOKENS, WIDTH))])
    for layer in range(LAYERS):
        x = g.op("Add", [x, attention(g, norm(g, x, f"{layer}_before"), str(layer))])
        inner = gelu(g, g.linear(norm(g, x, f"{layer}_behind"), f"{layer}_up", weights(MLP, WIDTH), np.zeros(MLP, np.float32)))
        x = g.op("Add", [x, g.linear(inner, f"{layer}_down", weights(WIDTH, MLP), np.zeros(WIDTH, np.float32))])
    g.op("Identity", [norm(g, x, "last")], "last_hidden_state")
    g.save(str(out / "onnx/model.onnx"), [F("pixel_values", ["batch", 3, SIDE, SIDE])], [F("last_hidden_state", ["batch", TOKENS, WIDTH])])
    (out / "config.json").write_text(json.dumps({"model_type": "vit", "hidden_size": WIDTH, "image_size": SIDE, "patch_size": PATCH}))
    numbers = dict(image_mean=[0.5] * 3, image_std=[0.5] * 3, rescale_factor=1 / 255, resample=3, size={"height": SIDE, "width": SIDE})
    steps = dict(do_convert_rgb=True, do_resize=True, do_rescale=True, do_normalize=True, do_center_crop=False)
    # Written last: its being there says that the folder is whole.
    (out / "preprocessor_config.json").write_text(json.dumps({"image_processor_type": "ViTImageProcessor", **steps, **numbers}))


main()
