"""Tiny random Qwen3-VL in the transformers.js layout (interleaved M-RoPE, interpolated positions; deepstack left out, as transformers.js does), with references by transformers. usage: make_qwen3vl.py out"""
import json, os, sys
import kit as K
from kit import c2, ob, np, torch, T
from make_qwen2vl import SPECIALS, SPECIALS25, SPLIT
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration, AutoTokenizer, AutoProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from tokenizers import pre_tokenizers, normalizers, Regex

SEED = int(os.environ.get('SEED', 0)); FAST = 'FAST' in os.environ
# the part of Qwen3-VL's chat template that turns without tools use
TEMPLATE = ("{%- for message in messages %}\n    {{- '<|im_start|>' + message.role + '\\n' }}\n    {%- if message.content is string %}\n        {{- message.content }}\n    {%- else %}\n        {%- for content in message.content %}\n            {%- if content.type == 'image' or 'image' in content or 'image_url' in content %}\n"
            "                {{- '<|vision_start|><|image_pad|><|vision_end|>' }}\n            {%- elif content.type == 'video' or 'video' in content %}\n                {{- '<|vision_start|><|video_pad|><|vision_end|>' }}\n            {%- elif 'text' in content %}\n                {{- content.text }}\n            {%- endif %}\n        {%- endfor %}\n    {%- endif %}\n"
            "    {{- '<|im_end|>\\n' }}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n' }}\n{%- endif %}\n")
C = dict(d=64, layers=3, heads=4, kv=2, hd=16, ff=48, eps=1e-6, vocab=768, keep=True, qk_norm=True, rope=[(20.0, 1.0)], mrope=[4, 2, 2], interleaved=True)
V = dict(d=32, layers=3, heads=2, hd=16, ff=64, patch=16, merge=2, tps=2, side=6, deepstack=[0, 1])
ROWS = [('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', {'resize': False}),
        ('What colour dominates the image?', 'Mostly blue with some green', 'Red', 'B', {'resize': False}),
        ('How large is the lesion?', 'About 12 cm in the right half', '3.5 mm', 'A', {'resize': False}),
        ('Is the pattern regular or irregular?', 'irregular', 'No pattern can be seen.', 'B', {'resize': True}),
        ('Does the image show horizontal or vertical stripes?', 'Vertical stripes', 'horizontal – see the lower border', 'A', {'resize': True, 'grid_tie': True})]
SIZES = {101: (96, 64), 102: (64, 96), 201: (64, 128), 202: (160, 64), 301: (128, 96), 302: (96, 96), 401: (100, 75), 402: (300, 200), 501: (80, 112), 502: (40, 30)}


