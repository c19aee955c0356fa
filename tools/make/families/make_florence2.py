"""Tiny random Florence-2 (DaViT tower, BART encoder and decoder) in the transformers.js layout, with references by transformers. usage: make_florence2.py out
The decoder graph is merged as optimum merges it: an If on use_cache_branch; the branch with a cache was traced for one new token (no causal mask) and gives empty encoder presents."""
import json, os, sys
import kit as K
from kit import c2, ob, np, torch, T, F, stats
from onnx import helper as h
from transformers import Florence2Config, Florence2ForConditionalGeneration, AutoTokenizer
from transformers.models.florence2.processing_florence2 import Florence2Processor
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from tokenizers import pre_tokenizers

SEED = int(os.environ.get('SEED', 1)); FAST = 'FAST' in os.environ
SIZE = 96
V = dict(in_channels=3, depths=[1, 1, 1, 1], patch_size=[7, 3, 3, 3], patch_stride=[4, 2, 2, 2], patch_padding=[3, 1, 1, 1], patch_prenorm=[False, True, True, True], embed_dim=[8, 16, 24, 32], num_heads=[2, 2, 2, 2], num_groups=[2, 2, 2, 2], window_size=4, mlp_ratio=2.0, qkv_bias=True, activation_function='gelu', projection_dim=64,
         max_temporal_embeddings=100, max_position_embeddings=50, drop_path_rate=0.1)
