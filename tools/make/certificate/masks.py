"""Masks as decoders make them: which tokens are there, which come before, and which belong to an image, joined by And."""
import numpy as np
from graphs import Graph, Spec, random, runs


def masks():
    """And of a column and a row, of a whole mask and a row, and of a whole mask and a column: WebGPU spreads another input in each."""
    shapes = {'column': [1, 1, 'new', 1], 'row': [1, 1, 1, 'total'], 'whole': [1, 1, 'new', 'total']}
    pairs = {'block': ('column', 'row'), 'rows': ('whole', 'row'), 'columns': ('whole', 'column')}

    def build(half):
        g = Graph(half)
        zero = g.const('zero', np.array(0.0))
        seen = {n: g.op('Greater', [n, zero]) for n in shapes}
        for name, (a, b) in pairs.items():
            g.op('Cast', [g.op('And', [seen[a], seen[b]])], name, to=g.type)
        return g.model([(n, 'float', s) for n, s in shapes.items()], [(n, [1, 1, 'new', 'total']) for n in pairs])

    def inputs(sizes, seed):
        size = {'new': sizes['S'], 'total': sizes['S'] + sizes['P'], 1: 1}
        return [random(n, [size[d] for d in s], seed + i, 1) for i, (n, s) in enumerate(shapes.items())]

    expect = lambda f: {n: ((f[a] > 0) & (f[b] > 0)).astype(np.float64) for n, (a, b) in pairs.items()}
    words = {'block': 'a column and a row', 'rows': 'a mask and a row', 'columns': 'a mask and a column'}
    return Spec('masks', build, inputs, expect, {n: ('And', w, 7) for n, w in words.items()}, runs(40, 69, (40, 40), (40, 5)))
