"""A graph in other number formats, under the suffixes that transformers.js knows."""

import os

import onnx

SUFFIX = {'fp32': '', 'fp16': '_fp16', 'q8': '_quantized', 'q4': '_q4', 'q4f16': '_q4f16'}
# Saving a large graph takes its weights out of it, so fp32 comes behind what is made of the graph; q8 is made from fp32's file.
ORDER = ('fp16', 'q4', 'q4f16', 'fp32', 'q8')


def halved(model):
    """Weights, arithmetic and cache in half precision; all other inputs and outputs stay float32."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    values = [*model.graph.input, *model.graph.output]
    keep = [v.name for v in values if not v.name.startswith(('past', 'present'))]
    return convert_float_to_float16(model, keep_io_types=keep)


def four_bit(model):
    """Matrices in blocks of 32 numbers of 4 bits (MatMulNBits), symmetric."""
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantizer = MatMulNBitsQuantizer(model, block_size=32, is_symmetric=True)
    quantizer.process()
    return quantizer.model.model


def eight_bit(path, out):
    """Matrices in 8 bits, activations scaled as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(path, out, weight_type=QuantType.QUInt8, extra_options={'EnableSubgraph': True})


def copy_of(model):
    """Converters write into what they are given."""
    other = onnx.ModelProto()
    other.CopyFrom(model)
    return other


def write(model, folder, name, dtypes, save):
    """Writes `<name><suffix>.onnx` for each dtype; `save(model, path)`.

    Returns the names of files whose weights stand beside them.
    """
    large = []
    for dtype in (d for d in ORDER if d in dtypes):
        path = os.path.join(folder, f'{name}{SUFFIX[dtype]}.onnx')
        if dtype == 'q8':
            eight_bit(os.path.join(folder, f'{name}.onnx'), path)
            continue
        made = model if dtype == 'fp32' else copy_of(model)
        if dtype in ('q4', 'q4f16'):
            made = four_bit(made)
        if dtype in ('fp16', 'q4f16'):
            made = halved(made)
        if save(made, path):
            large.append(os.path.basename(path))
    return large
