"""count_pairs.py numpy|faiss DIR: the pairs of DIR's med.npy and gen.npy with med >= 0.9 and gen <= 0.75, counted by NumPy (block by block) or by the range search of faiss-cpu.

Prints one line of JSON: candidates (med >= 0.9), found, near (pairs within 2e-6 of a threshold, whose side may differ between machines), seconds (reading left out), peakBytes.
"""

import json
import resource
import sys
import time

import numpy as np

MED, GEN, BAND, BLOCK = 0.9, 0.75, 2e-6, 2048


def judged(pairs_i, pairs_j, similar, gen, total):
    """Adds the pairs of one block to the counts; only they need the general encoder's product."""
    other = np.empty(len(pairs_i), np.float32)
    for start in range(0, len(pairs_i), 200000):
        part = slice(start, start + 200000)
        other[part] = np.einsum("ij,ij->i", gen[pairs_i[part]], gen[pairs_j[part]])
    reached = similar >= MED
    total["candidates"] += int(reached.sum())
    total["found"] += int((reached & (other <= GEN)).sum())
    at_med = (abs(similar - MED) < BAND) & (other <= GEN + BAND)
    at_gen = (abs(other - GEN) < BAND) & (similar >= MED - BAND)
    total["near"] += int((at_med | at_gen).sum())


def by_numpy(med, gen, total):
    for a in range(0, len(med), BLOCK):
        for b in range(a, len(med), BLOCK):
            s = med[a : a + BLOCK] @ med[b : b + BLOCK].T
            if a == b:
                s[np.tril_indices(len(s))] = -1
            i, j = np.nonzero(s >= MED - BAND)
            if len(i):
                judged(a + i, b + j, s[i, j], gen, total)


def by_faiss(med, gen, total):
    import faiss

    index = faiss.IndexFlatIP(med.shape[1])
    index.add(med)
    for a in range(0, len(med), BLOCK):
        limits, similar, found = index.range_search(med[a : a + BLOCK], MED - BAND)
        i = a + np.repeat(np.arange(len(limits) - 1), np.diff(limits).astype(int))
        later = found > i
        if later.any():
            judged(i[later], found[later], similar[later], gen, total)


if __name__ == "__main__":
    how, folder = sys.argv[1], sys.argv[2]
    med, gen = np.load(f"{folder}/med.npy"), np.load(f"{folder}/gen.npy")
    total = {"candidates": 0, "found": 0, "near": 0}
    began = time.time()
    {"numpy": by_numpy, "faiss": by_faiss}[how](med, gen, total)
    total["seconds"] = time.time() - began
    total["peakBytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(total))
