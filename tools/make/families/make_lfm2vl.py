"""Tiny random LFM2-VL (short convolutions with a state, attention layers between them; tiles and a thumbnail) in the transformers.js layout, with references by transformers. usage: make_lfm2vl.py out
Hugging Face has only a torchvision image processor for this family; its resize is replaced by Pillow's here (the same sizes, uint8 in and out)."""
import json, os, sys
import kit as K
from kit import c2, ob, np, torch, T
from PIL import Image
import transformers.image_processing_backends as backends
from transformers import Lfm2VlConfig, Lfm2VlForConditionalGeneration, AutoTokenizer
from transformers.models.lfm2_vl.processing_lfm2_vl import Lfm2VlProcessor
from transformers.models.lfm2_vl.image_processing_lfm2_vl import Lfm2VlImageProcessor
from tokenizers import pre_tokenizers, Regex

SEED = int(os.environ.get('SEED', 4)); FAST = 'FAST' in os.environ
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
# the part of LFM2-VL's chat template that turns without tools use
TEMPLATE = ("{{- bos_token -}}\n{%- for message in messages -%}\n    {{- '<|im_start|>' + message['role'] + '\\n' -}}\n    {%- if message['content'] is string -%}\n        {{- message['content'] -}}\n    {%- else -%}\n        {%- for content in message['content'] -%}\n            {%- if content['type'] == 'image' -%}\n                {{- '<image>' -}}\n"
            "            {%- elif content['type'] == 'text' -%}\n                {{- content['text'] -}}\n            {%- endif -%}\n        {%- endfor -%}\n    {%- endif -%}\n    {{- '<|im_end|>\\n' -}}\n{%- endfor -%}\n{%- if add_generation_prompt -%}\n    {{- '<|im_start|>assistant\\n' -}}\n{%- endif -%}\n")
TYPES = ['conv', 'full_attention', 'conv', 'full_attention']
C = dict(d=64, layers=4, heads=4, kv=2, hd=16, ff=48, eps=1e-5, vocab=768, keep=True, positions=False, qk_norm=True, rope=[(10000.0, 1.0)], conv=3, types=['conv' if t == 'conv' else 'attention' for t in TYPES],
         names={'in': 'operator_norm', 'post': 'ffn_norm', 'o': 'self_attn.out_proj', 'gate': 'feed_forward.w1', 'up': 'feed_forward.w3', 'down': 'feed_forward.w2', 'q_norm': 'self_attn.q_layernorm', 'k_norm': 'self_attn.k_layernorm', 'norm': 'embedding_norm'})
V = dict(model_type='siglip2_vision_model', hidden_size=48, intermediate_size=96, num_attention_heads=3, num_hidden_layers=2, num_channels=3, num_patches=36, patch_size=8, hidden_act='gelu_pytorch_tanh', layer_norm_eps=1e-6, vision_use_head=False)
PROJ = 80
IMG = dict(do_image_splitting=True, do_normalize=True, do_pad=True, do_rescale=True, do_resize=True, downsample_factor=2, encoder_patch_size=8, image_mean=[.5] * 3, image_std=[.5] * 3, max_image_tokens=12, max_pixels_tolerance=2.0, max_tiles=6, min_image_tokens=4, min_tiles=2, resample=2, rescale_factor=0.00392156862745098, return_row_col_info=True,
           size={'height': 48, 'width': 48}, tile_size=48, use_thumbnail=True)
ROWS = [('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', {'resize': False}),
        ('What colour dominates the image?', 'Mostly blue with some green', 'Red', 'B', {'resize': False}),
        ('How large is the lesion?', 'About 12 cm in the right half', '3.5 mm', 'A', {'resize': True}),
        ('Is the pattern regular or irregular?', 'irregular', 'No pattern can be seen.', 'B', {'resize': True}),
        ('Does the image show horizontal or vertical stripes?', 'Vertical stripes', 'horizontal – see the lower border', 'A', {'resize': True})]
SIZES = {101: (48, 64), 102: (64, 48), 201: (32, 96), 202: (48, 48), 301: (70, 50), 302: (20, 17), 401: (150, 100), 402: (90, 200), 501: (100, 103), 502: (200, 70)}


def pil_resize(self, image, size, resample=None, antialias=True, **kwargs):
    assert image.dtype == torch.uint8, image.dtype
    out = [torch.from_numpy(np.array(Image.fromarray(i.permute(1, 2, 0).numpy()).resize((size.width, size.height), Image.Resampling.BILINEAR))).permute(2, 0, 1) for i in image]
    return torch.stack(out)


