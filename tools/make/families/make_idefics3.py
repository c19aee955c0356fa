"""Tiny random Idefics3 with image splitting (tiles) in the transformers.js layout, with references by transformers. usage: make_idefics3.py out"""
import os, sys
import kit as K
from kit import c2, ob, np, torch
from transformers import Idefics3Config, Idefics3ForConditionalGeneration, AutoTokenizer, Idefics3Processor
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil
from tokenizers import pre_tokenizers

SEED = int(os.environ.get('SEED', 0)); FAST = 'FAST' in os.environ
TILE, SPLIT = 56, 3
# the chat template of SmolVLM and Idefics3
TEMPLATE = ("<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}{% if message['content'][0]['type'] == 'image' %}{{':'}}{% else %}{{': '}}{% endif %}{% for line in message['content'] %}{% if line['type'] == 'text' %}{{line['text']}}{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n"
            "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}")
C = dict(d=64, layers=2, heads=4, kv=2, hd=16, ff=64, eps=1e-5, vocab=768, keep=False, rope=[(10000.0, 1.0)])
V = dict(image=TILE, patch=14, scale=2, vd=48, vl=2, vh=3, veps=1e-6, d=64)
ROWS = [('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', {}),
        ('What colour dominates the image?', '(red)', 'Mostly blue with some green', 'B', {}),
        ('How large is the lesion?', 'About 12 cm in the right half', '(see below) 3.5 mm', 'A', {}),
        ('Is the pattern regular or irregular?', 'irregular', 'No pattern can be seen.', 'B', {}),
        ('Does the image show horizontal or vertical stripes?', 'Vertical stripes', 'horizontal – see the lower border', 'A', {})]
SIZES = {101: (168, 168), 102: (168, 112), 201: (56, 168), 202: (112, 168), 301: (100, 75), 302: (64, 131), 401: (170, 58), 402: (300, 90), 501: (45, 40), 502: (90, 300)}


