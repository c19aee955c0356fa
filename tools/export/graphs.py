"""From modules to ONNX files in the layout of transformers.js."""

import os

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch.export import Dim

OPSET = 18
# Beyond this many bytes weights stand in a file beside the graph: a protobuf ends at 2 GB.
INLINE_BYTES = 1_500_000_000


def export(module, inputs, shapes, outputs, names=None):
    """One module as an ONNX model.

    inputs: example inputs by name (tensors, or one list of tensors). shapes: the dynamic axes of each. outputs: output names.
    names: the graph's input names, where a list of tensors stands for several.
    """
    def axes(spec):
        if isinstance(spec, list):
            return [axes(s) for s in spec]
        return {axis: Dim.AUTO for axis in spec} if spec else None

    with torch.no_grad():
        program = torch.onnx.export(
            module.eval(),
            kwargs=inputs,
            dynamic_shapes={name: axes(shapes.get(name)) for name in inputs},
            input_names=names or list(inputs),
            output_names=outputs,
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    return without_traces(program.model_proto)


def without_traces(model):
    """Without what the exporter notes of Python's stack for each node, which is larger than small graphs."""
    graph = model.graph
    for thing in (model, graph, *graph.node, *graph.input, *graph.output, *graph.initializer):
        thing.ClearField('metadata_props')
        thing.ClearField('doc_string')
    del graph.value_info[:]
    return model


def save(model, path):
    """Writes a graph; large weights go into `<name>.onnx_data` beside it. Returns whether they do."""
    size = sum(t.ByteSize() for t in model.graph.initializer)
    large = size > INLINE_BYTES
    if large:
        data = os.path.basename(path) + '_data'
        if os.path.exists(path + '_data'):
            os.remove(path + '_data')
        onnx.save(model, path, save_as_external_data=True, all_tensors_to_one_file=True, location=data)
    else:
        onnx.save(model, path)
    return large


def add_logits(model, weight, bias=None, softcap=None, hidden='hidden'):
    """Puts the output matrix behind the hidden states, for the last `num_logits_to_keep` tokens only (0: all), as the exports of transformers.js do.

    weight: float32 [vocabulary, width]. softcap: a limit by tanh, where the model has one.
    """
    graph = model.graph
    constant = lambda name, value: graph.initializer.append(numpy_helper.from_array(value, name))
    constant('lm.axis', np.array([0], np.int64))
    constant('lm.row', np.array([1], np.int64))
    constant('lm.end', np.array([2**62], np.int64))
    constant('lm_head.weight', np.ascontiguousarray(weight.T.astype(np.float32)))
    node = lambda kind, ins, out, **k: graph.node.append(helper.make_node(kind, ins, [out], name=out, **k))
    node('Neg', ['num_logits_to_keep'], 'lm.neg')
    node('Unsqueeze', ['lm.neg', 'lm.axis'], 'lm.start')
    node('Slice', [hidden, 'lm.start', 'lm.end', 'lm.row'], 'lm.kept')
    last = 'logits' if bias is None and softcap is None else 'lm.product'
    node('MatMul', ['lm.kept', 'lm_head.weight'], last)
    if bias is not None:
        constant('lm_head.bias', bias.astype(np.float32))
        node('Add', [last, 'lm_head.bias'], 'logits' if softcap is None else 'lm.biased')
        last = 'lm.biased'
    if softcap is not None:
        constant('lm.cap', np.array(softcap, np.float32))
        node('Div', [last, 'lm.cap'], 'lm.divided')
        node('Tanh', ['lm.divided'], 'lm.tanh')
        node('Mul', ['lm.tanh', 'lm.cap'], 'logits')
    graph.input.append(helper.make_tensor_value_info('num_logits_to_keep', TensorProto.INT64, []))
    kept = [o for o in graph.output if o.name != hidden]
    shape = ['batch_size', 'num_logits_to_keep', weight.shape[0]]
    del graph.output[:]
    graph.output.extend([helper.make_tensor_value_info('logits', TensorProto.FLOAT, shape), *kept])


def name_axes(values, names):
    """Names axes of graph inputs and outputs; by these names an empty cache is known. names: input name -> {axis: name}."""
    for value in values:
        for axis, name in (names(value.name) or {}).items():
            dim = value.type.tensor_type.shape.dim[axis]
            dim.ClearField('dim_value')
            dim.dim_param = name
