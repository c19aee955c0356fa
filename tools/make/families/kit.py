"""Shared by the newer programs (idefics3, gemma3, qwen3_vl, lfm2_vl, florence2, ...): one decoder graph with the options of these families, reference likelihoods, checks in onnxruntime."""
import json, os, shutil
import common2 as c2
from common2 import ob, np, torch, T, common_prefix, stats
F = ob.F
PROMPTS = c2.PROMPTS


# ---------------------------------------------------------------- decoder graph
def inverse_frequencies(theta, dim, factor=1.0):
    return ((1.0 / (theta ** (torch.arange(0, dim, 2, dtype=torch.float) / dim))) / factor).numpy()


def decoder(path, P, c, pre, head, q4=False):
    """Decoder with rotary from position_ids. c: d layers heads kv hd eps vocab; gemma (norm weights + 1, sandwich norms); act 'silu' | 'gelu_tanh'; qk_norm (names of the two norms);
    names (o_proj, input norm, ...: see N); rope [(theta, factor) a layer]; window [None or int a layer]; mrope (sections) and interleaved; scale; keep; types ['attention' | 'conv' | 'linear' a layer]; conv (kernel);
    experts (how many, how many a token takes: see experts), plus1 (norm weights + 1), gated (a gate in q_proj), rot (rotated columns of a head), linear (see gated_delta)."""
    g = ob.Graph(q4)
    I = lambda name, v: g.const(name, np.array(v, np.int64))
    for n, v in (('i0', 0), ('i1', 1), ('ax0', [0]), ('ax1', [1]), ('ax2', [2]), ('ax3', [3]), ('axm1', [-1]), ('z', [0]), ('far', [2 ** 62])): I(n, v)
    N = {'in': 'input_layernorm', 'post': 'post_attention_layernorm', 'o': 'self_attn.o_proj', 'gate': 'mlp.gate_proj', 'up': 'mlp.up_proj', 'down': 'mlp.down_proj', 'q_norm': 'self_attn.q_norm', 'k_norm': 'self_attn.k_norm', 'norm': 'norm', **c.get('names', {})}
    types = c.get('types') or ['attention'] * c['layers']
    shape = g.op('Shape', ['attention_mask'])
    total = g.op('Gather', [shape, 'i1']); total32 = g.op('Cast', [total], to=T.INT32)
    batch = g.op('Unsqueeze', [g.op('Gather', [shape, 'i0']), 'ax0'])
    seqlens = g.op('Expand', [g.op('Cast', [g.op('Sub', [total, 'i1'])], to=T.INT32), batch])
    ins = [F('inputs_embeds', ['batch_size', 'sequence_length', c['d']]), F('attention_mask', ['batch_size', 'total_sequence_length'], T.INT64)]
    if c.get('positions', True): ins.append(F('position_ids', [3, 'batch_size', 'sequence_length'] if c.get('mrope') else ['batch_size', 'sequence_length'], T.INT64))
    if c.get('keep', True): ins.append(F('num_logits_to_keep', [], T.INT64))
    outs = [F('logits', ['batch_size', 'num_logits_to_keep' if c.get('keep', True) else 'sequence_length', c['vocab']])]
    if c.get('positions', True): pos = 'position_ids'
    else:      # no such input: positions are counted from the mask's length
        s_len = g.op('Gather', [g.op('Shape', ['inputs_embeds']), 'i1'])
        pos = g.op('Unsqueeze', [g.op('Range', [g.op('Sub', [total, s_len]), total, 'i1']), 'ax0'])
    tables, rot = {}, c.get('rot', c['hd'])

    def rope(l):
        theta, factor = c['rope'][min(l, len(c['rope']) - 1)]
        key = f'{theta:g}_{factor:g}'
        if key in tables: return tables[key]
        fr = g.op('Mul', [g.op('Unsqueeze', [g.op('Cast', [pos], to=T.FLOAT), 'axm1']), g.const('inv_' + key, inverse_frequencies(theta, rot, factor))])
        if c.get('mrope'):
            rows = [g.op('Gather', [fr, I(f'row{i}', i)], axis=0) for i in range(3)]
            if c.get('interleaved'):      # THWTHW...TT: column i belongs to row i % 3 while i < 3 * section
                n = rot // 2; owner = np.zeros(n, np.int64)
                for a in (1, 2): owner[a:c['mrope'][a] * 3:3] = a
                fr = None
                for a in range(3):
                    t = g.op('Mul', [rows[a], g.const(f'mine{a}', (owner == a).astype(np.float32))]); fr = t if fr is None else g.op('Add', [fr, t])
            else:
                parts, start = [], 0
                for i, n in enumerate(c['mrope']):
                    parts.append(g.op('Slice', [rows[i], I(f's{i}', [start]), I(f'e{i}', [start + n]), 'ax2'])); start += n
                fr = g.op('Concat', parts, axis=-1)
        fr = g.op('Unsqueeze', [g.op('Concat', [fr, fr], axis=-1), 'ax2'])
        tables[key] = g.op('Cos', [fr]), g.op('Sin', [fr])
        return tables[key]

    w = lambda a: (a + 1 if c.get('gemma') or c.get('plus1') else a).astype(np.float32)
    rms = lambda x, name: g.op('SimplifiedLayerNormalization', [x, g.const(name, w(P[name]))], epsilon=c['eps'], axis=-1, stash_type=1)
    lin = lambda x, name, out=None: g.linear(x, name + '.weight', P[name + '.weight'], P.get(name + '.bias'), out)
    split = lambda t, n: g.op('Reshape', [t, I(f'heads{n}', [0, 0, n, c['hd']])])
    join = lambda t, n: g.op('Reshape', [t, I(f'flat{n}', [0, 0, n * c['hd']])])
    half, full = I('half_hd', [rot // 2]), I('full_hd', [rot])

    def rotate(t, cs):
        if rot < c['hd']: return g.op('Concat', [turn(g.op('Slice', [t, 'z', full, 'ax3']), cs), g.op('Slice', [t, full, 'far', 'ax3'])], axis=-1)
        return turn(t, cs)

    def turn(t, cs):
        a, b = g.op('Slice', [t, 'z', half, 'ax3']), g.op('Slice', [t, half, full, 'ax3'])
        return g.op('Add', [g.op('Mul', [t, cs[0]]), g.op('Mul', [g.op('Concat', [g.op('Neg', [b]), a], axis=-1), cs[1]])])

    x = 'inputs_embeds'
    for l in range(c['layers']):
        p = f'{pre}layers.{l}.'
        y = rms(x, p + N['in'] + '.weight')
        if types[l] == 'conv': o = short_conv(g, I, lin, P, p + 'conv.', y, l, c, ins, outs)
        elif types[l] == 'linear': o = gated_delta(g, I, lin, P, p + 'linear_attn.', y, l, c, ins, outs)
        else:
            q, k, v = (lin(y, p + f'self_attn.{t}_proj') for t in 'qkv')
            if c.get('gated'):
                q = g.op('Reshape', [q, I('heads_gate', [0, 0, c['heads'], 2 * c['hd']])])
                q, gate = g.op('Slice', [q, 'z', I('hd1', [c['hd']]), 'ax3']), join(g.op('Slice', [q, I('hd1', [c['hd']]), 'far', 'ax3']), c['heads'])
            q, k = (q if c.get('gated') else split(q, c['heads'])), split(k, c['kv'])
            if c.get('qk_norm'): q, k = rms(q, p + N['q_norm'] + '.weight'), rms(k, p + N['k_norm'] + '.weight')
            cs = rope(l)
            q, k = join(rotate(q, cs), c['heads']), join(rotate(k, cs), c['kv'])
            attrs = {'local_window_size': c['window'][l]} if c.get('window') and c['window'][l] else {}
            kv = [f'past_key_values.{l}.key', f'past_key_values.{l}.value']; pr = [f'present.{l}.key', f'present.{l}.value']
            ins += [F(t, ['batch_size', c['kv'], 'past_sequence_length', c['hd']]) for t in kv]
            outs += [F(t, ['batch_size', c['kv'], 'total_sequence_length', c['hd']]) for t in pr]
            a = g.op('GroupQueryAttention', [q, k, v, *kv, seqlens, total32], domain='com.microsoft', outs=[f'l{l}_att', *pr], num_heads=c['heads'], kv_num_heads=c['kv'], scale=float(c.get('scale') or c['hd'] ** -.5), **attrs)
            if c.get('gated'): a = g.op('Mul', [a, g.op('Sigmoid', [gate])])
            o = lin(a, p + N['o'])
        if c.get('gemma'): o = rms(o, p + 'post_attention_layernorm.weight')
        x = g.op('Add', [x, o])
        y = rms(x, p + ('pre_feedforward_layernorm' if c.get('gemma') else N['post']) + '.weight')
        if c.get('experts'): y = experts(g, I, P, p + 'mlp.', y, *c['experts'])
        else:
            gate, up = lin(y, p + N['gate']), lin(y, p + N['up'])
            act = ob.gelu_tanh(g, gate) if c.get('act') == 'gelu_tanh' else g.op('Mul', [gate, g.op('Sigmoid', [gate])])
            y = lin(g.op('Mul', [act, up]), p + N['down'])
        if c.get('gemma'): y = rms(y, p + 'post_feedforward_layernorm.weight')
        x = g.op('Add', [x, y])
    x = rms(x, pre + N['norm'] + '.weight')
    if c.get('keep', True): x = g.op('Slice', [x, g.op('Unsqueeze', [g.op('Neg', ['num_logits_to_keep']), 'ax0']), 'far', 'ax1'])
    g.linear(x, 'head', P[head], out='logits')
    g.save(path, ins, outs)


def experts(g, I, P, p, x, count, top):
    """Qwen's sparse block on x [b, s, d]: the `top` likeliest of `count` experts by their shares of a token, beside one that all tokens take. All are computed."""
    lin = lambda t, name, w: g.op('MatMul', [t, g.const(name, np.ascontiguousarray(w.T))])
    gated = lambda a, b: g.op('Mul', [g.op('Mul', [a, g.op('Sigmoid', [a])]), b])
    probs = g.op('Softmax', [lin(x, p + 'gate', P[p + 'gate.weight'])], axis=-1)
    g.op('TopK', [probs, I(f'top{top}', [top])], outs=[p + 'likeliest', p + 'which'], axis=-1)
    share = g.op('Div', [p + 'likeliest', g.op('ReduceSum', [p + 'likeliest', 'axm1'], keepdims=1)])
    shares = g.op('ScatterElements', [g.op('Mul', [probs, g.const('nothing', np.array(0, np.float32))]), p + 'which', share], axis=-1)
    out = lin(gated(*(lin(x, f'{p}shared.{t}', P[f'{p}shared_expert.{t}_proj.weight']) for t in ('gate', 'up'))), p + 'shared.down', P[p + 'shared_expert.down_proj.weight'])
    out = g.op('Mul', [out, g.op('Sigmoid', [lin(x, p + 'shared.open', P[p + 'shared_expert_gate.weight'])])])
    for e in range(count):
        gate, up = np.split(P[p + 'experts.gate_up_proj'][e], 2)
        y = lin(gated(lin(x, f'{p}{e}.gate', gate), lin(x, f'{p}{e}.up', up)), f'{p}{e}.down', P[p + 'experts.down_proj'][e])
        out = g.op('Add', [out, g.op('Mul', [y, g.op('Gather', [shares, I(f'expert{e}', [e])], axis=2)])])
    return out


def short_conv(g, I, lin, P, p, x, l, c, ins, outs):
    """LFM2's gated short convolution with a state of the last `conv` columns: past_conv.l [batch, d, conv] -> present_conv.l."""
    d, k = c['d'], c['conv']
    ins.append(F(f'past_conv.{l}', ['batch_size', d, k])); outs.append(F(f'present_conv.{l}', ['batch_size', d, k]))
    bcx = g.op('Transpose', [lin(x, p + 'in_proj')], perm=[0, 2, 1])                                  # [b, 3d, s]
    cut = lambda a: g.op('Slice', [bcx, I(f'cut{a}', [a * d]), I(f'end{a}', [a * d + d]), 'ax1'])
    B, C, X = cut(0), cut(1), cut(2)
    bx = g.op('Concat', [f'past_conv.{l}', g.op('Mul', [B, X])], axis=2)                              # the state in front: k columns, of which k - 1 are needed
    g.op('Slice', [bx, I('last_k', [-k]), 'far', 'ax2'], f'present_conv.{l}')
    y = g.op('Slice', [bx, 'ax1', 'far', 'ax2'])                                                      # from column 1 on: k - 1 + s columns
    ins_ = [y, g.const(p + 'conv.weight', P[p + 'conv.weight'])] + ([g.const(p + 'conv.bias', P[p + 'conv.bias'])] if p + 'conv.bias' in P else [])
    y = g.op('Conv', ins_, group=d, kernel_shape=[k])
    return lin(g.op('Transpose', [g.op('Mul', [C, y])], perm=[0, 2, 1]), p + 'out_proj')


def gated_delta(g, I, lin, P, p, x, l, c, ins, outs):
    """Qwen3.5's gated delta rule, token by token (Scan): past_conv.l [batch, channels, taps], past_recurrent.l [batch, heads, key, value]. c['linear']: kh vh dk dv taps."""
    from onnx import helper as h
    n = c['linear']; kh, vh, dk, dv, taps = (n[k] for k in ('kh', 'vh', 'dk', 'dv', 'taps')); wide = 2 * kh * dk + vh * dv
    ins += [F(f'past_conv.{l}', ['batch_size', wide, taps]), F(f'past_recurrent.{l}', ['batch_size', vh, dk, dv])]
    outs += [F(f'present_conv.{l}', ['batch_size', wide, taps]), F(f'present_recurrent.{l}', ['batch_size', vh, dk, dv])]
    f = lambda name, v: g.const(name, np.array(v, np.float32))
    m = g.op('Concat', [f'past_conv.{l}', g.op('Transpose', [lin(x, p + 'in_proj_qkv')], perm=[0, 2, 1])], axis=2)
    g.op('Slice', [m, I('last_taps', [-taps]), 'far', 'ax2'], f'present_conv.{l}')
    m = g.op('Conv', [g.op('Slice', [m, 'ax1', 'far', 'ax2']), g.const(p + 'conv1d', P[p + 'conv1d.weight'])], group=wide, kernel_shape=[taps])
    m = g.op('Transpose', [g.op('Mul', [m, g.op('Sigmoid', [m])])], perm=[0, 2, 1])
    cut = lambda a, b, name: g.op('Slice', [m, I(f'cut{a}', [a]), I(f'cut{b}', [b]), 'ax2'])
    heads = lambda t, k, d: g.op('Reshape', [t, I(f'lin_{k}_{d}', [0, 0, k, d])])
    l2 = lambda t: g.op('Div', [t, g.op('Sqrt', [g.op('Add', [g.op('ReduceSum', [g.op('Mul', [t, t]), 'axm1'], keepdims=1), f('l2eps', 1e-6)])])])
    spread = lambda t: g.op('Gather', [t, I('spread', np.repeat(np.arange(kh), vh // kh))], axis=2) if vh != kh else t
    q = g.op('Mul', [spread(l2(heads(cut(0, kh * dk, 'q'), kh, dk))), f('qscale', dk ** -.5)]); k = spread(l2(heads(cut(kh * dk, 2 * kh * dk, 'k'), kh, dk))); v = heads(cut(2 * kh * dk, wide, 'v'), vh, dv)
    beta = g.op('Sigmoid', [lin(x, p + 'in_proj_b')])
    decay = g.op('Exp', [g.op('Mul', [g.op('Softplus', [g.op('Add', [lin(x, p + 'in_proj_a'), g.const(p + 'dt_bias', P[p + 'dt_bias'])])]), g.const(p + 'A', -np.exp(P[p + 'A_log']))])])
    b = []; count = [0]

    def op(kind, args, **k):
        count[0] += 1; o = f'scan{l}_{count[0]}'; b.append(h.make_node(kind, args, [o], name=o, **k)); return o
    I('ax12', [1, 2]); I('axm2', [-2]); I('ax23', [2, 3])
    names = {t: f'scan{l}_{t}' for t in ('S', 'q', 'k', 'v', 'decay', 'beta')}
    S = op('Mul', [names['S'], op('Unsqueeze', [names['decay'], 'ax23'])])
    key = op('Unsqueeze', [names['k'], 'axm1'])
    seen = op('ReduceSum', [op('Mul', [S, key]), 'axm2'], keepdims=0)
    delta = op('Mul', [op('Sub', [names['v'], seen]), op('Unsqueeze', [names['beta'], 'axm1'])])
    S = op('Add', [S, op('Mul', [key, op('Unsqueeze', [delta, 'axm2'])])])
    o = op('ReduceSum', [op('Mul', [S, op('Unsqueeze', [names['q'], 'axm1'])]), 'axm2'], keepdims=0)
    info = lambda name: h.make_tensor_value_info(name, T.FLOAT, None)
    body = h.make_graph(b, f'delta{l}', [info(names[t]) for t in ('S', 'q', 'k', 'v', 'decay', 'beta')], [info(S), info(o)])
    g.op('Scan', [f'past_recurrent.{l}', q, k, v, decay, beta], outs=[f'present_recurrent.{l}', f'delta_out.{l}'], body=body, num_scan_inputs=5, scan_input_axes=[1] * 5, scan_output_axes=[1])
    y = g.op('SimplifiedLayerNormalization', [f'delta_out.{l}', g.const(p + 'norm', P[p + 'norm.weight'])], epsilon=c['eps'], axis=-1, stash_type=1)
    z = heads(lin(x, p + 'in_proj_z'), vh, dv)
    y = g.op('Mul', [y, g.op('Mul', [z, g.op('Sigmoid', [z])])])
    return lin(g.op('Reshape', [y, I(f'lin_out_{vh * dv}', [0, 0, vh * dv])]), p + 'out_proj')


# ---------------------------------------------------------------- tokenizer
BYTES = [f'<0x{b:02X}>' for b in range(256)]


def train_metaspace(merges):
    """BPE on '▁'-marked words with single digits, learnt from common2's corpus: (alphabet, merge pairs). No '–': it falls back to bytes."""
    from tokenizers import Tokenizer, models, pre_tokenizers as pt, trainers
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pt.Sequence([pt.Metaspace(replacement='▁', prepend_scheme='never', split=True), pt.Digits(individual_digits=True), pt.Punctuation('isolated')])
    texts = [' ' + x for x in c2.CORPUS.replace('–', '-').split('\n')]
    base = sorted(set('▁0123456789.,:;()-/?!\'"\n' + 'abcdefghijklmnopqrstuvwxyz' + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'))
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=len(base) + merges, initial_alphabet=base, limit_alphabet=len(base), show_progress=False, special_tokens=[]))
    m = json.loads(t.to_str())['model']
    return [x for x in m['vocab'] if len(x) == 1], [tuple(x) if isinstance(x, list) else tuple(x.split(' ')) for x in m['merges']]


def added(i, s, special=True):
    return {'id': i, 'content': s, 'single_word': False, 'lstrip': False, 'rstrip': False, 'normalized': False, 'special': special}


def gemma_tokenizer(first, last, merges=330, more=()):
    """Gemma's kind: specials `first` have the lowest ids (with '<bos>' and '<unk>'), `last` the highest; spaces become '▁', no mark at the start. more: further merge pairs. Returns the tokenizer.json and the number of ids."""
    alpha, pairs = train_metaspace(merges)
    pairs += list(more)
    pieces = list(first) + BYTES + [c for c in alpha]
    for a, b in pairs:
        if a + b not in pieces: pieces.append(a + b)
    vocab = {p: i for i, p in enumerate(pieces)}
    for s in last: vocab[s] = len(vocab)
    bos = vocab['<bos>']
    return {'version': '1.0', 'truncation': None, 'padding': None, 'added_tokens': [added(vocab[s], s) for s in (*first, *last)], 'normalizer': {'type': 'Replace', 'pattern': {'String': ' '}, 'content': '▁'}, 'pre_tokenizer': {'type': 'Split', 'pattern': {'String': ' '}, 'behavior': 'MergedWithPrevious', 'invert': False},
            'post_processor': {'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': '<bos>', 'type_id': 0}}, {'Sequence': {'id': 'A', 'type_id': 0}}], 'pair': [{'SpecialToken': {'id': '<bos>', 'type_id': 0}}, {'Sequence': {'id': 'A', 'type_id': 0}}, {'SpecialToken': {'id': '<bos>', 'type_id': 1}}, {'Sequence': {'id': 'B', 'type_id': 1}}],
                               'special_tokens': {'<bos>': {'id': '<bos>', 'ids': [bos], 'tokens': ['<bos>']}}},
            'decoder': {'type': 'Sequence', 'decoders': [{'type': 'Replace', 'pattern': {'String': '▁'}, 'content': ' '}, {'type': 'ByteFallback'}, {'type': 'Fuse'}]},
            'model': {'type': 'BPE', 'dropout': None, 'unk_token': '<unk>', 'continuing_subword_prefix': None, 'end_of_word_suffix': None, 'fuse_unk': True, 'byte_fallback': True, 'ignore_merges': False, 'vocab': vocab, 'merges': [list(m) for m in pairs]}}, len(vocab)


def damp(weights, n, low):
    """Smaller rows for ids below `low` (specials, bytes), and for ids without a token."""
    with torch.no_grad():
        for w in weights: w[:low] *= .35; w[n:] *= .35


# ---------------------------------------------------------------- references
def dataset(rows, first):
    """rows: (question, option_A, option_B, right letter of image 1, extra keys) -> dataset.json with ids first + 1 ..."""
    d = c2.dataset(rows)
    return {str(first + int(k) - 9000): v for k, v in d.items()}


def start(out):
    shutil.rmtree(out, ignore_errors=True)
    M = f'{out}/model'; os.makedirs(f'{M}/onnx'); os.makedirs(f'{out}/benchmark/data/images')
    return M


def write_benchmark(out, data, sizes, seed, gray=()):
    from PIL import Image
    images = {}
    for l, s in sizes.items():
        Image.fromarray(np.array(c2.shapes_image(*s, seed + l)) // 8 * 8).save(f'{out}/benchmark/data/images/{l}.png', optimize=True)
        images[l] = Image.open(f'{out}/benchmark/data/images/{l}.png'); images[l].load()
    c2.write(f'{out}/benchmark/data/dataset.json', data)
    os.makedirs(f'{out}/benchmark/data/stats', exist_ok=True)
    c2.write(f'{out}/benchmark/data/stats/statistics.json', {'Pulmonary': 2 * len(data)})
    return images


def write_reference(path, o):
    """JSON with one line for every list of numbers or strings, floats to 9 decimals."""
    import re
    short = lambda x: round(x, 9) if isinstance(x, float) else {k: short(v) for k, v in x.items()} if isinstance(x, dict) else [short(v) for v in x] if isinstance(x, (list, tuple)) else x
    o = short(o)
    s = json.dumps(o, indent=1, ensure_ascii=False)
    s = re.sub(r'\[\n\s+((?:-?[\d.e+-]+|"(?:[^"\\]|\\.)*")(?:,\n\s+(?:-?[\d.e+-]+|"(?:[^"\\]|\\.)*"))*)\n\s+\]', lambda m: '[' + re.sub(r',\n\s+', ', ', m.group(1)) + ']', s)
    assert json.loads(s) == o
    open(path, 'w').write(s + '\n')


def user(text): return [{'role': 'user', 'content': [{'type': 'image'}, {'type': 'text', 'text': text}]}]


def reference(model, tok, chat, call, data, images, eos, extra=None, features=None, greedy=8, logits=None, expand=None):
    """chat(messages) -> text; call(text, image) -> inputs (tensors, batch 1); expand(text, inputs) -> text with its image tokens; logits(inputs) -> [S, V] (default: the model's). Returns items in the schema of the older families."""
    run = logits or (lambda inp: model(**inp).logits[0])
    letters = {X: tok.encode(X, add_special_tokens=False) for X in 'AB'}
    assert all(len(x) == 1 for x in letters.values()), letters
    A, B = letters['A'][0], letters['B'][0]
    gaps, out = [], {}
    with torch.no_grad():
        lp = lambda inp: torch.log_softmax(run(inp).double(), -1)
        for pid, v in data.items():
            out[pid] = {'resize': v.get('resize', False)}
            for k in ('im_1', 'im_2'):
                im = images[v[k + '_local']]
                gp = chat(user(PROMPTS['letter'].format(q=v['question'], a=v['option_A'], b=v['option_B'])))
                inp = call(gp, im); ids = inp['input_ids'][0].tolist()
                L = lp(inp)[-1]
                e = {'image_size': list(im.size), 'pixel_values': stats(inp['pixel_values'])}
                if features: e['image_features'] = stats(features(inp))
                if extra: e.update(extra(inp))
                e['gd'] = {'A': L[A].item(), 'B': L[B].item(), 'mass': (L[A].exp() + L[B].exp()).item(), 'chosen': 'A' if L[A] >= L[B] else 'B', 'prompt_tokens': len(ids), 'token_ids': {'A': A, 'B': B}}
                e['bare_letter'] = {}
                for X in 'AB':
                    whole = call(gp + X, im)['input_ids'][0].tolist(); n = common_prefix(ids, whole)
                    e['bare_letter'][X] = {'tokens': whole[n:], 'prefix_tokens': n, **({'logprob': L[whole[n]].item()} if n == len(ids) and len(whole) == n + 1 else {})}
                e['gd_prompt'], e['gd_ids'] = gp, ids
                if expand: e['gd_expanded'] = check_ids(tok, expand(gp, inp), ids)
                gen, cur = [], dict(inp)
                for _ in range(greedy):
                    row = lp(cur)[-1]; top = row.topk(2).values; gaps.append((top[0] - top[1]).item()); t = int(row.argmax())
                    if t in eos: break
                    gen.append(t); cur = extend(cur, [t])
                e['mc_text'], e['mc_ids'] = tok.decode(gen, skip_special_tokens=True, clean_up_tokenization_spaces=False), gen
                pp = chat(user(PROMPTS['open'].format(q=v['question']))); pre = call(pp, im)['input_ids'][0].tolist()
                e['ps_prompt'], e['ps_ids'], e['ps'] = pp, pre, {}
                if expand: e['ps_expanded'] = check_ids(tok, expand(pp, call(pp, im)), pre)
                for X in 'AB':
                    inp2 = call(pp + v['option_' + X], im); whole = inp2['input_ids'][0].tolist()
                    n = common_prefix(pre, whole); t = torch.tensor(whole[n:]); R = lp(inp2)
                    each = R[n - 1:len(whole) - 1].gather(1, t[:, None])[:, 0]; first = R[n - 1][t]
                    e['ps'][X] = {'start': n, 'prefix_tokens': n, 'tokens': whole[n:], 'pieces': tok.convert_ids_to_tokens(whole[n:]), 'token_logprobs': each.tolist(), 'first_logprobs': first.tolist(), 'ps': each.mean().item(), 'sum': each.sum().item(), 'ps_official': first.mean().item()}
                e['boundary_merge'] = any(e['ps'][X]['start'] < len(pre) for X in 'AB')
                for m in ('ps', 'ps_official'): e[m + '_chosen'] = 'A' if e['ps']['A'][m] > e['ps']['B'][m] else 'B'
                out[pid][k] = e
    if gaps: print('smallest greedy margin %.3f' % min(gaps))
    return out


def check_ids(tok, text, ids):
    """The expanded text gives the same ids, with the tokenizer's own BOS or without any added token."""
    assert ids in (tok(text)['input_ids'], tok(text, add_special_tokens=False)['input_ids']), text
    return text


def extend(inp, tokens):
    """The inputs with text tokens behind them."""
    cur = dict(inp); n = len(tokens)
    cur['input_ids'] = torch.cat([cur['input_ids'], torch.tensor([tokens])], 1)
    if 'attention_mask' in cur: cur['attention_mask'] = torch.ones_like(cur['input_ids'])
    for k in ('mm_token_type_ids', 'token_type_ids'):
        if k in cur: cur[k] = torch.cat([cur[k], torch.zeros((1, n), dtype=cur[k].dtype)], 1)
    return cur


def text_only(model, tok, chat, encode, data, logits=None):
    """The prefix score without an image (what PMI subtracts). encode(text) -> ids."""
    out = {}
    with torch.no_grad():
        for pid, v in data.items():
            p = chat([{'role': 'user', 'content': [{'type': 'text', 'text': PROMPTS['open'].format(q=v['question'])}]}]); pre = encode(p); out[pid] = {'prompt': p, 'ids': pre}
            for X in 'AB':
                whole = encode(p + v['option_' + X]); n = common_prefix(pre, whole); t = torch.tensor(whole[n:])
                R = torch.log_softmax(model(input_ids=torch.tensor([whole]), attention_mask=torch.ones(1, len(whole), dtype=torch.long)).logits[0].double(), -1)
                each = R[n - 1:len(whole) - 1].gather(1, t[:, None])[:, 0]
                out[pid][X] = {'start': n, 'tokens': whole[n:], 'token_logprobs': each.tolist(), 'ps': each.mean().item(), 'sum': each.sum().item(), 'ps_official': R[n - 1][t].mean().item()}
    return out


def report(ref):
    """One line a pair; returns a score for picking a seed: how many of the wished properties hold."""
    gd, ps, margins, mass, swaps = [], [], [], [], []
    for pid, r in ref.items():
        a, b = r['im_1'], r['im_2']
        f = lambda e: np.array([e['gd']['A'], e['gd']['B']] + [t for X in 'AB' for t in e['ps'][X]['token_logprobs']])
        d = abs(f(a) - f(b)); m = [abs(e['gd']['A'] - e['gd']['B']) for e in (a, b)]
        gd.append(a['gd']['chosen'] + b['gd']['chosen']); ps.append(a['ps_chosen'] + b['ps_chosen']); margins += m; mass += [a['gd']['mass'], b['gd']['mass']]; swaps.append(d.max())
        print(pid, a['image_size'], b['image_size'], 'swap max %.3f median %.3f' % (d.max(), np.median(d)), 'gd', gd[-1], 'margins %.2f %.2f' % tuple(m), 'mass %.4f %.4f' % (a['gd']['mass'], b['gd']['mass']), 'ps', ps[-1], 'tokens', len(a['ps']['A']['tokens']), len(a['ps']['B']['tokens']), 'merge', a['boundary_merge'], 'prompt', a['gd']['prompt_tokens'], b['gd']['prompt_tokens'], repr(a['mc_text']))
    ok = [set(''.join(gd)) == set('AB'), any(x[0] != x[1] for x in gd), set(''.join(ps)) == set('AB'), min(margins) > .05, min(swaps) > .1, max(mass) > .002]
    print('wishes', sum(ok), 'of', len(ok), ok)
    return sum(ok)


def boost(model, head, data, images, chat, call, letters, target, logits=None, module='lm_head'):
    """Raise the output rows of the letters along the mean final state of the prompts, so that letters are likely answers."""
    hs, caught = [], []
    hook = head.register_forward_pre_hook(lambda m, a: caught.append(a[0][0, -1]))
    with torch.no_grad():
        for v in data.values():
            for k in ('im_1', 'im_2'):
                inp = call(chat(user(PROMPTS['letter'].format(q=v['question'], a=v['option_A'], b=v['option_B']))), images[v[k + '_local']])
                (logits or (lambda i: model(**i).logits))(inp); hs.append(caught[-1])
        hook.remove(); h = torch.stack(hs).mean(0)
        for i in letters:
            w = head.weight[i]; w += (target - w @ h) * h / (h @ h)


# ---------------------------------------------------------------- onnxruntime
def sessions(out, names):
    import onnxruntime as ort
    o = ort.SessionOptions(); o.intra_op_num_threads = 1; o.log_severity_level = 3
    return {k: ort.InferenceSession(f'{out}/model/onnx/{f}.onnx', o, providers=['CPUExecutionProvider']) for k, f in names.items()}


def verify(out, ref, data, images, call, image_id, vision_feeds, positions, suffix=''):
    """The graphs in onnxruntime, fed with the references' own pixels: largest differences of the full forward pass and of options scored on the cached prefix.
    positions(inputs) -> array [..., S] or None."""
    S = sessions(out, {'v': 'vision_encoder', 'e': 'embed_tokens', 'd': 'decoder_model_merged' + suffix})
    meta = {i.name: i.shape for i in S['d'].get_inputs()}; names = [o.name for o in S['d'].get_outputs()]
    empty = {n: np.zeros([1 if i == 0 else (0 if isinstance(x, str) else x) for i, x in enumerate(s)], np.float32) for n, s in meta.items() if n.startswith('past')}

    def dec(emb, mask, pos, past):
        f = {'inputs_embeds': emb, 'attention_mask': np.ones((1, mask), np.int64), **past}
        if 'position_ids' in meta: f['position_ids'] = pos
        if 'num_logits_to_keep' in meta: f['num_logits_to_keep'] = np.array(0, np.int64)
        r = S['d'].run(None, f)
        return torch.log_softmax(torch.tensor(r[0][0]).double(), -1), {n.replace('present_', 'past_').replace('present.', 'past_key_values.'): a for n, a in zip(names, r) if n != 'logits'}

    worst = {'gd': 0, 'ps': 0, 'cached': 0, 'one token at a time': 0, 'features': 0}
    for pid, v in data.items():
        for k in ('im_1', 'im_2'):
            e, im = ref[pid][k], images[v[k + '_local']]

            def prepare(text):
                inp = call(text, im); ids = inp['input_ids'].numpy()
                emb = S['e'].run(None, {'input_ids': ids})[0].copy(); feats = S['v'].run(None, vision_feeds(inp))[0].reshape(-1, emb.shape[-1]); emb[ids == image_id] = feats
                p = positions(inp) if positions else None
                return ids, emb, feats, p
            ids, emb, feats, pos = prepare(e['gd_prompt'])
            worst['features'] = max(worst['features'], float(np.abs(feats.reshape(-1)[:5] - np.array(e['image_features']['first'])).max()), abs(float(feats.astype(np.float64).std()) - e['image_features']['std']))
            L, _ = dec(emb, ids.shape[1], pos, empty)
            for X in 'AB': worst['gd'] = max(worst['gd'], abs(L[-1, e['gd']['token_ids'][X]].item() - e['gd'][X]))
            for X in 'AB':
                ids, emb, _, pos = prepare(e['ps_prompt'] + v['option_' + X]); n = e['ps'][X]['start']; t = torch.tensor(e['ps'][X]['tokens']); N = ids.shape[1]; want = torch.tensor(e['ps'][X]['token_logprobs'])
                cut = lambda a, b: None if pos is None else np.ascontiguousarray(pos[..., a:b])
                L, _ = dec(emb, N, pos, empty)
                worst['ps'] = max(worst['ps'], (L[n - 1:N - 1].gather(1, t[:, None])[:, 0] - want).abs().max().item())
                L1, past = dec(emb[:, :n], n, cut(0, n), empty); L2, _ = dec(emb[:, n:], N, cut(n, N), past)
                worst['cached'] = max(worst['cached'], (torch.cat([L1[-1:], L2])[:len(t)].gather(1, t[:, None])[:, 0] - want).abs().max().item())
                rows = [L1[-1:]]
                for j in range(n, N - 1): r, past = dec(emb[:, j:j + 1], j + 1, cut(j, j + 1), past); rows.append(r)
                worst['one token at a time'] = max(worst['one token at a time'], (torch.cat(rows).gather(1, t[:, None])[:, 0] - want).abs().max().item())
    print('onnxruntime,', suffix or 'fp32', {k: f'{x:.1e}' for k, x in worst.items()})
    assert max(v for k, v in worst.items()) < 2e-3
    return worst


def quantize_into(net, P, keys):
    """Put the values that the 4-bit graph computes with into the model."""
    Q = c2.dequantized(P, keys); sd = net.state_dict()
    with torch.no_grad():
        for k in keys: sd[k].copy_(torch.tensor(Q[k]))
    return Q


def versions():
    """What references are made with."""
    import transformers, PIL
    return f'transformers {transformers.__version__}, torch {torch.__version__}, Pillow {PIL.__version__}, fp32 on CPU, log-softmax in float64'


def meta(family, dtype, net, proc, tok, **more):
    return {'family': family, 'dtype': dtype, 'made_with': versions(),
            'classes': {'model': type(net).__name__, 'processor': type(proc).__name__, 'image_processor': type(proc.image_processor).__name__, 'tokenizer': type(tok).__name__}, 'prompts': PROMPTS, **more}


# ---------------------------------------------------------------- vision parts
def siglip(g, x, P, pre, v, layers=None, post=True, bias=None):
    """SigLIP layers on x [b, n, d]; bias: name of an additive attention bias."""
    for l in range(v['num_hidden_layers'] if layers is None else layers):
        p = f'{pre}encoder.layers.{l}.'
        ln = lambda t, n: g.op('LayerNormalization', [t, g.const(p + n + '.weight', P[p + n + '.weight']), g.const(p + n + '.bias', P[p + n + '.bias'])], epsilon=v['layer_norm_eps'], axis=-1)
        lin = lambda t, n: g.linear(t, p + n + '.weight', P[p + n + '.weight'], P[p + n + '.bias'])
        y = ln(x, 'layer_norm1'); h = v['num_attention_heads']
        a = g.op('MultiHeadAttention', [lin(y, f'self_attn.{t}_proj') for t in 'qkv'] + (['', '', bias] if bias else []), domain='com.microsoft', num_heads=h, scale=float((v['hidden_size'] // h) ** -.5))
        x = g.op('Add', [x, lin(a, 'self_attn.out_proj')])
        x = g.op('Add', [x, lin(ob.gelu_tanh(g, lin(ln(x, 'layer_norm2'), 'mlp.fc1')), 'mlp.fc2')])
    if post:
        k = pre + 'post_layernorm'
        x = g.op('LayerNormalization', [x, g.const(k + '.weight', P[k + '.weight']), g.const(k + '.bias', P[k + '.bias'])], epsilon=v['layer_norm_eps'], axis=-1)
    return x