def main(out):
    M = K.start(out)
    special = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
    extra = ['<fake_token_around_image>', '<image>', '<end_of_utterance>', '<global-img>'] + [f'<row_{r}_col_{c}>' for r in range(1, 7) for c in range(1, 7)]
    tok = c2.train_bpe(700, None, extra, pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]), None, special)
    ids = {a['content']: a['id'] for a in tok['added_tokens']}; size = len(tok['model']['vocab']) + len(extra)
    assert ':(' in tok['model']['vocab'] and size <= C['vocab'], size
    c2.write(f'{M}/tokenizer.json', tok)
    c2.write(f'{M}/tokenizer_config.json', {'add_prefix_space': False, 'added_tokens_decoder': c2.added_decoder(tok), 'additional_special_tokens': extra[:3], 'bos_token': '<|im_start|>', 'chat_template': TEMPLATE, 'clean_up_tokenization_spaces': False, 'eos_token': '<end_of_utterance>',
             'legacy': False, 'model_max_length': 8192, 'pad_token': '<|im_end|>', 'processor_class': 'Idefics3Processor', 'tokenizer_class': 'GPT2Tokenizer', 'truncation_side': 'left', 'unk_token': '<|endoftext|>', 'vocab_size': size})
    c2.write(f'{M}/chat_template.json', {'chat_template': TEMPLATE})
    text = {'model_type': 'llama', 'architectures': ['LlamaForCausalLM'], 'hidden_size': C['d'], 'intermediate_size': C['ff'], 'num_hidden_layers': C['layers'], 'num_attention_heads': C['heads'], 'num_key_value_heads': C['kv'], 'head_dim': C['hd'], 'vocab_size': C['vocab'], 'max_position_embeddings': 2048,
            'rms_norm_eps': C['eps'], 'rope_theta': 10000.0, 'hidden_act': 'silu', 'bos_token_id': 1, 'eos_token_id': 2, 'pad_token_id': 2, 'tie_word_embeddings': False}
    vis = {'model_type': 'idefics3_vision', 'hidden_size': V['vd'], 'image_size': TILE, 'intermediate_size': 96, 'num_attention_heads': V['vh'], 'num_hidden_layers': V['vl'], 'patch_size': V['patch'], 'layer_norm_eps': V['veps'], 'hidden_act': 'gelu_pytorch_tanh', 'size': {'longest_edge': TILE * SPLIT}, 'max_image_size': {'longest_edge': TILE}}
    cfg = {'architectures': ['Idefics3ForConditionalGeneration'], 'image_token_id': ids['<image>'], 'model_type': 'idefics3', 'pad_token_id': 2, 'scale_factor': V['scale'], 'text_config': text, 'tie_word_embeddings': False, 'torch_dtype': 'float32', 'use_cache': True, 'vision_config': vis, 'vocab_size': C['vocab']}
    c2.write(f'{M}/config.json', cfg)
    c2.write(f'{M}/generation_config.json', {'bos_token_id': 1, 'eos_token_id': ids['<end_of_utterance>'], 'pad_token_id': 2})
    c2.write(f'{M}/preprocessor_config.json', {'do_convert_rgb': True, 'do_image_splitting': True, 'do_normalize': True, 'do_pad': True, 'do_rescale': True, 'do_resize': True, 'image_mean': [.5] * 3, 'image_processor_type': 'Idefics3ImageProcessor', 'image_std': [.5] * 3, 'max_image_size': {'longest_edge': TILE}, 'processor_class': 'Idefics3Processor',
             'resample': 1, 'rescale_factor': 0.00392156862745098, 'size': {'longest_edge': TILE * SPLIT}})
    seq = (TILE // V['patch'] // V['scale']) ** 2
    c2.write(f'{M}/processor_config.json', {'image_seq_len': seq, 'processor_class': 'Idefics3Processor'})

    net = Idefics3ForConditionalGeneration(Idefics3Config.from_dict(cfg)).eval()
    gains = [('norm', .15), ('position_embedding', .4), ('patch_embedding.bias', .1), ('patch_embedding', 2.0), ('modality_projection', 1.2), ('vision_model.encoder', 1.1), ('embed_tokens', .8), ('q_proj', 1.5), ('k_proj', 1.5), ('lm_head', 3.0), ('proj', 1.1), ('fc', 1.1)]
    gains.insert(0, ('.bias', .1))
    c2.init(net, SEED, gains); c2.damp([net.lm_head.weight], tok)
    tk = AutoTokenizer.from_pretrained(M)
    raw = c2.Tokenizer.from_file(f'{M}/tokenizer.json')
    for s in c2.CORPUS.split('\n')[:14] + ['<|im_start|>User:<image>2 cm – left<end_of_utterance>\nAssistant:(two)']: assert tk.encode(s, add_special_tokens=False) == raw.encode(s, add_special_tokens=False).ids == tk.encode(s), s
    proc = Idefics3Processor(Idefics3ImageProcessorPil.from_pretrained(M), tk, image_seq_len=seq, chat_template=TEMPLATE)
    chat = lambda m: proc.apply_chat_template(m, add_generation_prompt=True, tokenize=False)
    keys = ('input_ids', 'attention_mask', 'pixel_values', 'pixel_attention_mask')
    call = lambda s, im: (lambda o: {k: o[k] for k in keys})(proc(text=[s], images=[[im]], return_tensors='pt'))
    data = K.dataset([(q, a, b, r, {'resize': True}) for q, a, b, r, _ in ROWS], 7100); images = K.write_benchmark(out, data, SIZES, 7000)
    A, B = (tk.encode(x, add_special_tokens=False)[0] for x in 'AB')
    K.boost(net, net.lm_head, data, images, chat, call, (A, B), 6.0)
    P = {n: t.detach().float().numpy().copy() for n, t in net.state_dict().items()}
    tp = 'model.text_model.'
    for q4, suf in ((False, ''), (True, '_q4')): K.decoder(f'{M}/onnx/decoder_model_merged{suf}.onnx', P, C, tp, 'lm_head.weight', q4)
    ob.smolvlm_vision(f'{M}/onnx/vision_encoder.onnx', P, V)
    ob.embed_tokens(f'{M}/onnx/embed_tokens.onnx', P[tp + 'embed_tokens.weight'])
    if not FAST: c2.check(f'{M}/onnx')

    def grid(inp):
        last = [t for t in inp['input_ids'][0].tolist() if t in row_col][-1]
        return {'tiles': inp['pixel_values'].shape[1], 'rows': row_col[last][0], 'cols': row_col[last][1]}
    row_col = {ids[f'<row_{r}_col_{c}>']: (r, c) for r in range(1, 7) for c in range(1, 7)}
    def expand(text, inp):
        n, tile = grid(inp), lambda tag: '<fake_token_around_image>' + tag + '<image>' * seq
        rows = ''.join(''.join(tile(f'<row_{r}_col_{c}>') for c in range(1, n['cols'] + 1)) + '\n' for r in range(1, n['rows'] + 1))
        return text.replace('<image>', rows + '\n' + tile('<global-img>') + '<fake_token_around_image>')
    feats = lambda inp: torch.cat(list(net.model.get_image_features(inp['pixel_values'], inp['pixel_attention_mask'], return_dict=True).pooler_output))
    ref = K.reference(net, tk, chat, call, data, images, [ids['<end_of_utterance>']], grid, feats, 0 if FAST else 8, expand=expand)
    K.report(ref)
    if FAST: return
    vf = lambda i: {'pixel_values': i['pixel_values'].numpy(), 'pixel_attention_mask': i['pixel_attention_mask'].numpy().astype(bool)}
    pos = lambda i: np.arange(i['input_ids'].shape[1])[None]
    info = dict(add_special_tokens=True, vocab_size=C['vocab'], tokens=size, image_token_id=ids['<image>'], image_tokens_per_tile=seq)
    enc = lambda s: tk(s)['input_ids']
    r1 = K.verify(out, ref, data, images, call, ids['<image>'], vf, pos)
    K.write_reference(f'{out}/reference.json', {**K.meta('idefics3', 'fp32', net, proc, tk, **info), 'items': ref, 'text_only': K.text_only(net, tk, chat, enc, data)})
    K.quantize_into(net, P, [k for k in P if k.startswith(tp + 'layers') and P[k].ndim == 2] + ['lm_head.weight'])
    ref4 = K.reference(net, tk, chat, call, data, images, [ids['<end_of_utterance>']], grid, feats, expand=expand)
    K.verify(out, ref4, data, images, call, ids['<image>'], vf, pos, '_q4')
    K.write_reference(f'{out}/reference_q4.json', {**K.meta('idefics3', 'decoder q4, vision and embeddings fp32', net, proc, tk, **info), 'items': ref4, 'text_only': K.text_only(net, tk, chat, enc, data)})


if __name__ == '__main__': main(*sys.argv[1:])
