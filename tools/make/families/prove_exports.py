"""Exports random checkpoints of families that test/families holds already, and says how far the graphs are from PyTorch. usage: prove_exports.py FAMILY ..."""

import os
import shutil
import subprocess
import sys
import tempfile

import exported as E
from transformers import AutoConfig, AutoModelForImageTextToText

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..')


def prove(name):
    """Random weights under the configuration of test/families/NAME, exported in all dtypes."""
    files = f'{ROOT}/test/families/{name}/model'
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = f'{folder}/{name}'
        os.makedirs(checkpoint)
        for file in os.listdir(files):
            if file != 'onnx':
                shutil.copyfile(f'{files}/{file}', f'{checkpoint}/{file}')
        net = AutoModelForImageTextToText.from_config(AutoConfig.from_pretrained(files))
        E.fill(net, 1).save_pretrained(checkpoint)
        command = [sys.executable, f'{E.EXPORT}/export.py', '--model', checkpoint, '--out', f'{folder}/out', '--dtypes', 'fp32,fp16,q8,q4,q4f16']
        subprocess.run(command, check=True)
        print(name, open(f'{folder}/out/README.md').read())


if __name__ == '__main__':
    for family in sys.argv[1:]:
        prove(family)
