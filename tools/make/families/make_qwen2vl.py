"""Tiny random Qwen2-VL (or Qwen2.5-VL) in the transformers.js layout, with references by transformers. usage: make_qwen2vl.py out [qwen2_vl|qwen2_5_vl]"""
import sys, os, json
import common2 as c2, kit
from common2 import ob, np, torch, T
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration, Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, AutoTokenizer, AutoProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from tokenizers import pre_tokenizers, normalizers, Regex

SEED = int(os.environ.get('SEED', 0 if sys.argv[2:] == ['qwen2_5_vl'] else 2))
FAST = 'FAST' in os.environ      # seed search: no greedy text, nothing after the first report
SPECIALS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|object_ref_start|>', '<|object_ref_end|>', '<|box_start|>', '<|box_end|>', '<|quad_start|>', '<|quad_end|>', '<|vision_start|>', '<|vision_end|>', '<|vision_pad|>', '<|image_pad|>', '<|video_pad|>']
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEMPLATE = ("{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
            "{% endif %}<|im_start|>{{ message['role'] }}\n{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n{% else %}{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
            "{% set image_count.value = image_count.value + 1 %}{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>{% elif content['type'] == 'video' or 'video' in content %}"
            "{% set video_count.value = video_count.value + 1 %}{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
            "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
C = dict(d=64, layers=3, heads=4, kv=2, hd=16, ff=128, theta=20.0, eps=1e-6, mrope=[2, 3, 3], vocab=768, keep=True)
V = dict(d=64, layers=2, heads=4, hd=16, ratio=2, patch=14, merge=2, tps=2)
V25 = dict(d=32, layers=3, heads=2, hd=16, ff=64, patch=14, merge=2, tps=2, window=56, full=[2])
SPECIALS25 = ['<tool_call>', '</tool_call>', '<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>', '<|fim_pad|>', '<|repo_name|>', '<|file_sep|>']
ROWS = [
    ('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', dict(resize=False)),
    ('What colour dominates the image?', 'Mostly blue with some green', 'Red', 'B', dict(resize=False)),
    ('How large is the lesion?', 'About 12 cm in the right half', '3.5 mm', 'A', dict(resize=False)),
    ('Is the pattern regular or irregular?', 'irregular', 'No pattern can be seen.', 'B', dict(resize=True)),
    ('Does the image show horizontal or vertical stripes?', 'Vertical stripes', 'horizontal – see the lower border', 'A', dict(resize=True, grid_tie=True)),
]
SIZES = {101: (84, 56), 102: (56, 84), 201: (56, 112), 202: (112, 56), 301: (140, 84), 302: (84, 84), 401: (100, 75), 402: (300, 200), 501: (70, 98), 502: (40, 30)}
SIZES25 = {101: (112, 84), 102: (84, 140), 201: (56, 140), 202: (168, 56), 301: (112, 112), 302: (56, 84), 401: (90, 110), 402: (190, 310), 501: (98, 70), 502: (33, 45)}


def vision(path, P, v, out_d, grid_name):
    """pixel_values [patches, 1176] and grid [images, 3] -> image_features [patches / 4, out_d]; positions and segments come from the grid."""
    g = ob.Graph(); F = ob.F
    I = lambda name, val: g.const(name, np.array(val, np.int64))
    for n, val in (('i0', 0), ('i1', 1), ('i2', 2), ('zero1', [0]), ('one1', [1]), ('two1', [2]), ('m', v['merge']), ('mm', v['merge'] ** 2), ('axm1', [-1])): I(n, val)
    col = lambda i: g.op('Gather', [grid_name, i], axis=1)                          # [images]
    t, h, w = col('i0'), col('i1'), col('i2')
    size = g.op('Mul', [g.op('Mul', [t, h]), w])
    end = g.op('CumSum', [size, 'i0']); start = g.op('Sub', [end, size])
    frames = g.op('Sub', [g.op('CumSum', [t, 'i0']), t])
    n = g.op('Gather', [g.op('Shape', ['pixel_values']), 'i0'])
    idx = g.op('Range', ['i0', n, 'i1'])                                             # patch number
    past = g.op('Cast', [g.op('GreaterOrEqual', [g.op('Unsqueeze', [idx, 'one1']), g.op('Unsqueeze', [end, 'zero1'])])], to=T.INT64)
    img = g.op('ReduceSum', [past, 'one1'], keepdims=0)                              # its image
    own = lambda a: g.op('Gather', [a, img])
    i, H, W = g.op('Sub', [idx, own(start)]), own(h), own(w)
    hw = g.op('Mul', [H, W])
    seg = g.op('Add', [own(frames), g.op('Div', [i, hw])])                           # attention stays in one frame of one image
    i = g.op('Mod', [i, hw])
    block, within = g.op('Div', [i, 'mm']), g.op('Mod', [i, 'mm'])
    bw = g.op('Div', [W, 'm'])
    ypos = g.op('Add', [g.op('Mul', [g.op('Div', [block, bw]), 'm']), g.op('Div', [within, 'm'])])
    xpos = g.op('Add', [g.op('Mul', [g.op('Mod', [block, bw]), 'm']), g.op('Mod', [within, 'm'])])
    inv = (1.0 / (10000.0 ** (torch.arange(0, v['hd'] // 2, 2, dtype=torch.float) / (v['hd'] // 2)))).numpy()
    ang = lambda p: g.op('Mul', [g.op('Unsqueeze', [g.op('Cast', [p], to=T.FLOAT), 'axm1']), g.const('inv', inv)])
    fr = g.op('Concat', [ang(ypos), ang(xpos)], axis=-1)
    fr = g.op('Unsqueeze', [g.op('Concat', [fr, fr], axis=-1), 'one1'])              # [n, 1, hd]
    cos, sin = g.op('Cos', [fr]), g.op('Sin', [fr])
    same = g.op('Equal', [g.op('Unsqueeze', [seg, 'one1']), g.op('Unsqueeze', [seg, 'zero1'])])
    where = lambda c: g.op('Where', [c, g.const('f0', np.array(0, np.float32)), g.const('fmin', np.array(-1e9, np.float32))])
    bias = where(same); window = None
    if v.get('window'):      # Qwen2.5: attention inside windows of window / 28 merged tokens; a mask does what transformers does by reordering
        side = I('win', v['window'] // v['merge'] // v['patch'])
        cell = g.op('Add', [g.op('Mul', [g.op('Div', [g.op('Div', [block, bw]), side]), I('stride', 65536)]), g.op('Div', [g.op('Mod', [block, bw]), side])])
        window = where(g.op('And', [same, g.op('Equal', [g.op('Unsqueeze', [cell, 'one1']), g.op('Unsqueeze', [cell, 'zero1'])])]))
    rms = lambda x, k: g.op('SimplifiedLayerNormalization', [x, g.const(k + '.weight', P[k + '.weight'])], epsilon=1e-6, axis=-1, stash_type=1)
    ln = rms if window else lambda x, k: g.op('LayerNormalization', [x, g.const(k + '.weight', P[k + '.weight']), g.const(k + '.bias', P[k + '.bias'])], epsilon=1e-6, axis=-1)
    lin = lambda x, k, out=None: g.linear(x, k + '.weight', P[k + '.weight'], P[k + '.bias'], out)
    pre = 'model.visual.'
    x = g.linear('pixel_values', 'patch', P[pre + 'patch_embed.proj.weight'].reshape(v['d'], -1))
    half, full = I('half', [v['hd'] // 2]), I('full', [v['hd']])
    rot = lambda a: g.op('Add', [g.op('Mul', [a, cos]), g.op('Mul', [g.op('Concat', [g.op('Neg', [g.op('Slice', [a, half, full, 'two1'])]), g.op('Slice', [a, 'zero1', half, 'two1'])], axis=-1), sin])])
    for l in range(v['layers']):
        p = f'{pre}blocks.{l}.'
        qkv = g.op('Transpose', [g.op('Reshape', [lin(ln(x, p + 'norm1'), p + 'attn.qkv'), I('qkv_shape', [-1, 3, v['heads'], v['hd']])])], perm=[1, 0, 2, 3])
        q, k, val = (g.op('Gather', [qkv, s], axis=0) for s in ('i0', 'i1', 'i2'))
        q, k = g.op('Transpose', [rot(q)], perm=[1, 0, 2]), g.op('Transpose', [rot(k)], perm=[1, 2, 0])
        s = g.op('Add', [g.op('Mul', [g.op('MatMul', [q, k]), g.const('vscale', np.array(v['hd'] ** -.5, np.float32))]), window if window and l not in v['full'] else bias])
        a = g.op('MatMul', [g.op('Softmax', [s], axis=-1), g.op('Transpose', [val], perm=[1, 0, 2])])
        a = g.op('Reshape', [g.op('Transpose', [a], perm=[1, 0, 2]), I('join', [-1, v['d']])])
        x = g.op('Add', [x, lin(a, p + 'attn.proj')])
        y = ln(x, p + 'norm2')
        if window:
            gate = lin(y, p + 'mlp.gate_proj')
            y = lin(g.op('Mul', [g.op('Mul', [gate, g.op('Sigmoid', [gate])]), lin(y, p + 'mlp.up_proj')]), p + 'mlp.down_proj')
        else:
            y = lin(y, p + 'mlp.fc1')
            y = lin(g.op('Mul', [y, g.op('Sigmoid', [g.op('Mul', [y, g.const('quick', np.array(1.702, np.float32))])])]), p + 'mlp.fc2')
        x = g.op('Add', [x, y])
    x = g.op('Reshape', [ln(x, pre + 'merger.ln_q'), I('merged', [-1, v['d'] * v['merge'] ** 2])])
    x = lin(x, pre + 'merger.mlp.0')
    e = g.op('Erf', [g.op('Mul', [x, g.const('rsqrt2', np.array(2 ** -.5, np.float32))])])
    x = g.op('Mul', [g.op('Mul', [x, g.const('half_f', np.array(.5, np.float32))]), g.op('Add', [e, g.const('one_f', np.array(1, np.float32))])])
    lin(x, pre + 'merger.mlp.2', out='image_features')
    g.save(path, [F('pixel_values', ['num_patches', 3 * v['tps'] * v['patch'] ** 2]), F(grid_name, ['num_images', 3], T.INT64)], [F('image_features', ['num_image_tokens', out_d])])


def main(out, family='qwen2_vl'):
    new = family == 'qwen2_5_vl'; v = V25 if new else V; specials = SPECIALS + (SPECIALS25 if new else []); pclass = 'Qwen2_5_VLProcessor' if new else 'Qwen2VLProcessor'
    grid_name = 'image_grid_thw' if new else 'grid_thw'
    M = f'{out}/model'; os.makedirs(f'{M}/onnx', exist_ok=True); os.makedirs(f'{out}/benchmark/data/images', exist_ok=True)
    pre = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), 'isolated', invert=False), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tok = c2.train_bpe(700, None, specials, pre, normalizers.NFC(), [])
    tok['post_processor'] = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': False, 'use_regex': False}
    ids = {a['content']: a['id'] for a in tok['added_tokens']}
    print('tokens', len(tok['model']['vocab']), 'specials from', min(ids.values()))
    c2.write(f'{M}/tokenizer.json', tok)
    c2.write(f'{M}/tokenizer_config.json', {'add_bos_token': False, 'add_prefix_space': False, 'added_tokens_decoder': c2.added_decoder(tok), 'additional_special_tokens': SPECIALS[1:], 'bos_token': None, 'chat_template': TEMPLATE, 'clean_up_tokenization_spaces': False,
             'eos_token': '<|im_end|>', 'errors': 'replace', 'model_max_length': 32768, 'pad_token': '<|endoftext|>', 'padding_side': 'left', 'processor_class': pclass, 'split_special_tokens': False, 'tokenizer_class': 'Qwen2Tokenizer', 'unk_token': None})
    c2.write(f'{M}/chat_template.json', {'chat_template': TEMPLATE})
    cfg = {'architectures': ['Qwen2VLForConditionalGeneration'], 'attention_dropout': 0.0, 'bos_token_id': ids['<|endoftext|>'], 'eos_token_id': ids['<|im_end|>'], 'vision_start_token_id': ids['<|vision_start|>'], 'vision_end_token_id': ids['<|vision_end|>'],
           'vision_token_id': ids['<|vision_pad|>'], 'image_token_id': ids['<|image_pad|>'], 'video_token_id': ids['<|video_pad|>'], 'hidden_act': 'silu', 'hidden_size': C['d'], 'initializer_range': 0.02, 'intermediate_size': C['ff'], 'max_position_embeddings': 32768,
           'max_window_layers': C['layers'], 'model_type': 'qwen2_vl', 'num_attention_heads': C['heads'], 'num_hidden_layers': C['layers'], 'num_key_value_heads': C['kv'], 'rms_norm_eps': C['eps'], 'rope_scaling': {'type': 'mrope', 'mrope_section': C['mrope']}, 'rope_theta': C['theta'],
           'sliding_window': 32768, 'tie_word_embeddings': True, 'torch_dtype': 'float32', 'transformers_version': '4.46.2', 'use_cache': True, 'use_sliding_window': False,
           'vision_config': {'depth': V['layers'], 'embed_dim': V['d'], 'hidden_act': 'quick_gelu', 'hidden_size': C['d'], 'in_channels': 3, 'in_chans': 3, 'mlp_ratio': V['ratio'], 'model_type': 'qwen2_vl', 'num_heads': V['heads'], 'patch_size': V['patch'], 'spatial_merge_size': V['merge'], 'spatial_patch_size': V['patch'], 'temporal_patch_size': V['tps']},
           'vocab_size': C['vocab'], 'transformers.js_config': {'kv_cache_dtype': {'q4f16': 'float16', 'fp16': 'float16'}}}
    if new:      # text_config nested, as transformers.js reads it for this family
        text = {k: cfg[k] for k in ('attention_dropout', 'bos_token_id', 'eos_token_id', 'hidden_act', 'hidden_size', 'initializer_range', 'intermediate_size', 'max_position_embeddings', 'max_window_layers', 'num_attention_heads', 'num_hidden_layers', 'num_key_value_heads', 'rms_norm_eps', 'rope_scaling', 'rope_theta', 'sliding_window', 'tie_word_embeddings', 'use_cache', 'use_sliding_window', 'vocab_size')}
        vis = {'depth': v['layers'], 'fullatt_block_indexes': v['full'], 'hidden_act': 'silu', 'hidden_size': v['d'], 'in_channels': 3, 'in_chans': 3, 'initializer_range': 0.02, 'intermediate_size': v['ff'], 'model_type': 'qwen2_5_vl', 'num_heads': v['heads'], 'out_hidden_size': C['d'], 'patch_size': v['patch'], 'spatial_merge_size': v['merge'], 'spatial_patch_size': v['patch'], 'temporal_patch_size': v['tps'], 'tokens_per_second': 2, 'window_size': v['window']}
        cfg.update(architectures=['Qwen2_5_VLForConditionalGeneration'], model_type='qwen2_5_vl', text_config={'architectures': ['Qwen2_5_VLForConditionalGeneration'], 'model_type': 'qwen2_5_vl_text', **text}, vision_config=vis, transformers_version='4.49.0')
    c2.write(f'{M}/config.json', cfg)
    c2.write(f'{M}/generation_config.json', {'bos_token_id': ids['<|endoftext|>'], 'do_sample': False, 'eos_token_id': [ids['<|im_end|>'], ids['<|endoftext|>']], 'pad_token_id': ids['<|endoftext|>']})
    lim = {'max_pixels': 50176, 'min_pixels': 3136}
    pp = {'do_convert_rgb': True, 'do_normalize': True, 'do_rescale': True, 'do_resize': True, 'image_mean': MEAN, 'image_processor_type': 'Qwen2VLImageProcessor', 'image_std': STD, 'max_pixels': lim['max_pixels'], 'merge_size': 2, 'min_pixels': lim['min_pixels'],
             'patch_size': 14, 'processor_class': pclass, 'resample': 3, 'rescale_factor': 0.00392156862745098, 'size': lim, 'temporal_patch_size': 2}
    if new: pp['size'] = {'longest_edge': pp.pop('max_pixels'), 'shortest_edge': pp.pop('min_pixels')}; pp['do_center_crop'] = None
    c2.write(f'{M}/preprocessor_config.json', pp)
    c2.write(f'{M}/processor_config.json', {'processor_class': pclass})

    js = {k: v for k, v in cfg.items() if k != 'transformers.js_config'}
    if new: js = {k: js[k] for k in js if k not in js['text_config'] or k in ('tie_word_embeddings', 'bos_token_id', 'eos_token_id', 'architectures')}
    if new: js['model_type'] = family
    net = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig.from_dict(js)) if new else Qwen2VLForConditionalGeneration(Qwen2VLConfig.from_dict(js))
    gains = [('visual.patch_embed', 1.0), ('norm', .1), ('ln_q.weight', .1), ('ln_q.bias', .1), ('visual.merger.mlp.2.weight', 1.2), ('visual.merger.mlp.0.weight', 1.2), ('attn.qkv.weight', 1.3), ('attn.proj.weight', .8), ('fc', 1.0), *([('visual.blocks.%d.mlp.%s_proj.weight' % (l, m), 1.0) for l in range(v['layers']) for m in ('gate', 'up', 'down')]), ('visual', .1),
             ('embed_tokens', .35), ('q_proj.weight', 1.5), ('k_proj.weight', 1.5), ('_proj.bias', .3), ('v_proj', 1.0), ('o_proj', 1.0), ('gate_proj', 1.2), ('up_proj', 1.2), ('down_proj', .8), ('lm_head', .35)]
    c2.init(net, SEED, gains); net.tie_weights(); c2.damp([net.lm_head.weight], tok)
    P = {n: t.detach().float().numpy().copy() for n, t in net.state_dict().items()}
    tp = 'model.language_model.'
    for q4, suf in ((False, ''), (True, '_q4')): c2.decoder(f'{M}/onnx/decoder_model_merged{suf}.onnx', P, C, tp, 'lm_head.weight', q4)
    vision(f'{M}/onnx/vision_encoder.onnx', P, v, C['d'], grid_name)
    ob.embed_tokens(f'{M}/onnx/embed_tokens.onnx', P[tp + 'embed_tokens.weight'])
    c2.check(f'{M}/onnx')

    tk = AutoTokenizer.from_pretrained(M)
    raw = c2.Tokenizer.from_file(f'{M}/tokenizer.json')
    for s in c2.CORPUS.split('\n')[:14] + ['<|im_start|>user\n2 cm – left<|im_end|>\n']: assert tk.encode(s, add_special_tokens=False) == raw.encode(s, add_special_tokens=False).ids, s
    proc = AutoProcessor.from_pretrained(M)
    print('AutoProcessor gives', type(proc.image_processor).__name__)
    proc.image_processor = Qwen2VLImageProcessorPil.from_pretrained(M)
    print('processor', type(proc).__name__, type(proc.image_processor).__name__, proc.image_processor.size, proc.image_processor.resample, type(tk).__name__)
    data = c2.dataset(ROWS)
    soft = (lambda im: c2.Image.fromarray(np.array(im) // 8 * 8)) if new else (lambda im: im)
    images = {l: soft(c2.shapes_image(*s, (5000 if new else 1000) + l)) for l, s in (SIZES25 if new else SIZES).items()}
    for l, im in images.items(): im.save(f'{out}/benchmark/data/images/{l}.png', optimize=True)
    c2.write(f'{out}/benchmark/data/dataset.json', data)

    def extra(inp):
        a = {k: inp[k] for k in ('input_ids', 'image_grid_thw', 'attention_mask', 'mm_token_type_ids')}
        pos, delta = net.model.get_rope_index(**a)
        return {'image_grid_thw': inp['image_grid_thw'][0].tolist(), 'gd_position_ids': pos[:, 0].tolist(), 'gd_rope_delta': int(delta[0, 0])}
    feats = lambda inp: torch.cat(net.model.get_image_features(inp['pixel_values'], inp['image_grid_thw'], return_dict=True).pooler_output)
    eos = [ids['<|im_end|>'], ids['<|endoftext|>']]
    ref = c2.reference(net, proc, data, images, eos, extra, feats, not FAST)
    c2.report(ref, data)
    if FAST: return
    meta = lambda dt: {'family': family, 'dtype': dt, 'prompts': c2.PROMPTS, 'model_class': type(net).__name__, 'image_processor_class': type(proc.image_processor).__name__, 'library': f'transformers {__import__("transformers").__version__}, torch {torch.__version__}'}
    (kit.write_reference if new else c2.write)(f'{out}/reference.json', {**meta('fp32'), 'items': ref, 'text_only': c2.text_only(net, proc, data)})
    rope = lambda inp: net.model.get_rope_index(**{q: inp[q] for q in ('input_ids', 'image_grid_thw', 'attention_mask', 'mm_token_type_ids')})[0].numpy()
    ort = lambda r, suf, data=data, proc=proc: c2.verify_ort(out, r, data, images, proc, ids['<|image_pad|>'], lambda i: {'pixel_values': i['pixel_values'].numpy(), grid_name: i['image_grid_thw'].numpy()}, rope, suf)
    ort(ref, '')
    for name, some in (('exact', False), ('resize', True)): print(name, 'items:'); ort(ref, '', {p: r for p, r in data.items() if r['resize'] == some})
    with torch.no_grad(): print('mass of ids without a token', [round(torch.softmax(net(**proc(text=[ref[p]['im_1']['gd_prompt']], images=[images[r['im_1_local']]], return_tensors='pt')).logits[0, -1].double(), -1)[len(tk):].sum().item(), 3) for p, r in data.items()])
    # how much the positions matter: plain 1-D positions everywhere, and 1-D positions (no rope delta) for the option only
    worst = {'1-D everywhere': [], 'no delta for the option': []}
    with torch.no_grad():
        for pid, item in data.items():
            for k in ('im_1', 'im_2'):
                for X in 'AB':
                    e = ref[pid][k]; inp = proc(text=[e['ps_prompt'] + item['option_' + X]], images=[images[item[k + '_local']]], return_tensors='pt')
                    n, st, t = inp['input_ids'].shape[1], e['ps'][X]['start'], torch.tensor(e['ps'][X]['tokens'])
                    good = net.model.get_rope_index(**{q: inp[q] for q in ('input_ids', 'image_grid_thw', 'attention_mask', 'mm_token_type_ids')})[0]
                    line = torch.arange(n).view(1, 1, n).expand(3, 1, n)
                    for name, pos in (('1-D everywhere', line), ('no delta for the option', torch.cat([good[..., :st], line[..., st:]], -1))):
                        lg = net(**inp, position_ids=pos).logits; lp = torch.log_softmax(lg[0].double(), -1)[st - 1:n - 1].gather(1, t[:, None])[:, 0]
                        worst[name].append((lp - torch.tensor(e['ps'][X]['token_logprobs'])).abs().max().item())
    print({k: f'max {max(w):.3f} median {np.median(w):.3f}' for k, w in worst.items()}, 'logit std', lg.std().item())
    if new:      # how much the windows matter
        with torch.no_grad():
            d = []
            for l, im in images.items():
                i = proc.image_processor([im], return_tensors='pt'); a = torch.cat(net.model.get_image_features(i['pixel_values'], i['image_grid_thw'], return_dict=True).pooler_output)
                keep, net.model.visual.fullatt_block_indexes = net.model.visual.fullatt_block_indexes, list(range(v['layers'])); b = torch.cat(net.model.get_image_features(i['pixel_values'], i['image_grid_thw'], return_dict=True).pooler_output); net.model.visual.fullatt_block_indexes = keep
                d.append((l, round((a - b).abs().max().item(), 3)))
        print('full attention everywhere would change the features by', d)
    # the 4-bit decoder: the same references with the weights MatMulNBits computes with
    keys = [k for k in P if k.startswith(tp + 'layers') and P[k].ndim == 2]
    Q = c2.dequantized(P, keys + ['lm_head.weight'])
    net.lm_head.weight = torch.nn.Parameter(torch.tensor(Q['lm_head.weight']))
    sd = net.state_dict()
    with torch.no_grad():
        for k in keys: sd[k].copy_(torch.tensor(Q[k]))
    ref4 = c2.reference(net, proc, data, images, eos, extra, feats)
    (kit.write_reference if new else c2.write)(f'{out}/reference_q4.json', {**meta('decoder q4, vision and embeddings fp32'), 'items': ref4, 'text_only': c2.text_only(net, proc, data)})
    ort(ref4, '_q4')
    print('q4 against fp32, largest change of gd', max(abs(ref4[p][k]['gd'][X] - ref[p][k]['gd'][X]) for p in ref for k in ref[p] for X in 'AB'))


if __name__ == '__main__': main(*sys.argv[1:])
