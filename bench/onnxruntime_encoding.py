"""onnxruntime_encoding.py MODEL_DIR IMAGES_DIR THREADS COUNT: embeds the first COUNT images of a folder as one would in Python: Pillow, NumPy, ONNX Runtime, batches of 8.

MODEL_DIR is an encoder's folder that resizes to a fixed size and crops nothing. Prints one line of JSON: the seconds of the whole way from the files in memory to
the embeddings (one batch before them warms up), those of the graph alone, the embeddings, and the versions. Needs onnxruntime, NumPy and Pillow.
"""

import io
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
import PIL
from PIL import Image

BATCH = 8


def prepared(data, settings):
    """An image file as the folder's processor prepares it: [3, height, width] in float32."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    size = (settings["size"]["width"], settings["size"]["height"])
    if image.size != size:
        image = image.resize(size, resample=settings["resample"])
    scaled = np.asarray(image, np.float32) * np.float32(settings["rescale_factor"])
    return ((scaled - np.float32(settings["image_mean"])) / np.float32(settings["image_std"])).transpose(2, 0, 1)


def main():
    model, images, threads, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    settings = json.loads((model / "preprocessor_config.json").read_text())
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    graph = next(p for p in (model / "onnx/vision_model.onnx", model / "onnx/model.onnx") if p.exists())
    session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    output = next(n for n in ("image_embeds", "last_hidden_state") if n in [o.name for o in session.get_outputs()])
    files = [p.read_bytes() for p in sorted(images.iterdir())[:count]]
    spent = 0.0

    def embedded(some):
        nonlocal spent
        pixels = np.stack([prepared(f, settings) for f in some])
        began = time.perf_counter()
        found = session.run([output], {session.get_inputs()[0].name: pixels})[0]
        spent += time.perf_counter() - began
        return found if found.ndim == 2 else found[:, 0]

    embedded(files[:BATCH])  # warms up
    spent, began = 0.0, time.perf_counter()
    rows = np.concatenate([embedded(files[i : i + BATCH]) for i in range(0, len(files), BATCH)])
    seconds = time.perf_counter() - began
    versions = f"onnxruntime {ort.__version__}, NumPy {np.__version__}, Pillow {PIL.__version__}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "graphSeconds": spent, "embeddings": rows.tolist(), "versions": versions, "peakBytes": peak}))


if __name__ == "__main__":
    main()
