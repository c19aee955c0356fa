"""The operators around attention: weights in 4 bits, norms, rotary embedding, activations, softmax, convolution."""
import numpy as np
import reference as ref
from fill import hash32, uniform
from graphs import LENGTHS, MS, POSITIONS, Graph, Spec, integer, random, rope, runs

EPS = float(np.float32(1e-5))


def matrices():
    """MatMul, and MatMulNBits with 4-bit blocks of 32: as exports have it (level 0), with zero points, and with 8-bit activations (level 4)."""
    weights = uniform(9001, [192, 80], 0.25)
    bits = {'four': (192, 150, 0, False, 9010), 'zeros': (256, 96, 0, True, 9020), 'level4': (256, 128, 4, False, 9030)}

    def packed(k, n, zero, seed):
        b = k // 32
        q = hash32(seed, n * b * 16).astype(np.uint8).reshape(n, b, 16)
        scales = (hash32(seed + 1, n * b) % np.uint64(96)).astype(np.float64) / 4096 + 1 / 128
        z = hash32(seed + 2, n * ((b + 1) // 2)).astype(np.uint8).reshape(n, -1) if zero else None
        return q, scales, z

    def build(half):
        g = Graph(half)
        g.op('MatMul', ['x192', g.const('weights', weights)], 'plain')
        for name, (k, n, level, zero, seed) in bits.items():
            q, scales, z = packed(k, n, zero, seed)
            ins = [f'x{k}', g.const(name + '_q4', q), g.const(name + '_scales', scales)]
            if z is not None:
                ins.append(g.const(name + '_zero', z.reshape(-1)))
            g.op('MatMulNBits', ins, name, MS, K=k, N=n, bits=4, block_size=32, accuracy_level=level)
        return g.model([(f'x{k}', 'float', [1, 'new', k]) for k in (192, 256)], [('plain', [1, 'new', 80])] + [(m, [1, 'new', v[1]]) for m, v in bits.items()])

    def expect(f):
        out = {'plain': f['x192'] @ weights}
        for name, (k, n, _level, zero, seed) in bits.items():
            q, scales, z = packed(k, n, zero, seed)
            out[name] = f[f'x{k}'] @ ref.dequantize4(q, scales, z, 32).T
        return out

    inputs = lambda z, seed: [random('x192', [1, z['S'], 192], seed, 2), random('x256', [1, z['S'], 256], seed + 1, 2)]
    return Spec('matrices', build, inputs, expect, {
        'four': ('MatMulNBits', '192 x 150, blocks of 32', 7), 'zeros': ('MatMulNBits', '256 x 96, zero points', 7),
        'level4': ('MatMulNBits, accuracy level 4', '256 x 128', 7), 'plain': ('MatMul', '192 x 80', 7)}, LENGTHS)


def norms():
    gamma, beta, wide = 1 + uniform(9101, [192], 0.5), uniform(9102, [192], 0.5), 1 + uniform(9103, [576], 0.5)

    def build(half):
        g = Graph(half)
        c = [g.const('gamma', gamma), g.const('beta', beta)]
        g.op('LayerNormalization', ['x', *c], 'layer', axis=-1, epsilon=EPS)
        g.op('SimplifiedLayerNormalization', ['wide', g.const('gamma_wide', wide)], 'rms', axis=-1, epsilon=EPS, stash_type=1)
        g.op('SkipSimplifiedLayerNormalization', ['x', 'skip', c[0]], ['skip_rms', '', '', 'sum'], MS, epsilon=EPS)
        g.op('SkipLayerNormalization', ['x', 'skip', *c], 'skip_layer', MS, epsilon=EPS)
        return g.model([('x', 'float', [1, 'new', 192]), ('skip', 'float', [1, 'new', 192]), ('wide', 'float', [1, 'new', 576])],
                       [(o, [1, 'new', w]) for o, w in (('layer', 192), ('rms', 576), ('skip_rms', 192), ('sum', 192), ('skip_layer', 192))])

    def expect(f):
        total = f['x'] + f['skip']
        return {'layer': ref.layer_norm(f['x'], gamma, beta, EPS), 'rms': ref.rms_norm(f['wide'], wide, EPS), 'skip_rms': ref.rms_norm(total, gamma, EPS),
                'sum': total, 'skip_layer': ref.layer_norm(total, gamma, beta, EPS)}

    inputs = lambda z, seed: [random('x', [1, z['S'], 192], seed, 2), random('skip', [1, z['S'], 192], seed + 1, 2), random('wide', [1, z['S'], 576], seed + 2, 4)]
    return Spec('norms', build, inputs, expect, {
        'layer': ('LayerNormalization', 'width 192', 13), 'rms': ('SimplifiedLayerNormalization', 'RMS, width 576', 31),
        'skip_rms': ('SkipSimplifiedLayerNormalization', 'width 192', 13), 'sum': ('SkipSimplifiedLayerNormalization', 'width 192, the sum', 13),
        'skip_layer': ('SkipLayerNormalization', 'width 192', 13)}, LENGTHS)


def rotary():
    heads, size, start = 6, 32, 7
    cos, sin = rope(size)

    def build(half):
        g = Graph(half)
        g.op('RotaryEmbedding', ['x', 'position_ids', g.const('cos', cos), g.const('sin', sin)], 'y', MS, interleaved=0)
        return g.model([('x', 'float', [1, 'new', heads * size]), ('position_ids', 'int64', [1, 'new'])], [('y', [1, 'new', heads * size])])

    def expect(f):
        p = f['position_ids'][0]
        return {'y': ref.merge(ref.rotate(ref.split(f['x'], heads), cos[p], sin[p]))}

    assert start + 200 <= POSITIONS
    inputs = lambda z, seed: [random('x', [1, z['S'], heads * size], seed, 2), integer('position_ids', 'int64', [1, z['S']], {'kind': 'range', 'start': start})]
    return Spec('rotary', build, inputs, expect, {'y': ('RotaryEmbedding', f'{heads} heads, size {size}', 13)}, LENGTHS)


def activations():
    width, columns = 128, 137

    def build(half):
        g = Graph(half)
        c = lambda name, v: g.const(name, np.array(float(v)))
        e = g.op('Erf', [g.op('Div', ['x', c('root2', np.sqrt(2))])])
        g.op('Mul', [g.op('Mul', ['x', g.op('Add', [e, c('one', 1)])]), c('half', 0.5)], 'gelu')
        cube = g.op('Mul', [g.op('Mul', ['x', 'x']), 'x'])
        t = g.op('Tanh', [g.op('Mul', [g.op('Add', ['x', g.op('Mul', [cube, c('c044', 0.044715)])]), c('csq', np.sqrt(2 / np.pi))])])
        g.op('Mul', [g.op('Mul', ['x', 'half']), g.op('Add', [t, 'one'])], 'gelu_tanh')
        g.op('QuickGelu', ['x'], 'quick', MS, alpha=float(np.float32(1.702)))
        g.op('Mul', [g.op('Mul', ['x', g.op('Sigmoid', ['x'])]), 'up'], 'silu')
        g.op('Softmax', ['scores'], 'softmax', axis=-1)
        return g.model([('x', 'float', [1, 'new', width]), ('up', 'float', [1, 'new', width]), ('scores', 'float', [1, 3, 'new', columns])],
                       [(o, [1, 'new', width]) for o in ('gelu', 'gelu_tanh', 'quick', 'silu')] + [('softmax', [1, 3, 'new', columns])])

    def expect(f):
        x = f['x']
        return {'gelu': ref.gelu_erf(x), 'gelu_tanh': ref.gelu_tanh(x), 'quick': ref.quick_gelu(x), 'silu': x * ref.sigmoid(x) * f['up'], 'softmax': ref.softmax(f['scores'])}

    inputs = lambda z, seed: [random('x', [1, z['S'], width], seed, 8), random('up', [1, z['S'], width], seed + 1, 2), random('scores', [1, 3, z['S'], columns], seed + 2, 8)]
    return Spec('activations', build, inputs, expect, {
        'softmax': ('Softmax', f'{columns} columns', 61), 'gelu': ('Gelu', 'by erf', 31), 'gelu_tanh': ('Gelu', 'by tanh', 31),
        'quick': ('QuickGelu', 'alpha 1.702', 31), 'silu': ('SiLU', 'gate times up', 31)}, LENGTHS)


GRIDS = {200: (10, 20)}


def convolution():
    """Patch embedding, a 3 x 3 depthwise convolution over its patches, and the short causal convolution of lfm2."""
    patch, channels, kernel, bias = 14, 16, uniform(9301, [16, 3, 14, 14], 0.25), uniform(9302, [16], 0.5)
    deep, deep_bias = uniform(9303, [16, 1, 3, 3], 0.5), uniform(9304, [16], 0.5)
    short = uniform(9305, [48, 1, 3], 0.5)

    def build(half):
        g = Graph(half)
        g.op('Conv', ['pixels', g.const('kernel', kernel), g.const('bias', bias)], 'patches', kernel_shape=[patch, patch], strides=[patch, patch])
        g.op('Conv', ['grid', g.const('deep', deep), g.const('deep_bias', deep_bias)], 'depthwise', kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=16)
        g.op('Conv', ['sequence', g.const('short', short)], 'causal', kernel_shape=[3], group=48)
        return g.model([('pixels', 'float', [1, 3, 'height', 'width']), ('grid', 'float', [1, 16, 'rows', 'columns']), ('sequence', 'float', [1, 48, 'padded'])],
                       [('patches', [1, 16, 'rows', 'columns']), ('depthwise', [1, 16, 'rows', 'columns']), ('causal', [1, 48, 'new'])])

    def inputs(z, seed):
        h, w = GRIDS[z['S']]
        return [random('pixels', [1, 3, h * patch, w * patch], seed, 1), random('grid', [1, channels, h, w], seed + 1, 2), random('sequence', [1, 48, z['S'] + 2], seed + 2, 2)]

    def expect(f):
        return {'patches': ref.convolve(f['pixels'], kernel, bias, (patch, patch), (0, 0), 1),
                'depthwise': ref.convolve(f['grid'], deep, deep_bias, (1, 1), (1, 1), 16),
                'causal': ref.convolve(f['sequence'][:, :, None], short[:, :, None], np.zeros(48), (1, 1), (0, 0), 48)[:, :, 0]}

    return Spec('convolution', build, inputs, expect, {
        'patches': ('Conv', '14 x 14 patches', 3), 'depthwise': ('Conv', '3 x 3, depthwise', 7), 'causal': ('Conv', 'length 3, depthwise', 13)}, runs(200))
