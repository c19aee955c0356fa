"""Writes a checkpoint as a folder that a browser can run: the layout of transformers.js.

    python tools/export/export.py --model DIR_OR_ID --out DIR [--dtypes fp32,fp16,q8,q4,q4f16]

The vision encoder, the embeddings and the decoder with its cache become one graph each; configuration files are copied. It ends by comparing the
graphs with PyTorch on a built-in pair of pictures and writes the figures into README.md of the folder. Exit code 1: the fp32 graphs differ by more
than the tolerance.
"""

import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import check
import dtypes
import folder
import processors
from families import FAMILIES
from graphs import save

# In log p, for fp32: the arithmetic's own rounding is about 1e-5.
TOLERANCE = 1e-3


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--model', required=True, help='a folder, or the id of a repository on the Hugging Face hub')
    parser.add_argument('--out', required=True, help='the folder to write')
    parser.add_argument('--dtypes', default='fp32', help='of ' + ', '.join(dtypes.SUFFIX))
    args = parser.parse_args()
    args.dtypes = [d.strip() for d in args.dtypes.split(',') if d.strip()]
    unknown = [d for d in args.dtypes if d not in dtypes.SUFFIX]
    if unknown or not args.dtypes:
        parser.error(f'unknown dtype {", ".join(unknown)}; choose of {", ".join(dtypes.SUFFIX)}')
    if 'q8' in args.dtypes and 'fp32' not in args.dtypes:
        parser.error('q8 is made from the fp32 graph: add fp32 to --dtypes')
    return args


def load(origin):
    """(family, processor, model_type) of a checkpoint, in fp32 with plain attention."""
    import torch
    from transformers import AutoModelForImageTextToText


    kind = folder.read_json(os.path.join(origin, 'config.json')).get('model_type')
    if kind not in FAMILIES:
        raise SystemExit(f'Checkpoints of type {kind} cannot be exported. Known types: {", ".join(sorted(FAMILIES))}.')
    model = AutoModelForImageTextToText.from_pretrained(origin, dtype=torch.float32, attn_implementation='eager').eval()
    model.requires_grad_(False)
    return FAMILIES[kind](model), processors.load(origin), kind


def write_graphs(family, processor, out, wanted):
    """Writes every graph in every dtype; returns the names of files whose weights stand beside them."""
    inputs = family.inputs(processor, check.QUESTION, check.pair()[0])
    graphs = {
        'vision_encoder': lambda: family.export_vision(inputs),
        'embed_tokens': family.export_embeddings,
        'decoder_model_merged': family.export_decoder,
        **family.export_more(inputs),
    }
    large = []
    for name, make in graphs.items():
        print(f'{name} ...', flush=True)
        # Rows are looked up, not multiplied: 4 bits have no operator for that here, so the table keeps its precision.
        kinds = wanted if name != 'embed_tokens' else [d for d in wanted if d in ('fp32', 'fp16')] or ['fp32']
        large += dtypes.write(make(), os.path.join(out, 'onnx'), name, kinds, save)
    return large


def versions():
    """What made the export."""
    import onnx
    import torch
    import transformers

    return f'transformers {transformers.__version__}, torch {torch.__version__}, onnx {onnx.__version__}'


def main():
    """Exports, compares, and says how far they are apart."""
    args = parse()
    origin = folder.source(args.model)
    family, processor, kind = load(origin)
    folder.copy_files(origin, args.out, processor)
    large = write_graphs(family, processor, args.out, args.dtypes)
    folder.mark_config(args.out, large, family.notes())
    family.finish(args.out, processor)
    figures = {d: check.compare(family, processor, args.out, d) for d in args.dtypes}
    folder.write_readme(args.out, args.model, kind, figures, versions())
    for dtype, f in figures.items():
        print(f"{dtype}: whole prompt {f['whole']:.1e}, option on the cache {f['cached']:.1e}, letter {'the same' if f['same'] else 'ANOTHER'}")
    if 'fp32' in figures and max(figures['fp32']['whole'], figures['fp32']['cached']) > TOLERANCE:
        raise SystemExit('The fp32 graphs differ from PyTorch: do not use this export.')


if __name__ == '__main__':
    main()