C = dict(d=64, layers=2, heads=4, hd=16, ff=96, vocab=768, pos=128)
TOKENS = 1 + (SIZE // 32) ** 2
PREFIX = [2, 0]      # the decoder's start token </s>, then the forced <s>
TASKS = {'tasks_answer_post_processing_type': {'<CAPTION>': 'pure_text', '<OD>': 'description_with_bboxes'}, 'task_prompts_without_inputs': {'<CAPTION>': 'What does the image describe?', '<OD>': 'Locate the objects with category name in the image.'}, 'task_prompts_with_input': {'<CAPTION_TO_PHRASE_GROUNDING>': 'Locate the phrases in the caption: {input}'}}
ROWS = [('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', {'resize': False}),
        ('What colour dominates the image?', 'Mostly blue with some green', 'Red', 'B', {'resize': False}),
        ('How large is the lesion?', 'About 12 cm in the right half', '3.5 mm', 'A', {'resize': True}),
        ('Is the pattern regular or irregular?', 'irregular', 'No pattern can be seen.', 'B', {'resize': True})]
SIZES = {101: (96, 96), 102: (96, 96), 201: (96, 96), 202: (96, 96), 301: (100, 75), 302: (64, 131), 401: (40, 30), 402: (150, 110)}


class Branch(ob.Graph):
    """Nodes of a branch of an If; weights stay in the outer graph."""
    def __init__(s, outer, mark):
        super().__init__(outer.q4); s.outer, s.mark = outer, mark

    def const(s, name, a): return s.outer.const(name, a)

    def op(s, kind, ins, out=None, domain='', outs=None, **k):
        s.n += 1; outs = outs or [out or f'{s.mark}_{kind}_{s.n}']
        s.nodes.append(h.make_node(kind, ins, outs, name=f'{s.mark}_{kind}_{s.n}', domain=domain, **k)); return outs[0]


class Ops:
    def __init__(s, g, P): s.g, s.P = g, P
    def I(s, name, v): return s.g.const(name, np.array(v, np.int64))
    def f(s, name, v): return s.g.const(name, np.array(v, np.float32))
    def lin(s, x, k, out=None): return s.g.linear(x, k + '.weight', s.P[k + '.weight'], s.P.get(k + '.bias'), out)
    def ln(s, x, k): return s.g.op('LayerNormalization', [x, s.g.const(k + '.weight', s.P[k + '.weight']), s.g.const(k + '.bias', s.P[k + '.bias'])], epsilon=1e-5, axis=-1)
    def gelu(s, x):
        e = s.g.op('Erf', [s.g.op('Mul', [x, s.f('rsqrt2', 2 ** -.5)])])
        return s.g.op('Mul', [s.g.op('Mul', [x, s.f('half_f', .5)]), s.g.op('Add', [e, s.f('one_f', 1)])])
    def split(s, x): return s.g.op('Transpose', [s.g.op('Reshape', [x, s.I('heads', [0, 0, C['heads'], C['hd']])])], perm=[0, 2, 1, 3])
    def attend(s, q, k, v, bias, scale):
        w = s.g.op('Mul', [s.g.op('MatMul', [q, s.g.op('Transpose', [k], perm=[0, 1, 3, 2])]), s.f(f'scale{scale}', scale)])
        if bias: w = s.g.op('Add', [w, bias])
        return s.g.op('MatMul', [s.g.op('Softmax', [w], axis=-1), v])
    def join(s, x): return s.g.op('Reshape', [s.g.op('Transpose', [x], perm=[0, 2, 1, 3]), s.I('joined', [0, 0, C['d']])])
    def keys_bias(s, mask):      # [b, n] int64 -> [b, 1, 1, n]
        m = s.g.op('Unsqueeze', [s.g.op('Cast', [mask], to=T.FLOAT), s.I('ax12', [1, 2])])
        return s.g.op('Mul', [s.g.op('Sub', [s.f('one_f', 1), m]), s.f('fmin', -1e9)])


def vision(path, P):
    g = ob.Graph(); o = Ops(g, P); side = SIZE; x = 'pixel_values'; pre = 'model.vision_tower.'

    def last(x, c): return g.op('Reshape', [g.op('Transpose', [x], perm=[0, 2, 3, 1]), o.I(f'tokens{c}', [0, -1, c])])      # [b, c, h, w] -> [b, n, c]
    def first(x, c, n): return g.op('Reshape', [g.op('Transpose', [x], perm=[0, 2, 1]), o.I(f'map{c}_{n}', [0, c, n, n])])
    def conv(x, k, **a): return g.op('Conv', [x, g.const(k + '.weight', P[k + '.weight']), g.const(k + '.bias', P[k + '.bias'])], **a)

    def block(x, p, c, n, attention):
        x = g.op('Add', [conv(x, p + 'conv1', kernel_shape=[3, 3], pads=[1] * 4, group=c), x]); r = last(x, c)
        x = first(g.op('Add', [r, attention(o.ln(r, p + 'norm1'))]), c, n)
        x = g.op('Add', [conv(x, p + 'conv2', kernel_shape=[3, 3], pads=[1] * 4, group=c), x]); r = last(x, c)
        return first(g.op('Add', [r, o.lin(o.gelu(o.lin(o.ln(r, p + 'norm2'), p + 'ffn.fc1')), p + 'ffn.fc2')]), c, n)

    for s in range(4):
        c = V['embed_dim'][s]; k = f'{pre}convs.{s}.'; side = (side + 2 * V['patch_padding'][s] - V['patch_size'][s]) // V['patch_stride'][s] + 1; n = side
        cin = 3 if s == 0 else V['embed_dim'][s - 1]
        if V['patch_prenorm'][s]: x = first(o.ln(last(x, cin), k + 'norm'), cin, prev)
        x = conv(x, k + 'conv', kernel_shape=[V['patch_size'][s]] * 2, strides=[V['patch_stride'][s]] * 2, pads=[V['patch_padding'][s]] * 4)
        if not V['patch_prenorm'][s]: x = first(o.ln(last(x, c), k + 'norm'), c, n)
        p = f'{pre}blocks.{s}.0.'

        def window(y, c=c, n=n, s=s, p=p + 'spatial_block.'):
            w, hn = V['window_size'], V['num_heads'][s]; m = (n + w - 1) // w * w; q = m // w
            y = g.op('Reshape', [y, o.I(f'img{c}', [-1, n, n, c])])
            if m != n: y = g.op('Pad', [y, o.I(f'pad{s}', [0, 0, 0, 0, 0, m - n, m - n, 0])])
            y = g.op('Reshape', [g.op('Transpose', [g.op('Reshape', [y, o.I(f'cut{s}', [-1, q, w, q, w, c])])], perm=[0, 1, 3, 2, 4, 5]), o.I(f'win{s}', [-1, w * w, c])])
            qkv = g.op('Transpose', [g.op('Reshape', [o.lin(y, p + 'window_attn.qkv'), o.I(f'qkv{s}', [-1, w * w, 3, hn, c // hn])])], perm=[2, 0, 3, 1, 4])
            a, b, v = (g.op('Gather', [qkv, o.I(f'i{i}', i)], axis=0) for i in range(3))
            y = g.op('Reshape', [g.op('Transpose', [o.attend(a, b, v, None, float((c // hn) ** -.5))], perm=[0, 2, 1, 3]), o.I(f'win{s}', [-1, w * w, c])])
            y = g.op('Transpose', [g.op('Reshape', [o.lin(y, p + 'window_attn.proj'), o.I(f'uncut{s}', [-1, q, q, w, w, c])])], perm=[0, 1, 3, 2, 4, 5])
            y = g.op('Reshape', [y, o.I(f'full{s}', [-1, m, m, c])])
            if m != n: y = g.op('Slice', [y, o.I('z2', [0, 0]), o.I(f'n2_{s}', [n, n]), o.I('ax12', [1, 2])])
            return g.op('Reshape', [y, o.I(f'toks{s}', [-1, n * n, c])])

        def channel(y, c=c, n=n, s=s, p=p + 'channel_block.'):
            gr = V['num_groups'][s]
            qkv = g.op('Transpose', [g.op('Reshape', [o.lin(y, p + 'channel_attn.qkv'), o.I(f'cqkv{s}', [-1, n * n, 3, gr, c // gr])])], perm=[2, 0, 3, 4, 1])
            a, b, v = (g.op('Gather', [qkv, o.I(f'i{i}', i)], axis=0) for i in range(3))
            y = g.op('Reshape', [g.op('Transpose', [o.attend(a, b, v, None, float((n * n) ** -.5))], perm=[0, 3, 1, 2]), o.I(f'toks{s}', [-1, n * n, c])])
            return o.lin(y, p + 'channel_attn.proj')
        x = block(x, p + 'spatial_block.', c, n, window); x = block(x, p + 'channel_block.', c, n, channel); prev = n
    k = 'model.multi_modal_projector.'; c, n = V['embed_dim'][3], prev
    row, col = P[k + 'image_position_embed.row_embeddings.weight'][:n], P[k + 'image_position_embed.column_embeddings.weight'][:n]
    pos = np.concatenate([np.broadcast_to(col[None], (n, n, col.shape[1])), np.broadcast_to(row[:, None], (n, n, row.shape[1]))], -1).reshape(1, n * n, c)
    x = g.op('Add', [last(x, c), g.const('image_pos', pos + P[k + 'visual_temporal_embed.pos_idx_to_embed'][None, :1])])
    x = g.op('Concat', [g.op('ReduceMean', [x], axes=[1], keepdims=1), x], axis=1)      # the mean first, then the grid
    o.g.op('LayerNormalization', [o.lin(x, k + 'image_projection'), g.const('pn', P[k + 'image_proj_norm.weight']), g.const('pnb', P[k + 'image_proj_norm.bias'])], 'image_features', epsilon=1e-5, axis=-1)
    g.save(path, [F('pixel_values', ['batch_size', 3, SIZE, SIZE])], [F('image_features', ['batch_size', n * n + 1, C['d']])])
    return n * n + 1


def positions(o, x, key, past=None):
    """Learned positions (offset 2) for the columns of x [b, n, d]."""
    g = o.g; n = g.op('Gather', [g.op('Shape', [x]), o.I('i1', 1)])
    lo = past or o.I('i0', 0)
    return g.op('Gather', [g.const(key, o.P[key]), g.op('Add', [g.op('Range', [lo, g.op('Add', [lo, n]), o.I('i1', 1)]), o.I('i2', 2)])])


def encoder(path, P):
    g = ob.Graph(); o = Ops(g, P); pre = 'model.language_model.encoder.'
    x = o.ln(g.op('Add', ['inputs_embeds', positions(o, 'inputs_embeds', pre + 'embed_positions.weight')]), pre + 'layernorm_embedding'); bias = o.keys_bias('attention_mask')
    for l in range(C['layers']):
        p = f'{pre}layers.{l}.'
        q, k, v = (o.split(o.lin(x, p + f'self_attn.{t}_proj')) for t in 'qkv')
        x = o.ln(g.op('Add', [x, o.lin(o.join(o.attend(q, k, v, bias, C['hd'] ** -.5)), p + 'self_attn.out_proj')]), p + 'self_attn_layer_norm')
        x = o.ln(g.op('Add', [x, o.lin(o.gelu(o.lin(x, p + 'fc1')), p + 'fc2')]), p + 'final_layer_norm')
    g.op('Identity', [x], 'last_hidden_state')
    g.save(path, [F('inputs_embeds', ['batch_size', 'encoder_sequence_length', C['d']]), F('attention_mask', ['batch_size', 'encoder_sequence_length'], T.INT64)], [F('last_hidden_state', ['batch_size', 'encoder_sequence_length', C['d']])])


def decoder(path, P, q4=False):
    outer = ob.Graph(q4); pre = 'model.language_model.decoder.'; names = ['logits'] + [f'present.{l}.{w}.{t}' for l in range(C['layers']) for w in ('decoder', 'encoder') for t in ('key', 'value')]

    def branch(cached):
        m = 'past' if cached else 'first'; g = Branch(outer, m); o = Ops(g, P); out = {}
        past = g.op('Gather', [g.op('Shape', ['past_key_values.0.decoder.key']), o.I('i2', 2)]) if cached else None
        x = o.ln(g.op('Add', ['inputs_embeds', positions(o, 'inputs_embeds', pre + 'embed_positions.weight', past)]), pre + 'layernorm_embedding')
        bias = None
        if not cached:      # causal
            n = g.op('Range', [o.I('i0', 0), g.op('Gather', [g.op('Shape', ['inputs_embeds']), o.I('i1', 1)]), o.I('i1', 1)])
            late = g.op('Greater', [g.op('Unsqueeze', [n, o.I('ax0', [0])]), g.op('Unsqueeze', [n, o.I('ax1', [1])])])
            bias = g.op('Where', [late, o.f('fmin', -1e9), o.f('zero_f', 0)])
        cross = o.keys_bias('encoder_attention_mask')
        for l in range(C['layers']):
            p = f'{pre}layers.{l}.'
            q, k, v = (o.split(o.lin(x, p + f'self_attn.{t}_proj')) for t in 'qkv')
            if cached: k, v = (g.op('Concat', [f'past_key_values.{l}.decoder.{t}', a], axis=2) for t, a in (('key', k), ('value', v)))
            out[f'present.{l}.decoder.key'], out[f'present.{l}.decoder.value'] = k, v
            x = o.ln(g.op('Add', [x, o.lin(o.join(o.attend(q, k, v, bias, C['hd'] ** -.5)), p + 'self_attn.out_proj')]), p + 'self_attn_layer_norm')
            q = o.split(o.lin(x, p + 'encoder_attn.q_proj'))
            if cached: k, v = (f'past_key_values.{l}.encoder.{t}' for t in ('key', 'value'))
            else: k, v = (o.split(o.lin('encoder_hidden_states', p + f'encoder_attn.{t}_proj')) for t in 'kv')
            for t, a in (('key', k), ('value', v)): out[f'present.{l}.encoder.{t}'] = g.op('Identity', [g.const('nothing', np.zeros((0, C['heads'], 1, C['hd']), np.float32))]) if cached else a
            x = o.ln(g.op('Add', [x, o.lin(o.join(o.attend(q, k, v, cross, C['hd'] ** -.5)), p + 'encoder_attn.out_proj')]), p + 'encoder_attn_layer_norm')
            x = o.ln(g.op('Add', [x, o.lin(o.gelu(o.lin(x, p + 'fc1')), p + 'fc2')]), p + 'final_layer_norm')
        out['logits'] = g.linear(x, 'head', P['lm_head.weight'])
        outs = [g.op('Identity', [out[n]], f'{m}.{n}') for n in names]
        return h.make_graph(g.nodes, m, [], [h.make_tensor_value_info(n, T.FLOAT, None) for n in outs])
    outer.op('If', ['use_cache_branch'], outs=names, then_branch=branch(True), else_branch=branch(False))
    kv = lambda pre, l, w, t: F(f'{pre}.{l}.{w}.{t}', ['batch_size', C['heads'], ('past_' if pre[:2] == 'pa' else '') + w + '_sequence_length' if w == 'decoder' else 'encoder_sequence_length_out', C['hd']])
    ins = [F('encoder_attention_mask', ['batch_size', 'encoder_sequence_length'], T.INT64), F('encoder_hidden_states', ['batch_size', 'encoder_sequence_length', C['d']]), F('inputs_embeds', ['batch_size', 'decoder_sequence_length', C['d']])]
    ins += [kv('past_key_values', l, w, t) for l in range(C['layers']) for w in ('decoder', 'encoder') for t in ('key', 'value')] + [F('use_cache_branch', [1], T.BOOL)]
    outs = [F('logits', ['batch_size', 'decoder_sequence_length', C['vocab']])] + [kv('present', l, w, t) for l in range(C['layers']) for w in ('decoder', 'encoder') for t in ('key', 'value')]
    for o_ in outs[1:]:      # sizes differ between the branches (empty encoder presents)
        if 'encoder' in o_.name: o_.type.tensor_type.shape.dim[0].dim_param = 'batch_size_or_0'
    outer.save(path, ins, outs)


def main(out):
    M = K.start(out)
    tok = c2.train_bpe(700, None, ['<mask>', '<image>'] + [f'<loc_{i}>' for i in range(10)], pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True), None, ['<s>', '<pad>', '</s>', '<unk>'])
    ids = {a['content']: a['id'] for a in tok['added_tokens']}; size = max(ids.values()) + 1; assert size <= C['vocab'] and ids['</s>'] == 2 and ids['<s>'] == 0
    tok['post_processor'] = {'type': 'RobertaProcessing', 'sep': ['</s>', 2], 'cls': ['<s>', 0], 'trim_offsets': True, 'add_prefix_space': False}
    c2.write(f'{M}/tokenizer.json', tok)
    c2.write(f'{M}/tokenizer_config.json', {'add_prefix_space': False, 'added_tokens_decoder': c2.added_decoder(tok), 'bos_token': '<s>', 'clean_up_tokenization_spaces': False, 'cls_token': '<s>', 'eos_token': '</s>', 'errors': 'replace', 'extra_special_tokens': {'image_token': '<image>'}, 'mask_token': '<mask>', 'model_max_length': 1024, 'pad_token': '<pad>',
             'processor_class': 'Florence2Processor', 'sep_token': '</s>', 'tokenizer_class': 'BartTokenizer', 'trim_offsets': True, 'unk_token': '<unk>'})
    text = {'model_type': 'florence2_language', 'activation_function': 'gelu', 'bos_token_id': 0, 'd_model': C['d'], 'decoder_attention_heads': C['heads'], 'decoder_ffn_dim': C['ff'], 'decoder_layers': C['layers'], 'decoder_start_token_id': 2, 'encoder_attention_heads': C['heads'], 'encoder_ffn_dim': C['ff'], 'encoder_layers': C['layers'], 'eos_token_id': 2,
            'forced_bos_token_id': 0, 'forced_eos_token_id': 2, 'is_encoder_decoder': True, 'max_position_embeddings': C['pos'], 'no_repeat_ngram_size': 3, 'num_beams': 3, 'num_hidden_layers': C['layers'], 'pad_token_id': 1, 'scale_embedding': False, 'tie_word_embeddings': True, 'use_cache': True, 'vocab_size': C['vocab']}
    vis = {'model_type': 'davit', **V}
    cfg = {'architectures': ['Florence2ForConditionalGeneration'], 'bos_token_id': 0, 'eos_token_id': 2, 'image_token_id': ids['<image>'], 'is_encoder_decoder': True, 'model_type': 'florence2', 'pad_token_id': 1, 'projection_dim': C['d'], 'text_config': text, 'torch_dtype': 'float32', 'vision_config': vis, 'vocab_size': C['vocab']}
    c2.write(f'{M}/config.json', cfg)
    c2.write(f'{M}/generation_config.json', {'bos_token_id': 0, 'decoder_start_token_id': 2, 'early_stopping': True, 'eos_token_id': 2, 'forced_bos_token_id': 0, 'forced_eos_token_id': 2, 'no_repeat_ngram_size': 3, 'num_beams': 3, 'pad_token_id': 1})
    img = {'crop_size': {'height': SIZE, 'width': SIZE}, 'do_center_crop': False, 'do_convert_rgb': True, 'do_normalize': True, 'do_rescale': True, 'do_resize': True, 'image_mean': [.485, .456, .406], 'image_std': [.229, .224, .225], 'image_seq_length': TOKENS, 'resample': 3, 'rescale_factor': 0.00392156862745098, 'size': {'height': SIZE, 'width': SIZE}}
    c2.write(f'{M}/preprocessor_config.json', {**img, 'image_processor_type': 'CLIPImageProcessor', 'processor_class': 'Florence2Processor', **TASKS})
    j = json.loads(json.dumps(cfg)); j['text_config']['model_type'] = 'bart'; j['vision_config']['model_type'] = 'florence_vision'; j['tie_word_embeddings'] = True
    net = Florence2ForConditionalGeneration(Florence2Config.from_dict(j)).eval()
    gains = [('image_projection', 1.0), ('norm', .15), ('layernorm', .15), ('.bias', .1), ('image_position_embed', .5), ('convs.0', 1.5), ('conv1', .3), ('conv2', .3), ('vision_tower', 1.1), ('embed_positions', .3), ('shared', .35), ('embed_tokens', .35), ('lm_head', .35), ('q_proj', 1.6), ('k_proj', 1.6), ('v_proj', 1.3), ('out_proj', 1.3), ('fc', 1.1)]
    g = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for n, p in net.named_parameters():
            k = next(v for s, v in gains if s in n); r = torch.randn(p.shape, generator=g)
            if 'norm' in n: p.copy_((1 if n.endswith('weight') else 0) + k * r)
            elif p.dim() == 1 or 'embed' in n and 'projector' not in n or 'shared' in n or 'position_embed' in n: p.copy_(k * r)
            else: p.copy_(k * r / p[0].numel() ** .5)
    net.tie_weights(); assert net.lm_head.weight.data_ptr() == net.model.language_model.shared.weight.data_ptr() == net.model.language_model.decoder.embed_tokens.weight.data_ptr()
    c2.damp([net.lm_head.weight], tok)
    tk = AutoTokenizer.from_pretrained(M); raw = c2.Tokenizer.from_file(f'{M}/tokenizer.json')
    for s in c2.CORPUS.split('\n')[:14] + ['2 cm – left']: assert tk.encode(s) == raw.encode(s).ids == [0, *tk.encode(s, add_special_tokens=False), 2], s
    ip = CLIPImageProcessorPil(**img); ip.image_seq_length = TOKENS
    proc = Florence2Processor(ip, tk)
    def call(s, im):
        o = proc(text=[s], images=[im], return_tensors='pt')
        assert o['input_ids'][0].tolist() == [ids['<image>']] * TOKENS + tk(s)['input_ids']
        return {k: o[k] for k in ('input_ids', 'attention_mask', 'pixel_values')}
    data = K.dataset(ROWS, 7500); images = K.write_benchmark(out, data, SIZES, 11000)
    A, B = (tk.encode(x, add_special_tokens=False)[0] for x in 'AB')
    fill = lambda v, k: K.PROMPTS[k].format(q=v['question'], a=v['option_A'], b=v['option_B'])

    def logp(inp, dec):
        with torch.no_grad(): return torch.log_softmax(net(**inp, decoder_input_ids=torch.tensor([dec])).logits[0].double(), -1)
    for _ in range(3):      # likely letters
        hs = []; hook = net.lm_head.register_forward_pre_hook(lambda m, a: hs.append(a[0][0, -1]))
        for v in data.values():
            for k in ('im_1', 'im_2'): logp(call(fill(v, 'letter'), images[v[k + '_local']]), PREFIX)
        hook.remove(); mean = torch.stack(hs).mean(0)
        with torch.no_grad():
            for i in (A, B): w = net.lm_head.weight[i]; w += (4.0 - w @ mean) * mean / (mean @ mean)
    P = {n: t.detach().float().numpy().copy() for n, t in net.state_dict().items()}
    n = vision(f'{M}/onnx/vision_encoder.onnx', P); assert n == TOKENS
    encoder(f'{M}/onnx/encoder_model.onnx', P); ob.embed_tokens(f'{M}/onnx/embed_tokens.onnx', P['model.language_model.shared.weight'])
    for q4, suf in ((False, ''), (True, '_q4')): decoder(f'{M}/onnx/decoder_model_merged{suf}.onnx', P, q4)
    if not FAST: c2.check(f'{M}/onnx')

    def reference(greedy=8):
        items = {}; gaps = []
        for pid, v in data.items():
            items[pid] = {'resize': v['resize']}
            for k in ('im_1', 'im_2'):
                im = images[v[k + '_local']]; gp, pp = fill(v, 'letter'), fill(v, 'open'); inp = call(gp, im); L = logp(inp, PREFIX); bare = L[0]; L = L[-1]
                feat = net.model.get_image_features(inp['pixel_values']).pooler_output
                e = {'image_size': list(im.size), 'pixel_values': stats(inp['pixel_values']), 'image_features': stats(feat[0]), 'gd': {'A': L[A].item(), 'B': L[B].item(), 'mass': (L[A].exp() + L[B].exp()).item(), 'chosen': 'A' if L[A] >= L[B] else 'B', 'prompt_tokens': inp['input_ids'].shape[1], 'token_ids': {'A': A, 'B': B}},
                     'gd_without_forced_bos': {'A': bare[A].item(), 'B': bare[B].item()}, 'gd_prompt': gp, 'gd_ids': tk(gp)['input_ids'], 'ps_prompt': pp, 'ps_ids': tk(pp)['input_ids'], 'boundary_merge': False}
                seq = list(PREFIX)
                for _ in range(greedy):
                    row = logp(inp, seq)[-1]; top = row.topk(2).values; gaps.append((top[0] - top[1]).item()); t = int(row.argmax())
                    if t == 2: break
                    seq.append(t)
                e['mc_ids'] = seq[2:]; e['mc_text'] = tk.decode(seq[2:], skip_special_tokens=True, clean_up_tokenization_spaces=False)
                inp = call(pp, im); e['ps'] = {}
                for X in 'AB':
                    o = tk.encode(v['option_' + X], add_special_tokens=False); R = logp(inp, PREFIX + o[:-1]); t = torch.tensor(o)
                    each = R[1:].gather(1, t[:, None])[:, 0]; first = R[1][t]
                    e['ps'][X] = {'start': 2, 'prefix_tokens': 2, 'tokens': o, 'pieces': tk.convert_ids_to_tokens(o), 'token_logprobs': each.tolist(), 'first_logprobs': first.tolist(), 'ps': each.mean().item(), 'sum': each.sum().item(), 'ps_official': first.mean().item()}
                for m in ('ps', 'ps_official'): e[m + '_chosen'] = 'A' if e['ps']['A'][m] > e['ps']['B'][m] else 'B'
                items[pid][k] = e
        if gaps: print('smallest greedy margin %.3f' % min(gaps))
        alone = {}
        for pid, v in data.items():
            p = fill(v, 'open'); i = tk(p)['input_ids']; alone[pid] = {'prompt': p, 'ids': i}
            for X in 'AB':
                o = tk.encode(v['option_' + X], add_special_tokens=False); t = torch.tensor(o); R = logp({'input_ids': torch.tensor([i]), 'attention_mask': torch.ones(1, len(i), dtype=torch.long)}, PREFIX + o[:-1]); each = R[1:].gather(1, t[:, None])[:, 0]
                alone[pid][X] = {'start': 2, 'tokens': o, 'token_logprobs': each.tolist(), 'ps': each.mean().item(), 'sum': each.sum().item(), 'ps_official': R[1][t].mean().item()}
        return items, alone

    def verify(items, suffix=''):
        S = K.sessions(out, {'v': 'vision_encoder', 'e': 'embed_tokens', 'm': 'encoder_model', 'd': 'decoder_model_merged' + suffix}); names = [o.name for o in S['d'].get_outputs()]
        empty = {i.name: np.zeros([1, C['heads'], 0, C['hd']], np.float32) for i in S['d'].get_inputs() if i.name.startswith('past')}
        emb = lambda x: S['e'].run(None, {'input_ids': np.array([x], np.int64)})[0]
        worst = dict.fromkeys(('gd', 'ps', 'cached, one token at a time', 'features'), 0.0); several = 0.0

        def dec(hidden, mask, x, past):
            r = dict(zip(names, S['d'].run(None, {'encoder_attention_mask': mask, 'encoder_hidden_states': hidden, 'inputs_embeds': emb(x), 'use_cache_branch': np.array([past is not None]), **(past or empty)})))
            kv = {n.replace('present', 'past_key_values'): (past[n.replace('present', 'past_key_values')] if past and 'encoder' in n else a) for n, a in r.items() if n != 'logits'}
            return torch.log_softmax(torch.tensor(r['logits'][0]).double(), -1), kv
        for pid, v in data.items():
            for k in ('im_1', 'im_2'):
                e = items[pid][k]; im = images[v[k + '_local']]; px = call(e['gd_prompt'], im)['pixel_values'].numpy(); f = S['v'].run(None, {'pixel_values': px})[0]
                worst['features'] = max(worst['features'], float(np.abs(f.reshape(-1)[:5] - np.array(e['image_features']['first'])).max()), abs(float(f.astype(np.float64).std()) - e['image_features']['std']))
                def enc(i): x = np.concatenate([f, emb(i)], 1); m = np.ones(x.shape[:2], np.int64); return S['m'].run(None, {'inputs_embeds': x, 'attention_mask': m})[0], m
                hid, m = enc(e['gd_ids']); L, _ = dec(hid, m, PREFIX, None)
                for X in 'AB': worst['gd'] = max(worst['gd'], abs(L[-1][e['gd']['token_ids'][X]].item() - e['gd'][X]))
                hid, m = enc(e['ps_ids'])
                for X in 'AB':
                    o = e['ps'][X]['tokens']; t = torch.tensor(o); want = torch.tensor(e['ps'][X]['token_logprobs'])
                    L, _ = dec(hid, m, PREFIX + o[:-1], None); worst['ps'] = max(worst['ps'], (L[1:].gather(1, t[:, None])[:, 0] - want).abs().max().item())
                    L, kv = dec(hid, m, PREFIX, None); first, kv0 = L[-1:], kv; rows = [first]
                    for x in o[:-1]: r, kv = dec(hid, m, [x], kv); rows.append(r)
                    worst['cached, one token at a time'] = max(worst['cached, one token at a time'], (torch.cat(rows).gather(1, t[:, None])[:, 0] - want).abs().max().item())
                    if len(o) > 2: r, _ = dec(hid, m, o[:-1], kv0); several = max(several, (torch.cat([first, r]).gather(1, t[:, None])[:, 0] - want).abs().max().item())
        print('onnxruntime,', suffix or 'fp32', {k: f'{x:.1e}' for k, x in worst.items()}, 'several tokens at once on the cache: off by %.2f' % several); assert max(worst.values()) < 2e-3

    items, alone = reference(0 if FAST else 8); K.report(items)
    if FAST: return
    verify(items)
    info = dict(add_special_tokens=True, vocab_size=C['vocab'], tokens=size, image_tokens=TOKENS, decoder_prefix=PREFIX, gd_ids='ids of the text for the encoder; image features go in front of them')
    meta = lambda dt: {**K.meta('florence2', dt, net, proc, tk), **info}
    K.write_reference(f'{out}/reference.json', {**meta('fp32'), 'items': items, 'text_only': alone})
    net.lm_head.weight = torch.nn.Parameter(net.lm_head.weight.detach().clone())
    K.quantize_into(net, P, [k for k in P if '.decoder.layers' in k and P[k].ndim == 2] + ['lm_head.weight'])
    items, alone = reference(); verify(items, '_q4')
    K.write_reference(f'{out}/reference_q4.json', {**meta('decoder q4; vision, embeddings and encoder fp32'), 'items': items, 'text_only': alone})


if __name__ == '__main__': main(*sys.argv[1:])
