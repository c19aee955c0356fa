"""Small graphs with the operators of transformers.js exports, and how a case of each is fed and computed.

Each builder gives a Spec: `build(half)` is the model; `inputs(sizes)` the feeds of a case; `expect(feeds)` the outputs in float64.
All weights are exact in float16, so that both precisions share one expectation.
"""
from dataclasses import dataclass
from typing import Callable
import numpy as np
from onnx import TensorProto as T, helper as h, numpy_helper as nh
import reference as ref
from fill import uniform

MS = 'com.microsoft'
POSITIONS = 256


@dataclass
class Spec:
    name: str
    build: Callable
    inputs: Callable
    expect: Callable
    outputs: dict  # output name -> (operator, words, stride of the kept sample)
    cases: list  # sizes, most telling first


class Graph:
    """Collects nodes; floats are float32, or float16 when `half`."""

    def __init__(g, half):
        g.half, g.nodes, g.inits, g.seen, g.n = half, [], [], set(), 0
        g.type, g.numpy = (T.FLOAT16, np.float16) if half else (T.FLOAT, np.float32)

    def const(g, name, a):
        a = np.asarray(a)
        if a.dtype == np.float64:
            a = a.astype(g.numpy)
        if name not in g.seen:
            g.seen.add(name)
            g.inits.append(nh.from_array(np.ascontiguousarray(a).reshape(a.shape), name))
        return name

    def op(g, kind, ins, outs=None, domain='', **attributes):
        g.n += 1
        outs = [outs] if isinstance(outs, str) else outs or [f'{kind}_{g.n}']
        g.nodes.append(h.make_node(kind, ins, outs, name=f'{kind}_{g.n}', domain=domain, **attributes))
        return outs[0]

    def model(g, ins, outs):
        info = lambda n, t, s: h.make_tensor_value_info(n, g.type if t == 'float' else {'int32': T.INT32, 'int64': T.INT64}[t], s)
        graph = h.make_graph(g.nodes, 'check', [info(*i) for i in ins], [info(n, 'float', s) for n, s in outs], g.inits)
        m = h.make_model(graph, opset_imports=[h.make_opsetid('', 17), h.make_opsetid(MS, 1)], producer_name='lookalike')
        m.ir_version = 8
        return m


def exact(x):
    """Rounded to float16, so that it is the same number in either precision."""
    return np.asarray(x).astype(np.float16).astype(np.float64)


def rope(size, theta=10000.0):
    angle = np.outer(np.arange(POSITIONS), theta ** (-np.arange(0, size, 2) / size))
    return exact(np.cos(angle)), exact(np.sin(angle))


def random(name, dims, seed, scale):
    return {'name': name, 'type': 'float', 'dims': dims, 'fill': {'kind': 'uniform', 'seed': seed, 'scale': scale}}


def integer(name, kind, dims, fill):
    return {'name': name, 'type': kind, 'dims': dims, 'fill': fill}


def runs(*sizes):
    """Cases from new tokens, or (past, new)."""
    return [{'P': s[0], 'S': s[1]} if isinstance(s, tuple) else {'P': 0, 'S': s} for s in sizes]


# All lengths where decoders need them; elsewhere only those that reach a kernel of their own, since on a software adapter every kernel costs up to a second.
LENGTHS = runs(69, 40, 200, 5, 1)
WITH_PAST = runs(69, 40, 200, (40, 40), 5, (40, 5), (200, 5), 1, (40, 1), (69, 1), (200, 1))
FEW_WITH_PAST = runs(69, 40, 200, (40, 40), (40, 1), (200, 1))


def coprime(size):
    """A stride just under `size` that shares no factor with it: every token and head is sampled, at all columns in turn."""
    return next(s for s in (61, 31, 13, 7) if s < size)


def qkv(heads, kv, size, sizes, seed):
    s, p = sizes['S'], sizes['P']
    out = [random(n, [1, s, c * size], seed + i, 2) for i, (n, c) in enumerate((('query', heads), ('key', kv)))] + [random('value', [1, s, kv * size], seed + 2, 1)]
    return out + [random('past_key', [1, kv, p, size], seed + 3, 2), random('past_value', [1, kv, p, size], seed + 4, 1)]


