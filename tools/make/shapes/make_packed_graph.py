#!/usr/bin/env python3
"""Write the small graph with 4-bit weights that test/unit/engine/unpack.test.ts turns into an fp32 one, and the weights that must come out.

    pip install onnx numpy        (Debian: apt-get install -y python3-onnx python3-numpy)
    python3 make_packed_graph.py ../../test/unit/engine/data
"""
import os, sys
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RANDOM = np.random.default_rng(4)


def pack(values):
    """Two 4-bit values to a byte along the last axis, low nibble first; an odd one out stands alone."""
    if values.shape[-1] % 2:
        values = np.concatenate([values, np.zeros_like(values[..., :1])], -1)
    return (values[..., 0::2] | values[..., 1::2] << 4).astype(np.uint8)


def weights(name, k, n, block, zeros):
    """Initializers of a MatMulNBits node, and its weights [k, n] by the operator's specification."""
    blocks = -(-k // block)
    values = RANDOM.integers(0, 16, (n, blocks, block), dtype=np.uint8)
    scales = (RANDOM.standard_normal((n, blocks)) / 10).astype(np.float32)
    points = RANDOM.integers(0, 16, (n, blocks), dtype=np.uint8) if zeros else np.full((n, blocks), 8, np.uint8)
    full = (values.astype(np.float32) - points[..., None].astype(np.float32)) * scales[..., None]
    made = [numpy_helper.from_array(pack(values), f'{name}_q4'), numpy_helper.from_array(scales.reshape(-1), f'{name}_scales')]
    if zeros:
        made.append(numpy_helper.from_array(pack(points).reshape(-1), f'{name}_zeros'))
    return made, full.reshape(n, -1)[:, :k].T.astype(np.float32)


def node(name, source, inputs, k, n, block, **more):
    return helper.make_node('MatMulNBits', [source, *inputs], [name], name=name, domain='com.microsoft', K=k, N=n, bits=4, block_size=block, **more)


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    # 40 columns do not fill two blocks of 32; 18 rows are more than are unpacked together; 3 blocks leave half a byte of zero points.
    plain, plain_full = weights('plain', 40, 48, 32, False)
    zeros, zeros_full = weights('zeros', 48, 18, 16, True)
    bias, _ = weights('bias', 18, 4, 16, False)
    added = numpy_helper.from_array(np.ones(4, np.float32), 'bias_b')
    nodes = [
        node('plain', 'x', [t.name for t in plain], 40, 48, 32, accuracy_level=0),
        helper.make_node('Relu', ['plain'], ['positive'], name='positive'),
        node('zeros', 'positive', [t.name for t in zeros], 48, 18, 16),
        node('bias', 'zeros', [*(t.name for t in bias), '', '', 'bias_b'], 18, 4, 16),
    ]
    graph = helper.make_graph(
        nodes,
        'packed',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 'n', 40])],
        [helper.make_tensor_value_info('bias', TensorProto.FLOAT, [1, 'n', 4])],
        [*plain, *zeros, *bias, added],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17), helper.make_opsetid('com.microsoft', 1)], ir_version=8)
    onnx.save(model, f'{out}/packed.onnx')
    with open(f'{out}/packed.f32', 'wb') as f:
        for w in (plain_full, zeros_full):
            f.write(np.ascontiguousarray(w, dtype='<f4').tobytes())


main()
