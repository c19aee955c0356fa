"""The operators' formulas in float64, written from their specifications and not from any kernel."""
import math
import numpy as np

erf = np.vectorize(math.erf, otypes=[np.float64])


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def split(x, heads):
    """[1, S, heads * size] to [heads, S, size]."""
    return x[0].reshape(x.shape[1], heads, -1).transpose(1, 0, 2)


def merge(x):
    """[heads, S, size] to [1, S, heads * size]."""
    return x.transpose(1, 0, 2).reshape(1, x.shape[1], -1)


def rotate(x, cos, sin):
    """Half-split rotary embedding (GPT-NeoX order). x [heads, S, size]; cos, sin [S, size / 2]."""
    a, b = np.split(x, 2, -1)
    return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)


def attend(q, k, v, scale, causal, window=-1):
    """q [heads, S, size]; k, v [kv heads, T, size], the last S of T are q's own tokens. Returns [1, S, heads * size]."""
    rep = q.shape[0] // k.shape[0]
    k, v = np.repeat(k, rep, 0), np.repeat(v, rep, 0)
    s = q @ k.transpose(0, 2, 1) * scale
    if causal:
        row = np.arange(s.shape[1])[:, None] + (s.shape[2] - s.shape[1])
        col = np.arange(s.shape[2])[None]
        seen = col <= row
        if window > 0:
            seen = seen & (col > row - window)
        s = np.where(seen, s, -np.inf)
    return merge(softmax(s) @ v)


def layer_norm(x, gamma, beta, eps):
    c = x - x.mean(-1, keepdims=True)
    return c / np.sqrt((c * c).mean(-1, keepdims=True) + eps) * gamma + beta


def rms_norm(x, gamma, eps):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * gamma


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gelu_erf(x):
    return x * 0.5 * (1 + erf(x / math.sqrt(2)))


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def quick_gelu(x, alpha=1.702):
    return x * sigmoid(alpha * x)


def dequantize4(packed, scales, zero, block):
    """MatMulNBits weights [N, K/block, block/2] bytes, scales [N * K/block], zero points [N, ceil(K/block/2)] bytes or None, to [N, K]."""
    n, blocks, _ = packed.shape
    q = np.stack([packed & 15, packed >> 4], -1).reshape(n, blocks, block).astype(np.float64)
    z = np.full((n, blocks), 8.0)
    if zero is not None:
        z = np.stack([zero & 15, zero >> 4], -1).reshape(n, -1)[:, :blocks].astype(np.float64)
    return ((q - z[..., None]) * scales.reshape(n, blocks, 1).astype(np.float64)).reshape(n, -1)


def quantise8(x):
    """DynamicQuantizeLinear: the integers less their zero point, and the scale, which covers all of x and zero."""
    low, high = min(x.min(), 0.0), max(x.max(), 0.0)
    scale = (high - low) / 255
    zero = np.clip(np.round(-low / scale), 0, 255)
    return np.clip(np.round(x / scale) + zero, 0, 255) - zero, scale


def convolve(x, w, b, stride, pad, group):
    """x [1, C, H, W], w [M, C/group, kh, kw]."""
    _, c, _, _ = x.shape
    m, cg, kh, kw = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))
    view = np.lib.stride_tricks.sliding_window_view(x[0], (kh, kw), (1, 2))[:, :: stride[0], :: stride[1]]
    view = view.reshape(group, c // group, *view.shape[1:])
    out = np.einsum('gchwij,gmcij->gmhw', view, w.reshape(group, m // group, cg, kh, kw), optimize=True)
    return out.reshape(1, m, *out.shape[2:]) + b.reshape(1, m, 1, 1)
