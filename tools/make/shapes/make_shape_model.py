#!/usr/bin/env python3
"""Write a model folder with the exact shapes (and so the exact cost) of a real model, and random weights.

    pip install onnx numpy        (Debian: apt-get install -y python3-onnx python3-numpy)
    python3 make_shape_model.py smolvlm-256m OUT_DIR [--dtype q4|fp32] [--tokenizer DIR]

The folder loads in transformers.js like the real one. Its answers mean nothing; its time and memory do.
--tokenizer names a folder whose tokenizer files are copied (the vocabulary may be smaller than the model's).
"""
import argparse, json, os, shutil, sys
import numpy as np
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'families'))
import onnxbuild as ob

SHAPES = {
    # SmolVLM-256M-Instruct: SigLIP-B/16 at 512 px, 64 tokens a tile, SmolLM2-135M
    'smolvlm-256m': dict(image=512, patch=16, vd=768, vl=12, vh=12, vff=3072, scale=4, d=576, layers=30, heads=9, kv=3, hd=64, ff=1536, theta=100000.0, eps=1e-5, veps=1e-6, vocab=49280),
    # the same family at a size for a quick check on two cores
    'smolvlm-mini': dict(image=256, patch=16, vd=384, vl=6, vh=6, vff=1536, scale=2, d=320, layers=8, heads=5, kv=5, hd=64, ff=960, theta=100000.0, eps=1e-5, veps=1e-6, vocab=8192),
}


class Random(dict):
    """Weights by name, made when asked for: the same name always gives the same values."""
    def __init__(s, c):
        s.c = c

    def __missing__(s, name):
        c = s.c
        r = np.random.default_rng(sum(ord(x) * (i + 1) for i, x in enumerate(name)))
        n = lambda *shape: (r.standard_normal(shape, dtype=np.float32) * (shape[-1] ** -.5 if len(shape) > 1 else .02))
        leaf = name.split('.')[-2]
        t = {'q_proj': (c['heads'] * c['hd'], c['d']), 'k_proj': (c['kv'] * c['hd'], c['d']), 'v_proj': (c['kv'] * c['hd'], c['d']), 'o_proj': (c['d'], c['heads'] * c['hd']),
             'gate_proj': (c['ff'], c['d']), 'up_proj': (c['ff'], c['d']), 'down_proj': (c['d'], c['ff']), 'lm_head': (c['vocab'], c['d']), 'embed_tokens': (c['vocab'], c['d'])}
        v = {'q_proj': (c['vd'], c['vd']), 'k_proj': (c['vd'], c['vd']), 'v_proj': (c['vd'], c['vd']), 'out_proj': (c['vd'], c['vd']), 'fc1': (c['vff'], c['vd']), 'fc2': (c['vd'], c['vff'])}
        if 'norm' in leaf:
            return np.ones(c['vd'] if 'vision' in name else c['d'], np.float32) if name.endswith('weight') else np.zeros(c['vd'], np.float32)
        if 'vision_model' in name:
            if leaf == 'patch_embedding':
                return n(c['vd'], 3, c['patch'], c['patch']) if name.endswith('weight') else np.zeros(c['vd'], np.float32)
            if leaf == 'position_embedding':
                return n((c['image'] // c['patch']) ** 2, c['vd'])
            return n(*v[leaf]) if name.endswith('weight') else np.zeros(v[leaf][0], np.float32)
        if 'modality_projection' in name:
            return n(c['d'], c['vd'] * c['scale'] ** 2)
        return n(*t[leaf])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('shape', choices=SHAPES); ap.add_argument('out'); ap.add_argument('--dtype', default='q4', choices=['q4', 'fp32']); ap.add_argument('--tokenizer', required=True)
    a = ap.parse_args()
    c = SHAPES[a.shape]; P = Random(c); suf = '_q4' if a.dtype == 'q4' else ''
    os.makedirs(f'{a.out}/onnx', exist_ok=True)
    ob.decoder(f'{a.out}/onnx/decoder_model_merged{suf}.onnx', P, c, c['vocab'], a.dtype == 'q4')
    ob.smolvlm_vision(f'{a.out}/onnx/vision_encoder{suf}.onnx', P, c, a.dtype == 'q4')
    ob.embed_tokens(f'{a.out}/onnx/embed_tokens.onnx', P['model.text_model.embed_tokens.weight'])
    for f in ('tokenizer.json', 'tokenizer_config.json', 'generation_config.json'):
        shutil.copy(f'{a.tokenizer}/{f}', a.out)
    src = json.load(open(f'{a.tokenizer}/config.json'))
    src['text_config'] |= {'hidden_size': c['d'], 'intermediate_size': c['ff'], 'num_hidden_layers': c['layers'], 'num_attention_heads': c['heads'], 'num_key_value_heads': c['kv'], 'head_dim': c['hd'], 'vocab_size': c['vocab']}
    src['vision_config'] |= {'hidden_size': c['vd'], 'intermediate_size': c['vff'], 'num_hidden_layers': c['vl'], 'num_attention_heads': c['vh'], 'image_size': c['image'], 'patch_size': c['patch']}
    src['scale_factor'] = c['scale']
    json.dump(src, open(f'{a.out}/config.json', 'w'), indent=1)
    pre = json.load(open(f'{a.tokenizer}/preprocessor_config.json')); pre['size'] = pre['max_image_size'] = {'longest_edge': c['image']}
    json.dump(pre, open(f'{a.out}/preprocessor_config.json', 'w'), indent=1)
    json.dump({'processor_class': 'SmolVLMProcessor', 'image_seq_len': (c['image'] // c['patch'] // c['scale']) ** 2}, open(f'{a.out}/processor_config.json', 'w'))


main()
