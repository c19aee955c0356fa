"""embeddings.py OUT [N] [SEED]: two made-up sets of image embeddings to measure the pair search at scale: OUT/med.npy [N, 512] and OUT/gen.npy [N, 768], float32, rows of unit length.

They are built as a radiology collection is: modality, region and study as nested clusters, a falling spectrum inside them, some exact and near duplicates. `med` puts the images of one
study close together (cosine about 0.9), `gen` spreads them. Needs NumPy; the same N and SEED give the same file on any machine, up to the last bit of the normalisation.
"""

import os
import sys

import numpy as np


def clustered(random, levels, weights, dims, spectrum, noise):
    """Rows of unit length: a weighted sum of the centres of each row's clusters, coarse to fine, and noise in a subspace of 96 dimensions."""
    rows = len(levels[0])
    x = np.zeros((rows, dims), np.float32)
    for level, weight in zip(levels, weights):
        centres = random.standard_normal((level.max() + 1, dims), dtype=np.float32)
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        x += weight * centres[level]
    inner = 96
    basis = np.linalg.qr(random.standard_normal((dims, inner)))[0].astype(np.float32)
    fall = (np.arange(1, inner + 1) ** -spectrum).astype(np.float32)
    fall /= np.sqrt((fall**2).sum())
    for start in range(0, rows, 8192):
        block = random.standard_normal((min(8192, rows - start), inner), dtype=np.float32)
        x[start : start + 8192] += noise * (block * fall) @ basis.T
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return x


def embeddings(rows, seed):
    random = np.random.Generator(np.random.PCG64(seed))
    study = (240 * random.random(rows) ** 1.6).astype(int)
    levels = [np.zeros(rows, int), study % 7, study % 23, study]
    med = clustered(random, levels, [0.75, 0.45, 0.35, 0.45], 512, 0.9, 0.36)
    gen = clustered(random, levels, [0.25, 0.30, 0.25, 0.75], 768, 1.2, 0.60)
    copies = rows // 400
    source, target = random.integers(0, rows, copies), random.integers(0, rows, copies)
    med[target], gen[target] = med[source], gen[source]
    near = target[: copies // 2]
    med[near] += random.standard_normal((len(near), 512), dtype=np.float32) * 0.01
    med[near] /= np.linalg.norm(med[near], axis=1, keepdims=True)
    return med, gen


if __name__ == "__main__":
    out = sys.argv[1]
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 80000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    os.makedirs(out, exist_ok=True)
    med, gen = embeddings(rows, seed)
    np.save(f"{out}/med.npy", med)
    np.save(f"{out}/gen.npy", gen)