def past_outputs(op, words, size):
    s = coprime(size)
    return {'output': (op, words, s), 'present_key': (op, words + ', keys kept', s), 'present_value': (op, words + ', values kept', s)}


def attention_io(heads, kv, size):
    past, present = [1, kv, 'past', size], [1, kv, 'total', size]
    return ([('query', 'float', [1, 'new', heads * size]), ('key', 'float', [1, 'new', kv * size]), ('value', 'float', [1, 'new', kv * size]), ('past_key', 'float', past), ('past_value', 'float', past)],
            [('output', [1, 'new', heads * size]), ('present_key', present), ('present_value', present)])


def keys_values(f, kv, turn=lambda x: x):
    """Past and new keys and values, [kv heads, T, size]."""
    k = np.concatenate([f['past_key'][0], turn(ref.split(f['key'], kv))], 1)
    return k, np.concatenate([f['past_value'][0], ref.split(f['value'], kv)], 1)


def grouped(heads, kv, size, rotary, window, cases):
    """GroupQueryAttention as decoders use it: past and present apart, lengths from seqlens_k and total_sequence_length."""
    scale = float(np.float32(size**-0.5))
    cos, sin = rope(size)

    def build(half):
        g = Graph(half)
        ins, outs = attention_io(heads, kv, size)
        ins += [('seqlens_k', 'int32', [1]), ('total_sequence_length', 'int32', [])]
        names = [i[0] for i in ins]
        extra = {'do_rotary': 1, 'rotary_interleaved': 0} if rotary else {}
        if rotary:
            names += [g.const('cos_cache', cos), g.const('sin_cache', sin)]
        if window > 0:
            extra['local_window_size'] = window
        g.op('GroupQueryAttention', names, [o[0] for o in outs], MS, num_heads=heads, kv_num_heads=kv, scale=scale, **extra)
        return g.model(ins, outs)

    def inputs(sizes, seed):
        total = sizes['S'] + sizes['P']
        return qkv(heads, kv, size, sizes, seed) + [
            integer('seqlens_k', 'int32', [1], {'kind': 'constant', 'value': total - 1}),
            integer('total_sequence_length', 'int32', [], {'kind': 'constant', 'value': total})]

    def expect(f):
        p, s = f['past_key'].shape[2], f['query'].shape[1]
        turn = (lambda x: ref.rotate(x, cos[p:p + s], sin[p:p + s])) if rotary else (lambda x: x)
        k, v = keys_values(f, kv, turn)
        return {'output': ref.attend(turn(ref.split(f['query'], heads)), k, v, scale, True, window), 'present_key': k[None], 'present_value': v[None]}

    words = f'{heads} heads on {kv}, size {size}' + (', rotary inside' if rotary else '') + (f', window {window}' if window > 0 else '')
    return Spec(f'gqa_{heads}_{kv}_{size}', build, inputs, expect, past_outputs('GroupQueryAttention', words, size), cases)


def multi_head(heads, size):
    """MultiHeadAttention of vision encoders: every token sees every other."""
    scale = float(np.float32(size**-0.5))
    width = [1, 'new', heads * size]

    def build(half):
        g = Graph(half)
        g.op('MultiHeadAttention', ['query', 'key', 'value'], 'output', MS, num_heads=heads, scale=scale)
        return g.model([(n, 'float', width) for n in ('query', 'key', 'value')], [('output', width)])

    def expect(f):
        q, k, v = (ref.split(f[n], heads) for n in ('query', 'key', 'value'))
        return {'output': ref.attend(q, k, v, scale, False)}

    return Spec(f'mha_{heads}_{size}', build, lambda sizes, seed: qkv(heads, heads, size, sizes, seed)[:3], expect,
                {'output': ('MultiHeadAttention', f'{heads} heads, size {size}, no mask', coprime(size))}, runs(69, 40, 200))