def vision(path, P, v, out_d):
    """pixel_values [patches, 1536] and image_grid_thw [images, 3] -> image_features [patches / 4, out_d]."""
    g = ob.Graph(); F = ob.F
    I = lambda name, val: g.const(name, np.array(val, np.int64))
    fl = lambda name, val: g.const(name, np.array(val, np.float32))
    for n, val in (('i0', 0), ('i1', 1), ('i2', 2), ('zero1', [0]), ('one1', [1]), ('two1', [2]), ('m', v['merge']), ('mm', v['merge'] ** 2), ('axm1', [-1])): I(n, val)
    col = lambda i: g.op('Gather', ['image_grid_thw', i], axis=1)
    t, h, w = col('i0'), col('i1'), col('i2')
    size = g.op('Mul', [g.op('Mul', [t, h]), w])
    end = g.op('CumSum', [size, 'i0']); start = g.op('Sub', [end, size]); frames = g.op('Sub', [g.op('CumSum', [t, 'i0']), t])
    idx = g.op('Range', ['i0', g.op('Gather', [g.op('Shape', ['pixel_values']), 'i0']), 'i1'])
    past = g.op('Cast', [g.op('GreaterOrEqual', [g.op('Unsqueeze', [idx, 'one1']), g.op('Unsqueeze', [end, 'zero1'])])], to=T.INT64)
    img = g.op('ReduceSum', [past, 'one1'], keepdims=0)
    own = lambda a: g.op('Gather', [a, img])
    i, H, W = g.op('Sub', [idx, own(start)]), own(h), own(w)
    hw = g.op('Mul', [H, W]); seg = g.op('Add', [own(frames), g.op('Div', [i, hw])]); i = g.op('Mod', [i, hw])
    block, within, bw = g.op('Div', [i, 'mm']), g.op('Mod', [i, 'mm']), g.op('Div', [W, 'm'])
    ypos = g.op('Add', [g.op('Mul', [g.op('Div', [block, bw]), 'm']), g.op('Div', [within, 'm'])])
    xpos = g.op('Add', [g.op('Mul', [g.op('Mod', [block, bw]), 'm']), g.op('Mod', [within, 'm'])])
    # learned positions on a side x side grid, bilinear with aligned corners
    pre = 'model.visual.'; table = g.const('pos', P[pre + 'pos_embed.weight']); side = v['side']

    def taps(p, n):
        src = g.op('Div', [g.op('Mul', [g.op('Cast', [p], to=T.FLOAT), fl('side1', side - 1)]), g.op('Max', [g.op('Cast', [g.op('Sub', [n, 'i1'])], to=T.FLOAT), fl('onef', 1)])])
        lo = g.op('Floor', [src]); b = g.op('Sub', [src, lo])
        a = g.op('Cast', [lo], to=T.INT64)
        return a, g.op('Min', [g.op('Add', [a, 'i1']), I('last', side - 1)]), g.op('Sub', [fl('onef', 1), b]), b
    y0, y1, wy0, wy1 = taps(ypos, H); x0, x1, wx0, wx1 = taps(xpos, W)
    pos = None
    for yy, wy in ((y0, wy0), (y1, wy1)):
        for xx, wx in ((x0, wx0), (x1, wx1)):
            e = g.op('Gather', [table, g.op('Add', [g.op('Mul', [yy, I('side', side)]), xx])])
            e = g.op('Mul', [e, g.op('Unsqueeze', [g.op('Mul', [wy, wx]), 'one1'])]); pos = e if pos is None else g.op('Add', [pos, e])
    inv = K.inverse_frequencies(10000.0, v['hd'] // 2)
    ang = lambda p: g.op('Mul', [g.op('Unsqueeze', [g.op('Cast', [p], to=T.FLOAT), 'axm1']), g.const('inv', inv)])
    fr = g.op('Concat', [ang(ypos), ang(xpos)], axis=-1)
    fr = g.op('Unsqueeze', [g.op('Concat', [fr, fr], axis=-1), 'one1'])
    cos, sin = g.op('Cos', [fr]), g.op('Sin', [fr])
    same = g.op('Equal', [g.op('Unsqueeze', [seg, 'one1']), g.op('Unsqueeze', [seg, 'zero1'])])
    bias = g.op('Where', [same, fl('f0', 0), fl('fmin', -1e9)])
    ln = lambda x, k: g.op('LayerNormalization', [x, g.const(k + '.weight', P[k + '.weight']), g.const(k + '.bias', P[k + '.bias'])], epsilon=1e-6, axis=-1)
    lin = lambda x, k, out=None: g.linear(x, k + '.weight', P[k + '.weight'], P[k + '.bias'], out)
    half, full = I('half_hd', [v['hd'] // 2]), I('full_hd', [v['hd']])
    rot = lambda a: g.op('Add', [g.op('Mul', [a, cos]), g.op('Mul', [g.op('Concat', [g.op('Neg', [g.op('Slice', [a, half, full, 'two1'])]), g.op('Slice', [a, 'zero1', half, 'two1'])], axis=-1), sin])])
    k = pre + 'patch_embed.proj'
    x = g.op('Add', [g.linear('pixel_values', 'patch', P[k + '.weight'].reshape(v['d'], -1), P[k + '.bias']), pos])
    for l in range(v['layers']):
        p = f'{pre}blocks.{l}.'
        qkv = g.op('Transpose', [g.op('Reshape', [lin(ln(x, p + 'norm1'), p + 'attn.qkv'), I('qkv_shape', [-1, 3, v['heads'], v['hd']])])], perm=[1, 0, 2, 3])
        q, k, val = (g.op('Gather', [qkv, s], axis=0) for s in ('i0', 'i1', 'i2'))
        q, k = g.op('Transpose', [rot(q)], perm=[1, 0, 2]), g.op('Transpose', [rot(k)], perm=[1, 2, 0])
        s = g.op('Add', [g.op('Mul', [g.op('MatMul', [q, k]), fl('vscale', v['hd'] ** -.5)]), bias])
        a = g.op('MatMul', [g.op('Softmax', [s], axis=-1), g.op('Transpose', [val], perm=[1, 0, 2])])
        x = g.op('Add', [x, lin(g.op('Reshape', [g.op('Transpose', [a], perm=[1, 0, 2]), I('join', [-1, v['d']])]), p + 'attn.proj')])
        x = g.op('Add', [x, lin(ob.gelu_tanh(g, lin(ln(x, p + 'norm2'), p + 'mlp.linear_fc1')), p + 'mlp.linear_fc2')])
    x = lin(g.op('Reshape', [ln(x, pre + 'merger.norm'), I('merged', [-1, v['d'] * v['merge'] ** 2])]), pre + 'merger.linear_fc1')
    e = g.op('Erf', [g.op('Mul', [x, fl('rsqrt2', 2 ** -.5)])])
    lin(g.op('Mul', [g.op('Mul', [x, fl('half_f', .5)]), g.op('Add', [e, fl('one_f', 1)])]), pre + 'merger.linear_fc2', out='image_features')
    g.save(path, [F('pixel_values', ['num_patches', 3 * v['tps'] * v['patch'] ** 2]), F('image_grid_thw', ['num_images', 3], T.INT64)], [F('image_features', ['num_image_tokens', out_d])])


def main(out):
    M = K.start(out)
    pre = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), 'isolated', invert=False), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    specials = SPECIALS + SPECIALS25
    tok = c2.train_bpe(700, None, specials, pre, normalizers.NFC(), [])
    tok['post_processor'] = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': False, 'use_regex': False}
    ids = {a['content']: a['id'] for a in tok['added_tokens']}; size = len(tok['model']['vocab']) + len(specials); print('tokens', size)
    c2.write(f'{M}/tokenizer.json', tok)
    c2.write(f'{M}/tokenizer_config.json', {'add_bos_token': False, 'add_prefix_space': False, 'added_tokens_decoder': c2.added_decoder(tok), 'additional_special_tokens': SPECIALS[1:], 'bos_token': None, 'chat_template': TEMPLATE, 'clean_up_tokenization_spaces': False,
             'eos_token': '<|im_end|>', 'errors': 'replace', 'model_max_length': 262144, 'pad_token': '<|endoftext|>', 'split_special_tokens': False, 'tokenizer_class': 'Qwen2Tokenizer', 'unk_token': None})
    c2.write(f'{M}/chat_template.json', {'chat_template': TEMPLATE})
    text = {'model_type': 'qwen3_vl_text', 'attention_bias': False, 'bos_token_id': ids['<|endoftext|>'], 'eos_token_id': ids['<|im_end|>'], 'head_dim': C['hd'], 'hidden_act': 'silu', 'hidden_size': C['d'], 'intermediate_size': C['ff'], 'max_position_embeddings': 262144, 'num_attention_heads': C['heads'], 'num_hidden_layers': C['layers'], 'num_key_value_heads': C['kv'],
            'rms_norm_eps': C['eps'], 'rope_scaling': {'mrope_interleaved': True, 'mrope_section': C['mrope'], 'rope_type': 'default'}, 'rope_theta': C['rope'][0][0], 'tie_word_embeddings': True, 'use_cache': True, 'vocab_size': C['vocab']}
    vis = {'model_type': 'qwen3_vl', 'deepstack_visual_indexes': V['deepstack'], 'depth': V['layers'], 'hidden_act': 'gelu_pytorch_tanh', 'hidden_size': V['d'], 'in_channels': 3, 'intermediate_size': V['ff'], 'num_heads': V['heads'], 'num_position_embeddings': V['side'] ** 2, 'out_hidden_size': C['d'], 'patch_size': V['patch'], 'spatial_merge_size': V['merge'], 'temporal_patch_size': V['tps']}
    cfg = {'architectures': ['Qwen3VLForConditionalGeneration'], 'image_token_id': ids['<|image_pad|>'], 'model_type': 'qwen3_vl', 'text_config': text, 'tie_word_embeddings': True, 'video_token_id': ids['<|video_pad|>'], 'vision_config': vis, 'vision_start_token_id': ids['<|vision_start|>'], 'vision_end_token_id': ids['<|vision_end|>'], 'torch_dtype': 'float32'}
    c2.write(f'{M}/config.json', cfg)
    c2.write(f'{M}/generation_config.json', {'bos_token_id': ids['<|endoftext|>'], 'do_sample': True, 'eos_token_id': [ids['<|im_end|>'], ids['<|endoftext|>']], 'pad_token_id': ids['<|endoftext|>'], 'temperature': 0.7, 'top_k': 20, 'top_p': 0.8})
    c2.write(f'{M}/preprocessor_config.json', {'size': {'longest_edge': 65536, 'shortest_edge': 4096}, 'patch_size': V['patch'], 'temporal_patch_size': V['tps'], 'merge_size': V['merge'], 'image_mean': [.5] * 3, 'image_std': [.5] * 3, 'do_convert_rgb': True, 'do_normalize': True, 'do_rescale': True, 'do_resize': True, 'resample': 3, 'rescale_factor': 0.00392156862745098,
             'processor_class': 'Qwen3VLProcessor', 'image_processor_type': 'Qwen2VLImageProcessorFast'})
    c2.write(f'{M}/processor_config.json', {'processor_class': 'Qwen3VLProcessor'})
    j = json.loads(json.dumps(cfg)); j['text_config']['rope_parameters'] = {**j['text_config'].pop('rope_scaling'), 'rope_theta': j['text_config'].pop('rope_theta')}
    net = Qwen3VLForConditionalGeneration(Qwen3VLConfig.from_dict(j)).eval()
    print(net.config.text_config.rope_parameters, net.model.visual.rotary_pos_emb.inv_freq)
    gains = [('deepstack_merger_list', 1.0), ('norm', .15), ('visual.pos_embed', .6), ('visual.merger.linear_fc2.bias', .1), ('visual.merger.linear_fc2', 1.2), ('.bias', .1), ('visual', 1.15), ('embed_tokens', .35), ('q_proj', 1.5), ('k_proj', 1.5), ('v_proj', 1.0), ('o_proj', 1.0), ('gate_proj', 1.2), ('up_proj', 1.2), ('down_proj', .8), ('lm_head', .35)]
    c2.init(net, SEED, gains)
    with torch.no_grad(): net.model.visual.pos_embed.weight.copy_(.6 * torch.randn(net.model.visual.pos_embed.weight.shape, generator=torch.Generator().manual_seed(SEED + 999)))
    net.tie_weights(); c2.damp([net.lm_head.weight], tok)
    tk = AutoTokenizer.from_pretrained(M); raw = c2.Tokenizer.from_file(f'{M}/tokenizer.json')
    for s in c2.CORPUS.split('\n')[:14] + ['<|im_start|>user\n2 cm – left<|im_end|>\n']: assert tk.encode(s, add_special_tokens=False) == raw.encode(s, add_special_tokens=False).ids, s
    proc = AutoProcessor.from_pretrained(M); proc.image_processor = Qwen2VLImageProcessorPil.from_pretrained(M)
    print(type(proc).__name__, proc.image_processor.size)
    chat = lambda m: proc.apply_chat_template(m, add_generation_prompt=True, tokenize=False)
    call = lambda s, im: dict(proc(text=[s], images=[im], return_tensors='pt'))
    data = K.dataset(ROWS, 7300); images = K.write_benchmark(out, data, SIZES, 9000)
    A, B = (tk.encode(x, add_special_tokens=False)[0] for x in 'AB')
    visual = net.model.visual
    visual.deepstack_visual_indexes = []      # what the exported graphs compute
    for _ in range(3): K.boost(net, net.lm_head, data, images, chat, call, (A, B), 5.0)
    P = {n: t.detach().float().numpy().copy() for n, t in net.state_dict().items()}
    tp = 'model.language_model.'
    for q4, suf in ((False, ''), (True, '_q4')): K.decoder(f'{M}/onnx/decoder_model_merged{suf}.onnx', P, C, tp, 'lm_head.weight', q4)
    vision(f'{M}/onnx/vision_encoder.onnx', P, V, C['d']); ob.embed_tokens(f'{M}/onnx/embed_tokens.onnx', P[tp + 'embed_tokens.weight'])
    if not FAST: c2.check(f'{M}/onnx')
    rope_in = lambda inp: net.model.get_rope_index(**{q: inp[q] for q in ('input_ids', 'image_grid_thw', 'attention_mask', 'mm_token_type_ids')})
    logp = lambda o: torch.log_softmax(o.logits[0, -1].double(), -1)
    moved = []
    def extra(inp):
        pos, delta = rope_in(inp)
        b = logp(net(**inp)); visual.deepstack_visual_indexes = V['deepstack']; a = logp(net(**inp)); visual.deepstack_visual_indexes = []
        moved.append(max(abs(a[x] - b[x]).item() for x in (A, B)))
        return {'image_grid_thw': inp['image_grid_thw'][0].tolist(), 'gd_position_ids': pos[:, 0].tolist(), 'gd_rope_delta': int(delta[0, 0]), 'gd_deepstack': {'A': a[A].item(), 'B': a[B].item()}}
    feats = lambda inp: torch.cat(net.model.get_image_features(inp['pixel_values'], inp['image_grid_thw'], return_dict=True).pooler_output)
    expand = lambda s, inp: s.replace('<|image_pad|>', '<|image_pad|>' * int(inp['image_grid_thw'].prod() // 4))
    eos = [ids['<|im_end|>'], ids['<|endoftext|>']]
    ref = K.reference(net, tk, chat, call, data, images, eos, extra, feats, 0 if FAST else 8, expand=expand)
    K.report(ref)
    if FAST: return
    print('deepstack would move GD by up to %.3f' % max(moved))
    vf = lambda i: {'pixel_values': i['pixel_values'].numpy(), 'image_grid_thw': i['image_grid_thw'].numpy()}
    info = dict(add_special_tokens=True, vocab_size=C['vocab'], tokens=size, image_token_id=ids['<|image_pad|>'], deepstack='left out (as transformers.js 4.3.1 feeds nothing for it); gd_deepstack is the full model')
    K.verify(out, ref, data, images, call, ids['<|image_pad|>'], vf, lambda i: rope_in(i)[0].numpy())
    def alone():
        net.model.rope_deltas = None
        return K.text_only(net, tk, chat, lambda s: tk(s)['input_ids'], data)
    # contiguous sections instead of interleaved ones: how much a wrong layout would matter
    inp = call(ref['7302']['im_2']['gd_prompt'], images[202])
    with torch.no_grad():
        net.model.rope_deltas = None; a = logp(net(**inp)); r = net.model.language_model.rotary_emb; n = r.mrope_section
        r.recomposition_frequencies = lambda f: torch.cat([torch.cat([f[0][..., :n[0]], f[1][..., n[0]:n[0] + n[1]], f[2][..., n[0] + n[1]:]], -1)] * 2, -1)
        b = logp(net(**inp)); del r.recomposition_frequencies
    print('contiguous sections would move GD by %.3f (one item)' % max(abs(a[x] - b[x]).item() for x in (A, B)))
    K.write_reference(f'{out}/reference.json', {**K.meta('qwen3_vl', 'fp32', net, proc, tk, **info), 'items': ref, 'text_only': alone()})
    net.lm_head.weight = torch.nn.Parameter(net.lm_head.weight.detach().clone())
    K.quantize_into(net, P, [k for k in P if k.startswith(tp + 'layers') and P[k].ndim == 2] + ['lm_head.weight'])
    ref4 = K.reference(net, tk, chat, call, data, images, eos, lambda i: {k: v for k, v in extra(i).items() if k != 'gd_deepstack'}, feats, expand=expand)
    K.verify(out, ref4, data, images, call, ids['<|image_pad|>'], vf, lambda i: rope_in(i)[0].numpy(), '_q4')
    K.write_reference(f'{out}/reference_q4.json', {**K.meta('qwen3_vl', 'decoder q4, vision and embeddings fp32', net, proc, tk, **info), 'items': ref4, 'text_only': alone()})


if __name__ == '__main__': main(*sys.argv[1:])
