"""Writes public/certificate: the graphs of the operator checks, index.json and expected.bin (docs/certificate.md).

    pip install onnx onnxruntime numpy
    python tools/make/certificate/build.py [--out public/certificate]

Expectations are the float64 formulas of reference.py; before anything is written, every case is also run by the native onnxruntime, in both precisions, and must agree.
"""
import argparse
import json
from pathlib import Path
import numpy as np
import onnxruntime as ort
import eight_bits
import graphs
import layers
import masks
from fill import fill

VERSION = '1'
# What native ONNX Runtime may differ by, relative to the largest expected value: float32, float16, and 8-bit activations.
NATIVE = {'float': 2e-5, 'half': 2e-2, 'level 4': 2e-2}


def specs():
    """In the order in which checks run: what is known to fail first."""
    return [graphs.grouped(6, 2, 32, True, -1, graphs.WITH_PAST), graphs.grouped(9, 3, 64, True, -1, graphs.FEW_WITH_PAST), graphs.multi_head(12, 64),
            graphs.multi_head_past(6, 32), graphs.grouped(4, 2, 16, False, 20, graphs.runs(69, (40, 40), (40, 1))), graphs.plain(6, 2, 32), layers.matrices(), layers.norms(), layers.rotary(), layers.convolution(), layers.activations(), masks.masks(), eight_bits.eight_bits(), eight_bits.eight_bit_patches()]


def feed(spec, half):
    value = fill(spec, half)
    kind = {'int32': np.int32, 'int64': np.int64, 'float': np.float16 if half else np.float32}[spec['type']]
    return np.ascontiguousarray(value).astype(kind).reshape(spec['dims'])


def native(model, inputs, half, names):
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = model if isinstance(model, ort.InferenceSession) else ort.InferenceSession(model, options, providers=['CPUExecutionProvider'])
    return session, dict(zip(names, session.run(names, {i['name']: feed(i, half) for i in inputs})))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument('--out', default=str(Path(__file__).parents[3] / 'public' / 'certificate'))
    out = Path(arguments.parse_args().out)
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob('*'):
        old.unlink()
    cases, kept, worst = [], [], {}
    for number, spec in enumerate(specs()):
        sessions = {}
        for half in (False, True):
            model = spec.build(half).SerializeToString()
            (out / f'{spec.name}{"_fp16" if half else ""}.onnx').write_bytes(model)
            sessions[half] = model
        for position, sizes in enumerate(spec.cases):
            inputs = spec.inputs(sizes, 1000 * (number + 1) + 10 * position)
            expected = spec.expect({i['name']: fill(i) for i in inputs})
            got = {}
            for half in (False, True):
                sessions[half], got[half] = native(sessions[half], inputs, half, list(spec.outputs))
            past = sizes['P']
            case = {'id': f'{spec.name}/{past}+{sizes["S"]}', 'graph': spec.name, 'past': past, 'length': sizes['S'], 'inputs': inputs, 'outputs': []}
            for name, (operator, words, stride) in spec.outputs.items():
                want = expected[name]
                peak = float(np.abs(want).max())
                for half in (False, True):
                    assert got[half][name].shape == want.shape, (case['id'], name, got[half][name].shape, want.shape)
                    error = float(np.abs(got[half][name].astype(np.float64) - want).max()) / peak
                    key = (operator, 'half' if half else 'float')
                    worst[key] = max(worst.get(key, 0), error)
                    limit = NATIVE['level 4' if 'level 4' in operator else key[1]]
                    assert error <= limit, f'{case["id"]} {name} {key[1]}: native ONNX Runtime differs by {error:.2e}'
                sample = want.reshape(-1)[::stride].astype('<f4')
                case['outputs'].append({'name': name, 'operator': operator, 'words': words, 'dims': list(want.shape), 'stride': stride, 'offset': sum(map(len, kept)), 'count': len(sample), 'peak': float(np.float32(peak))})
                kept.append(sample)
            cases.append(case)
    (out / 'expected.bin').write_bytes(np.concatenate(kept).tobytes())
    (out / 'index.json').write_text(json.dumps({'version': VERSION, 'cases': cases}, separators=(',', ':')) + '\n')
    for (operator, kind), error in sorted(worst.items()):
        print(f'{operator:36} {kind:6} {error:.1e}')
    files = sorted(out.iterdir())
    print(f'{len(cases)} cases, {len(files)} files, {sum(f.stat().st_size for f in files)} bytes')


if __name__ == '__main__':
    main()