def multi_head_past(heads, size):
    """MultiHeadAttention with past keys and values and a causal attention_bias."""
    scale = float(np.float32(size**-0.5))

    def build(half):
        g = Graph(half)
        ins, outs = attention_io(heads, heads, size)
        g.op('MultiHeadAttention', ['query', 'key', 'value', '', '', 'bias', 'past_key', 'past_value'], [o[0] for o in outs], MS, num_heads=heads, scale=scale)
        return g.model([*ins, ('bias', 'float', [1, 1, 'new', 'total'])], outs)

    def inputs(sizes, seed):
        return qkv(heads, heads, size, sizes, seed) + [{'name': 'bias', 'type': 'float', 'dims': [1, 1, sizes['S'], sizes['S'] + sizes['P']], 'fill': {'kind': 'causal'}}]

    def expect(f):
        k, v = keys_values(f, heads)
        return {'output': ref.attend(ref.split(f['query'], heads), k, v, scale, True), 'present_key': k[None], 'present_value': v[None]}

    return Spec(f'mha_past_{heads}_{size}', build, inputs, expect, past_outputs('MultiHeadAttention', f'{heads} heads, size {size}, past and bias', size), FEW_WITH_PAST)


def plain(heads, kv, size):
    """Attention in single steps (rotary by Slice, Neg and Concat, repeated keys, MatMul, mask, Softmax, MatMul), as exports without fused operators have it."""
    scale = size**-0.5
    cos, sin = rope(size)
    rep = heads // kv

    def build(half):
        g = Graph(half)
        ins, outs = attention_io(heads, kv, size)
        ins += [('position_ids', 'int64', [1, 'new']), ('bias', 'float', [1, 1, 'new', 'total'])]
        i = lambda *v: g.const('i_' + '_'.join(map(str, v)).replace('-', 'm'), np.array(v, np.int64))
        c = g.op('Unsqueeze', [g.op('Gather', [g.const('cos', np.concatenate([cos, cos], 1)), 'position_ids']), i(1)])
        s = g.op('Unsqueeze', [g.op('Gather', [g.const('sin', np.concatenate([sin, sin], 1)), 'position_ids']), i(1)])
        heads_of = lambda x, n: g.op('Transpose', [g.op('Reshape', [x, i(0, -1, n, size)])], perm=[0, 2, 1, 3])

        def turn(x):
            a = g.op('Slice', [x, i(0), i(size // 2), i(3)])
            b = g.op('Slice', [x, i(size // 2), i(size), i(3)])
            return g.op('Add', [g.op('Mul', [x, c]), g.op('Mul', [g.op('Concat', [g.op('Neg', [b]), a], axis=-1), s])])

        def repeat(x):
            x = g.op('Expand', [g.op('Unsqueeze', [x, i(2)]), i(1, 1, rep, 1, 1)])
            return g.op('Reshape', [x, i(1, heads, -1, size)])

        k = g.op('Concat', ['past_key', turn(heads_of('key', kv))], 'present_key', axis=2)
        v = g.op('Concat', ['past_value', heads_of('value', kv)], 'present_value', axis=2)
        w = g.op('MatMul', [turn(heads_of('query', heads)), g.op('Transpose', [repeat(k)], perm=[0, 1, 3, 2])])
        w = g.op('Softmax', [g.op('Add', [g.op('Mul', [w, g.const('scale', np.array(scale))]), 'bias'])], axis=-1)
        y = g.op('Transpose', [g.op('MatMul', [w, repeat(v)])], perm=[0, 2, 1, 3])
        g.op('Reshape', [y, i(0, -1, heads * size)], 'output')
        return g.model(ins, outs)

    def inputs(sizes, seed):
        s, p = sizes['S'], sizes['P']
        return qkv(heads, kv, size, sizes, seed) + [integer('position_ids', 'int64', [1, s], {'kind': 'range', 'start': p}),
                                                    {'name': 'bias', 'type': 'float', 'dims': [1, 1, s, s + p], 'fill': {'kind': 'causal'}}]

    def expect(f):
        p, s = f['past_key'].shape[2], f['query'].shape[1]
        turn = lambda x: ref.rotate(x, cos[p:p + s], sin[p:p + s])
        k, v = keys_values(f, kv, turn)
        return {'output': ref.attend(turn(ref.split(f['query'], heads)), k, v, scale, True), 'present_key': k[None], 'present_value': v[None]}

    return Spec('plain', build, inputs, expect, past_outputs('Attention in steps', f'{heads} heads on {kv}, size {size}', size), runs(69, 200, (40, 40), (40, 1)))
