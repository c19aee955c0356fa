"""Exports random checkpoints of families that test/families holds already, in all dtypes, and says how far the graphs are from PyTorch.

    prove_exports.py [--keep DIR] FAMILY ...

With --keep, DIR/FAMILY/model stays, with DIR/FAMILY/scores.json beside it: by dtype and item, the log p of letters and options by onnxruntime on those
very graphs, to compare a browser's with (test/exports).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

import exported as E
import tiny_mobilenet  # noqa: F401, the tower of gemma3n's tiny checkpoint
import torch
from make_exported import SPECS
from PIL import Image
from transformers import AutoConfig, AutoModelForImageTextToText

import check  # of tools/export
import processors

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..')
DTYPES = ('fp32', 'fp16', 'q8', 'q4', 'q4f16')


def prove(name, folder):
    """Random weights under the configuration of test/families/NAME, exported in all dtypes to FOLDER/NAME/model."""
    files = f'{ROOT}/test/families/{name}/model'
    checkpoint, out = f'{folder}/{name}/checkpoint', f'{folder}/{name}/model'
    for path in (checkpoint, out):
        shutil.rmtree(path, ignore_errors=True)
    os.makedirs(checkpoint)
    for file in os.listdir(files):
        if file != 'onnx':
            shutil.copyfile(f'{files}/{file}', f'{checkpoint}/{file}')
    net = AutoModelForImageTextToText.from_config(AutoConfig.from_pretrained(files))
    E.fill(net, 1, SPECS[name].gains if name in SPECS else ()).save_pretrained(checkpoint)
    launcher = SPECS[name].launcher if name in SPECS else E.Spec.launcher
    command = [sys.executable, *launcher, '--model', checkpoint, '--out', out, '--dtypes', ','.join(DTYPES)]
    subprocess.run(command, check=True)
    with open(f'{out}/README.md', encoding='utf-8') as file:
        print(name, file.read())
    return checkpoint, out


def row(family, sessions, inputs, count):
    """Log-probabilities of the last `count` tokens of a prompt by the graphs, [count, vocabulary]."""
    embeds, more = check.embedded(family, sessions, inputs)
    got, _ = check.decode(family, sessions, embeds, more, family.positions(inputs), 0, embeds.shape[1], sessions.empty())
    return got[-count:]


def begun(inputs, count):
    """The inputs up to a token: where an option's first token swallows the prompt's last, its prompt ends before that."""
    of_tokens = ('input_ids', 'attention_mask', 'token_type_ids', 'mm_token_type_ids')
    return {k: x[:, :count] if k in of_tokens else x for k, x in inputs.items()}


def scores(name, checkpoint, out):
    """GD's letters and PS's tokens of every item of the family's benchmark, by dtype."""
    net = AutoModelForImageTextToText.from_pretrained(checkpoint, dtype=torch.float32, attn_implementation='eager').eval()
    family, processor = E.FAMILIES[net.config.model_type](net), processors.load(checkpoint)
    data = f'{ROOT}/test/families/{name}/benchmark/data'
    with open(f'{data}/dataset.json', encoding='utf-8') as file:
        rows = json.load(file)
    with open(f'{ROOT}/test/families/{name}/reference.json', encoding='utf-8') as file:
        known = json.load(file)['items']
    letters = {x: processor.tokenizer.encode(x, add_special_tokens=False)[-1] for x in 'AB'}
    found = {}
    for dtype in DTYPES:
        sessions, found[dtype] = check.Sessions(out, dtype), {}
        for pair, item in rows.items():
            texts = {'gd': E.K.PROMPTS['letter'].format(q=item['question'], a=item['option_A'], b=item['option_B']), 'ps': E.K.PROMPTS['open'].format(q=item['question'])}
            found[dtype][pair] = {}
            for image in (1, 2):
                picture = Image.open(f"{data}/images/{item[f'im_{image}_local']}.png").convert('RGB')
                asked = {k: family.inputs(processor, text, picture) for k, text in texts.items()}
                last = row(family, sessions, asked['gd'], 1)[0]
                got = {'gd': {x: last[i].item() for x, i in letters.items()}, 'ps': {}}
                for x in 'AB':
                    option = known[pair][f'im_{image}']['ps'][x]
                    ids = option['tokens']
                    longer = family.with_ids(begun(asked['ps'], option.get('prefix_tokens')), ids)
                    each = row(family, sessions, longer, len(ids) + 1)[:-1]
                    got['ps'][x] = {'tokens': ids, 'token_logprobs': each.gather(1, torch.tensor(ids)[:, None])[:, 0].tolist()}
                found[dtype][pair][f'im_{image}'] = got
    return found


def main():
    """Proves each family."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--keep')
    parser.add_argument('families', nargs='+')
    args = parser.parse_args()
    for name in args.families:
        if args.keep is None:
            with tempfile.TemporaryDirectory() as folder:
                prove(name, folder)
            continue
        checkpoint, out = prove(name, args.keep)
        with open(f'{args.keep}/{name}/scores.json', 'w', encoding='utf-8') as file:
            json.dump(scores(name, checkpoint, out), file)
        shutil.rmtree(checkpoint)


if __name__ == '__main__':
    main()
