"""Weights in 8 bits as dynamic quantisation makes them: activations are rounded by one scale for all of a run, and multiplied as integers."""
import numpy as np
from onnx import TensorProto as T
import reference as ref
from fill import hash32
from graphs import LENGTHS, Graph, Spec, random, runs
from layers import GRIDS

# One for all weights, a power of two: exact in half precision.
SCALE = 1 / 512
PATCH, INNER, OUTER = 14, 192, 80


def whole(seed, dims, signed):
    """8-bit weights: all of uint8, or of int8."""
    values = hash32(seed, int(np.prod(dims))).astype(np.uint8).reshape(dims)
    return values.view(np.int8) if signed else values


def eight_bits():
    """MatMulInteger with unsigned and signed weights, as exports have them under q8 or uint8 and under int8."""
    kinds = {'unsigned': (whole(9401, [INNER, OUTER], False), np.uint8(131)), 'signed': (whole(9402, [INNER, OUTER], True), np.int8(0))}

    def build(half):
        g = Graph(half)
        x, scale, zero = quantised(g, 'x')
        for name, (weights, point) in kinds.items():
            integers = g.op('MatMulInteger', [x, g.const(name + '_weights', weights), zero, g.const(name + '_point', point)])
            scaled(g, integers, scale, name)
        return g.model([('x', 'float', [1, 'new', INNER])], [(n, [1, 'new', OUTER]) for n in kinds])

    def expect(f):
        x, scale = ref.quantise8(f['x'])
        return {n: x @ (w.astype(np.float64) - float(point)) * scale * SCALE for n, (w, point) in kinds.items()}

    inputs = lambda z, seed: [random('x', [1, z['S'], INNER], seed, 2)]
    words = f'{INNER} x {OUTER}, behind DynamicQuantizeLinear'
    return Spec('eight_bits', build, inputs, expect, {n: ('MatMulInteger', f'{n}, {words}', 7) for n in kinds}, LENGTHS)


def eight_bit_patches():
    """ConvInteger: the patches of a vision encoder."""
    kernel, point = whole(9411, [16, 3, PATCH, PATCH], False), np.uint8(120)

    def build(half):
        g = Graph(half)
        x, scale, zero = quantised(g, 'pixels')
        integers = g.op('ConvInteger', [x, g.const('kernel', kernel), zero, g.const('point', point)], kernel_shape=[PATCH, PATCH], strides=[PATCH, PATCH])
        scaled(g, integers, scale, 'patches')
        return g.model([('pixels', 'float', [1, 3, 'height', 'width'])], [('patches', [1, 16, 'rows', 'columns'])])

    def inputs(z, seed):
        h, w = GRIDS[z['S']]
        return [random('pixels', [1, 3, h * PATCH, w * PATCH], seed, 1)]

    def expect(f):
        x, scale = ref.quantise8(f['pixels'])
        return {'patches': ref.convolve(x, kernel.astype(np.float64) - float(point), np.zeros(16), (PATCH, PATCH), (0, 0), 1) * scale * SCALE}

    words = f'{PATCH} x {PATCH} patches, behind DynamicQuantizeLinear'
    return Spec('eight_bit_patches', build, inputs, expect, {'patches': ('ConvInteger', words, 3)}, runs(200))


def quantised(g, name):
    """An input in 8 bits, its scale and its zero point; quantised in float32, whatever the graph's precision."""
    x = g.op('Cast', [name], to=T.FLOAT) if g.half else name
    outs = [f'{name}_8', f'{name}_scale', f'{name}_point']
    g.op('DynamicQuantizeLinear', [x], outs)
    return outs[0], outs[1], outs[2]


def scaled(g, integers, scale, out):
    """The integers as numbers in the graph's precision."""
    factor = g.op('Mul', [scale, g.const('weight_scale', np.float32(SCALE))])
    x = g.op('Mul', [g.op('Cast', [integers], to=T.FLOAT), factor], None if g.half else out)
    if g.half:
        g.op('Cast', [x], out, to=g.type)