def vision(path, P, v, out_d):
    """pixel_values [tiles, patches, 192], pixel_attention_mask [tiles, patches], spatial_shapes [tiles, 2] -> image_features [all tokens, d]: the tiles' own tokens one after the other."""
    g = ob.Graph(); F = ob.F
    I = lambda name, val: g.const(name, np.array(val, np.int64))
    fl = lambda name, val: g.const(name, np.array(val, np.float32))
    for n, val in (('i0', 0), ('i1', 1), ('i2', 2), ('ax0', [0]), ('ax1', [1]), ('ax2', [2]), ('axm1', [-1])): I(n, val)
    d, heads, side = v['hidden_size'], v['num_attention_heads'], int(v['num_patches'] ** .5)
    pre = 'model.vision_tower.'
    x = g.linear('pixel_values', 'patch', P[pre + 'embeddings.patch_embedding.weight'], P[pre + 'embeddings.patch_embedding.bias'])
    h, w = g.op('Gather', ['spatial_shapes', 'i0'], axis=1), g.op('Gather', ['spatial_shapes', 'i1'], axis=1)      # [t]
    n = g.op('Gather', [g.op('Shape', ['pixel_values']), 'i1'])
    idx = g.op('Unsqueeze', [g.op('Range', ['i0', n, 'i1']), 'ax0'])                                               # [1, p]
    W1 = g.op('Unsqueeze', [w, 'ax1'])
    real = g.op('Less', [idx, g.op('Unsqueeze', [g.op('Mul', [h, w]), 'ax1'])])                                    # [t, p]
    idx0 = g.op('Where', [real, idx, I('zero64', 0)])                                                              # padding takes the first position, as Hugging Face does

    def axis(p, size):      # [t, p] positions on an axis of `size` [t] -> weights over the table's axis [t, p, side] (triangle, widened when shrinking)
        scale = g.op('Div', [fl('side_f', side), g.op('Cast', [size], to=T.FLOAT)])
        scale = g.op('Unsqueeze', [g.op('Unsqueeze', [scale, 'ax1']), 'ax2'])                                      # [t, 1, 1]
        centre = g.op('Mul', [g.op('Add', [g.op('Unsqueeze', [g.op('Cast', [p], to=T.FLOAT), 'ax2']), fl('half_f', .5)]), scale])
        dist = g.op('Abs', [g.op('Sub', [g.const('taps', np.arange(side, dtype=np.float32)[None, None] + .5), centre])])
        wt = g.op('Max', [g.op('Sub', [fl('one_f', 1), g.op('Div', [dist, g.op('Max', [scale, fl('one_f', 1)])])]), fl('zero_f', 0)])
        return g.op('Div', [wt, g.op('ReduceSum', [wt, 'ax2'], keepdims=1)])
    wy, wx = axis(g.op('Div', [idx0, W1]), h), axis(g.op('Mod', [idx0, W1]), w)
    both = g.op('Mul', [g.op('Unsqueeze', [wy, I('ax3', [3])]), g.op('Unsqueeze', [wx, 'ax2'])])                   # [t, p, side, side]
    both = g.op('Reshape', [both, I('table_shape', [0, 0, side * side])])
    x = g.op('Add', [x, g.op('MatMul', [both, g.const('pos', P[pre + 'embeddings.position_embedding.weight'])])])
    bias = g.op('Where', [g.op('Equal', ['pixel_attention_mask', I('zero64', 0)]), fl('fmin', -1e9), fl('zero_f', 0)])
    bias = g.op('Unsqueeze', [g.op('Unsqueeze', [bias, 'ax1']), 'ax1'])                                            # [t, 1, 1, p]
    for l in range(v['num_hidden_layers']):
        p = f'{pre}encoder.layers.{l}.'
        ln = lambda t, k: g.op('LayerNormalization', [t, g.const(p + k + '.weight', P[p + k + '.weight']), g.const(p + k + '.bias', P[p + k + '.bias'])], epsilon=v['layer_norm_eps'], axis=-1)
        lin = lambda t, k: g.linear(t, p + k + '.weight', P[p + k + '.weight'], P[p + k + '.bias'])
        y = ln(x, 'layer_norm1')
        q, k, val = (g.op('Transpose', [g.op('Reshape', [lin(y, f'self_attn.{t}_proj'), I('heads', [0, 0, heads, d // heads])])], perm=[0, 2, 3, 1] if t == 'k' else [0, 2, 1, 3]) for t in 'qkv')
        s = g.op('Softmax', [g.op('Add', [g.op('Mul', [g.op('MatMul', [q, k]), fl('vscale', (d // heads) ** -.5)]), bias])], axis=-1)
        a = g.op('Reshape', [g.op('Transpose', [g.op('MatMul', [s, val])], perm=[0, 2, 1, 3]), I('join', [0, 0, d])])
        x = g.op('Add', [x, lin(a, 'self_attn.out_proj')])
        x = g.op('Add', [x, lin(ob.gelu_tanh(g, lin(ln(x, 'layer_norm2'), 'mlp.fc1')), 'mlp.fc2')])
    k = pre + 'post_layernorm'
    x = g.op('LayerNormalization', [x, g.const(k + '.weight', P[k + '.weight']), g.const(k + '.bias', P[k + '.bias'])], epsilon=v['layer_norm_eps'], axis=-1)
    # tokens of every tile: 2 x 2 patches side by side
    tw = g.op('Div', [w, 'i2']); count = g.op('Mul', [g.op('Div', [h, 'i2']), tw])
    end = g.op('CumSum', [count, 'i0']); start = g.op('Sub', [end, count])
    tok = g.op('Range', ['i0', g.op('ReduceSum', [count, 'ax0'], keepdims=0), 'i1'])
    tile = g.op('ReduceSum', [g.op('Cast', [g.op('GreaterOrEqual', [g.op('Unsqueeze', [tok, 'ax1']), g.op('Unsqueeze', [end, 'ax0'])])], to=T.INT64), 'ax1'], keepdims=0)
    own = lambda a: g.op('Gather', [a, tile])
    k = g.op('Sub', [tok, own(start)]); TW, WW = own(tw), own(w)
    r, c = g.op('Mul', [g.op('Div', [k, TW]), 'i2']), g.op('Mul', [g.op('Mod', [k, TW]), 'i2'])
    flat = g.op('Reshape', [x, I('flat', [-1, d])]); base = g.op('Mul', [tile, n])
    at = lambda dy, dx: g.op('Gather', [flat, g.op('Add', [base, g.op('Add', [g.op('Mul', [g.op('Add', [r, I(f'd{dy}', dy)]), WW]), g.op('Add', [c, I(f'd{dx}', dx)])])])])
    x = g.op('Concat', [at(0, 0), at(0, 1), at(1, 0), at(1, 1)], axis=-1)
    k = 'model.multi_modal_projector.'
    if k + 'layer_norm.weight' in P: x = g.op('LayerNormalization', [x, g.const('proj_ln', P[k + 'layer_norm.weight']), g.const('proj_ln_b', P[k + 'layer_norm.bias'])], epsilon=1e-5, axis=-1)
    x = g.linear(x, 'linear_1', P[k + 'linear_1.weight'], P[k + 'linear_1.bias'])
    e = g.op('Erf', [g.op('Mul', [x, fl('rsqrt2', 2 ** -.5)])])
    x = g.op('Mul', [g.op('Mul', [x, fl('half_f', .5)]), g.op('Add', [e, fl('one_f', 1)])])
    g.linear(x, 'linear_2', P[k + 'linear_2.weight'], P[k + 'linear_2.bias'], out='image_features')
    g.save(path, [F('pixel_values', ['num_tiles', 'num_patches', 3 * v['patch_size'] ** 2]), F('pixel_attention_mask', ['num_tiles', 'num_patches'], T.INT64), F('spatial_shapes', ['num_tiles', 2], T.INT64)], [F('image_features', ['num_image_tokens', out_d])])


def main(out):
    M = K.start(out)
    special = ['<|pad|>', '<|startoftext|>', '<|endoftext|>', '<|im_start|>', '<|im_end|>']
    last = ['<image>', '<|image_start|>', '<|image_end|>', '<|img_thumbnail|>'] + [f'<|img_row_{r}_col_{c}|>' for r in range(1, 7) for c in range(1, 7)]
    pre = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), 'isolated', invert=False), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tok = c2.train_bpe(700, None, last, pre, None, special)
    ids = {a['content']: a['id'] for a in tok['added_tokens']}; size = len(tok['model']['vocab']) + len(last)
    bos = ids['<|startoftext|>']
    tok['post_processor'] = {'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': '<|startoftext|>', 'type_id': 0}}, {'Sequence': {'id': 'A', 'type_id': 0}}], 'pair': [{'SpecialToken': {'id': '<|startoftext|>', 'type_id': 0}}, {'Sequence': {'id': 'A', 'type_id': 0}}, {'Sequence': {'id': 'B', 'type_id': 1}}],
                             'special_tokens': {'<|startoftext|>': {'id': '<|startoftext|>', 'ids': [bos], 'tokens': ['<|startoftext|>']}}}
    c2.write(f'{M}/tokenizer.json', tok)
    c2.write(f'{M}/tokenizer_config.json', {'add_bos_token': True, 'add_eos_token': False, 'add_prefix_space': False, 'added_tokens_decoder': c2.added_decoder(tok), 'bos_token': '<|startoftext|>', 'clean_up_tokenization_spaces': False, 'eos_token': '<|im_end|>', 'extra_special_tokens': {'image_token': '<image>', 'image_start_token': '<|image_start|>', 'image_end_token': '<|image_end|>', 'image_thumbnail_token': '<|img_thumbnail|>'},
             'legacy': False, 'model_max_length': 1000000000000000019884624838656, 'pad_token': '<|pad|>', 'processor_class': 'Lfm2VlProcessor', 'spaces_between_special_tokens': False, 'tokenizer_class': 'PreTrainedTokenizerFast'})
    open(f'{M}/chat_template.jinja', 'w').write(TEMPLATE)
    text = {'model_type': 'lfm2', 'architectures': ['Lfm2ForCausalLM'], 'block_auto_adjust_ff_dim': False, 'block_dim': C['d'], 'block_ff_dim': C['ff'], 'bos_token_id': bos, 'conv_L_cache': C['conv'], 'conv_bias': False, 'eos_token_id': ids['<|im_end|>'], 'hidden_size': C['d'], 'intermediate_size': C['ff'], 'layer_types': TYPES, 'max_position_embeddings': 128000, 'norm_eps': C['eps'],
            'num_attention_heads': C['heads'], 'num_heads': C['heads'], 'num_hidden_layers': C['layers'], 'num_key_value_heads': C['kv'], 'pad_token_id': 0, 'rope_theta': C['rope'][0][0], 'tie_embedding': True, 'use_cache': True, 'vocab_size': C['vocab']}
    cfg = {'architectures': ['Lfm2VlForConditionalGeneration'], 'downsample_factor': 2, 'image_token_id': ids['<image>'], 'model_type': 'lfm2_vl', 'projector_bias': True, 'projector_hidden_act': 'gelu', 'projector_hidden_size': PROJ, 'projector_use_layernorm': True, 'text_config': text, 'tie_embedding': True, 'torch_dtype': 'float32', 'vision_config': V}
    c2.write(f'{M}/config.json', cfg)
    c2.write(f'{M}/generation_config.json', {'bos_token_id': bos, 'eos_token_id': ids['<|im_end|>'], 'pad_token_id': 0})
    c2.write(f'{M}/preprocessor_config.json', {**IMG, 'image_processor_type': 'Lfm2VlImageProcessorFast', 'processor_class': 'Lfm2VlProcessor'})
    c2.write(f'{M}/processor_config.json', {'processor_class': 'Lfm2VlProcessor'})
    net = Lfm2VlForConditionalGeneration(Lfm2VlConfig.from_dict(json.loads(json.dumps(cfg)))).eval(); tc = net.config.text_config
    print(tc.rope_parameters, tc.intermediate_size, tc.tie_word_embeddings, net.config.tie_word_embeddings)
    g = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for n, p in net.named_parameters():
            r = torch.randn(p.shape, generator=g)
            if 'q_layernorm' in n: p.copy_(1.8 + .15 * r)
            elif 'norm' in n: p.copy_((1 if n.endswith('weight') else 0) + .15 * r)
            elif n.endswith('.bias'): p.copy_(.1 * r)
            elif 'embed_tokens' in n: p.copy_(.35 * r)
            elif 'position_embedding' in n: p.copy_(.8 * r)
            elif 'conv.conv.weight' in n: p.copy_(.7 * r)
            elif 'patch_embedding' in n: p.copy_(2 * r / p.shape[-1] ** .5)
            elif 'v_proj' in n or 'linear_2' in n: p.copy_(1.6 * r / p.shape[-1] ** .5)
            else: p.copy_((1.5 if 'q_proj' in n or 'k_proj' in n else 1.1) * r / p.shape[-1] ** .5)
    net.tie_weights(); c2.damp([net.lm_head.weight], tok)
    tk = AutoTokenizer.from_pretrained(M); raw = c2.Tokenizer.from_file(f'{M}/tokenizer.json')
    for s in c2.CORPUS.split('\n')[:14] + ['<|im_start|>user\n2 cm – left<|im_end|>\n']: assert tk.encode(s, add_special_tokens=False) == raw.encode(s, add_special_tokens=False).ids and tk.encode(s) == raw.encode(s).ids, s
    ip = Lfm2VlImageProcessor(**IMG)
    proc = Lfm2VlProcessor(ip, tk, chat_template=TEMPLATE)
    chat = lambda m: proc.apply_chat_template(m, add_generation_prompt=True, tokenize=False)
    keys = ('input_ids', 'attention_mask', 'pixel_values', 'pixel_attention_mask', 'spatial_shapes')
    call = lambda s, im: (lambda o: {k: o[k] for k in keys})(proc(text=[s], images=[[im]], return_tensors='pt'))
    data = K.dataset(ROWS, 7400); images = K.write_benchmark(out, data, SIZES, 10000)
    theirs = {l: ip([im], return_tensors='pt')['pixel_values'] for l, im in images.items()}
    backends.TorchvisionBackend.resize = pil_resize
    ours = {l: ip([im], return_tensors='pt')['pixel_values'] for l, im in images.items()}
    print('torchvision against Pillow, levels:', {l: round(((ours[l] - theirs[l]).abs().max() * 127.5).item(), 2) for l in images}, {l: list(ours[l].shape) for l in images})
    A, B = (tk.encode(x, add_special_tokens=False)[0] for x in 'AB')
    for _ in range(3): K.boost(net, net.lm_head, data, images, chat, call, (A, B), 5.0)
    P = {n: t.detach().float().numpy().copy() for n, t in net.state_dict().items()}
    tp = 'model.language_model.'
    for q4, suf in ((False, ''), (True, '_q4')): K.decoder(f'{M}/onnx/decoder_model_merged{suf}.onnx', P, C, tp, 'lm_head.weight', q4)
    vision(f'{M}/onnx/vision_encoder.onnx', P, V, C['d']); ob.embed_tokens(f'{M}/onnx/embed_tokens.onnx', P[tp + 'embed_tokens.weight'])
    if not FAST: c2.check(f'{M}/onnx')
    place = {ids[f'<|img_row_{r}_col_{c}|>']: (r, c) for r in range(1, 7) for c in range(1, 7)}
    def extra(inp):
        t = [x for x in inp['input_ids'][0].tolist() if x in place]
        r, c = place[t[-1]] if t else (1, 1)
        return {'rows': r, 'cols': c, 'spatial_shapes': inp['spatial_shapes'].tolist()}
    def expand(s, inp):
        e, n = extra(inp), [a * b // 4 for a, b in inp['spatial_shapes'].tolist()]
        if len(n) == 1: body = '<image>' * n[0]
        else: body = ''.join(f'<|img_row_{r}_col_{c}|>' + '<image>' * n[0] for r in range(1, e['rows'] + 1) for c in range(1, e['cols'] + 1)) + '<|img_thumbnail|>' + '<image>' * n[-1]
        return s.replace('<image>', '<|image_start|>' + body + '<|image_end|>')
    feats = lambda inp: torch.cat(list(net.model.get_image_features(inp['pixel_values'], inp['spatial_shapes'], inp['pixel_attention_mask'], return_dict=True).pooler_output))
    eos = [ids['<|im_end|>']]
    ref = K.reference(net, tk, chat, call, data, images, eos, extra, feats, 0 if FAST else 8, expand=expand)
    K.report(ref)
    if FAST: return
    vf = lambda i: {k: i[k].numpy().astype(np.float32 if k == 'pixel_values' else np.int64) for k in ('pixel_values', 'pixel_attention_mask', 'spatial_shapes')}
    info = dict(add_special_tokens=False, vocab_size=C['vocab'], tokens=size, image_token_id=ids['<image>'], pixels="the family's torchvision image processor with Pillow's resize in place of torchvision's")
    enc = lambda s: tk.encode(s, add_special_tokens=False)
    K.verify(out, ref, data, images, call, ids['<image>'], vf, None)
    K.write_reference(f'{out}/reference.json', {**K.meta('lfm2_vl', 'fp32', net, proc, tk, **info), 'items': ref, 'text_only': K.text_only(net, tk, chat, enc, data)})
    net.lm_head.weight = torch.nn.Parameter(net.lm_head.weight.detach().clone())
    K.quantize_into(net, P, [k for k in P if k.startswith(tp + 'layers') and P[k].ndim == 2] + ['lm_head.weight'])
    ref4 = K.reference(net, tk, chat, call, data, images, eos, extra, feats, expand=expand)
    K.verify(out, ref4, data, images, call, ids['<image>'], vf, None, '_q4')
    K.write_reference(f'{out}/reference_q4.json', {**K.meta('lfm2_vl', 'decoder q4, vision and embeddings fp32', net, proc, tk, **info), 'items': ref4, 'text_only': K.text_only(net, tk, chat, enc, data)})


if __name__ == '__main__': main(*sys.argv[1:])
