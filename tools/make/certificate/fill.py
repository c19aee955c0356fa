"""Inputs of operator checks: values that Python and TypeScript make alike (src/core/certificate/operators.ts, `fillInput`)."""
import numpy as np

FLOAT32_MIN, FLOAT16_MIN = -3.4028234663852886e38, -65504.0
M = np.uint64(0xFFFFFFFF)


def hash32(seed, count):
    """Counter-based 32-bit hash ("lowbias32"): element i depends on seed and i alone, so order and length do not matter."""
    x = (np.uint64(seed * 0x9E3779B9 & 0xFFFFFFFF) + np.arange(count, dtype=np.uint64)) & M
    x ^= x >> np.uint64(16)
    x = x * np.uint64(0x7FEB352D) & M
    x ^= x >> np.uint64(15)
    x = x * np.uint64(0x846CA68B) & M
    return x ^ x >> np.uint64(16)


def uniform(seed, dims, scale):
    """[-scale, scale) in 2048 steps: with `scale` a power of two every value is exact in float16 and float32."""
    n = int(np.prod(dims, dtype=np.int64))
    return ((hash32(seed, n) >> np.uint64(21)).astype(np.float64) - 1024).reshape(dims) / 1024 * scale


def fill(spec, half=False):
    """One input as float64 or integers. `spec` is an entry of index.json."""
    f, dims = spec['fill'], spec['dims']
    if f['kind'] == 'uniform':
        return uniform(f['seed'], dims, f['scale'])
    if f['kind'] == 'constant':
        return np.full(dims, f['value'], np.int64)
    if f['kind'] == 'range':
        return np.arange(f['start'], f['start'] + int(np.prod(dims)), dtype=np.int64).reshape(dims)
    if f['kind'] == 'causal':
        rows, width = dims[-2:]
        seen = np.arange(width)[None] <= np.arange(rows)[:, None] + (width - rows)
        return np.broadcast_to(np.where(seen, 0.0, FLOAT16_MIN if half else FLOAT32_MIN), dims)
    raise ValueError(f['kind'])
