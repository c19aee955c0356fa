"""Shared by make_qwen2vl.py and make_idefics3.py: tokenizer training, weight scaling, decoder graph, images, references."""
import json, os, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import numpy as np, torch, onnx
torch.set_num_threads(1)
from onnx import TensorProto as T
from PIL import Image
import onnxbuild as ob
from tokenizers import Tokenizer, models, pre_tokenizers, decoders, trainers, normalizers, Regex, AddedToken

PROMPTS = {'letter': 'Look at the image and choose the option that fits.\nQuestion: {q}\nA: {a}\nB: {b}\nReply with the letter of the option.', 'open': 'Question: {q}'}

# ---------------------------------------------------------------- tokenizer
CORPUS = """You are a helpful assistant. Look at the image and choose the option that fits.
Question: Where is the bright shape in the picture? Reply with the letter of the option.
A: The left side of the frame
B: right
Which lung contains the nodule? The right lung. Left lung. In the upper zone of the left lung, near the border.
How large is the lesion? 2 cm – left. About 12 cm in the right half. 3.5 mm – right. 14 cm – left side.
What colour dominates the image? Mostly blue with some green. Red. A warm red tone. Dark grey.
Is the pattern regular or irregular? It is regular. Irregular. No pattern can be seen.
Does the image show horizontal or vertical stripes? Vertical stripes. Horizontal. Diagonal lines.
Is the gradient rising or falling? It rises from left to right. Falling. Brighter at the top. Darker at the bottom.
User: Describe this image. Assistant: The image shows a bright disc on a dark ground.
Notes:(1) first (2) second:(3) third:(none) seen:(no) seen:(see below) as follows:(two) and so on:(one).
The answer is A. The answer is B. Answer: the option with the letter A. user system assistant model picture images questions
""" * 3


def train_bpe(size, base, extra, pre, normalizer, first):
    """Byte-level BPE; `first` are special tokens with the lowest ids, `extra` get ids after the vocabulary."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre
    if normalizer: t.normalizer = normalizer
    t.decoder = decoders.ByteLevel()
    tr = trainers.BpeTrainer(vocab_size=size, min_frequency=2, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), special_tokens=[AddedToken(s, special=True, normalized=False) for s in first], show_progress=False)
    t.train_from_iterator(CORPUS.split('\n') + [CORPUS], tr)
    t.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in extra])
    return json.loads(t.to_str())


def added_decoder(tok):
    return {str(a['id']): {k: a[k] for k in ('content', 'lstrip', 'normalized', 'rstrip', 'single_word', 'special')} for a in tok['added_tokens']}


def write(path, o):
    compact = path.endswith('tokenizer.json')
    json.dump(o, open(path, 'w'), indent=None if compact else 2, separators=(',', ':') if compact else None, ensure_ascii=False)


# ---------------------------------------------------------------- weights
def init(model, seed, gains):
    """gains: list of (substring, gain); a matrix gets std gain / sqrt(fan_in), an embedding std gain, a norm weight 1 + gain * n, a bias std gain."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for n, p in model.named_parameters():
            k = next(v for s, v in gains if s in n)
            r = torch.randn(p.shape, generator=g)
            if 'norm' in n and n.endswith('weight') or 'ln_q.weight' in n: p.copy_(1 + k * r)
            elif p.dim() == 1 or 'embed_tokens' in n or 'position_embedding' in n: p.copy_(k * r)
            else: p.copy_(k * r / np.sqrt(p[0].numel()))
    model.eval()
    return {n: t.detach().float().numpy().copy() for n, t in model.state_dict().items()}


def damp(weights, tok):
    """Smaller rows for lone bytes outside printable ASCII, special tokens and ids without a token, so that greedy text is readable."""
    specials = {a['id'] for a in tok['added_tokens']}
    plain = {i for t, i in tok['model']['vocab'].items() if i not in specials and all(c in 'ĠĊ' or '!' <= c <= '~' for c in t)}
    with torch.no_grad():
        for w in weights: w[[i for i in range(len(w)) if i not in plain]] *= .35


# ---------------------------------------------------------------- graphs
def decoder(path, P, c, pre, head, q4=False):
    """Llama / Qwen2 decoder with rotary from position_ids: [3,B,S] with c['mrope'] sections, else [B,S]. c['keep']: num_logits_to_keep is an input."""
    g = ob.Graph(q4); F = ob.F
    I = lambda name, v: g.const(name, np.array(v, np.int64))
    for n, v in (('i0', 0), ('i1', 1), ('ax0', [0]), ('ax1', [1]), ('far', [2 ** 62]), ('axm1', [-1]), ('ax2', [2]), ('z', [0]), ('ax3', [3])): I(n, v)
    shape = g.op('Shape', ['attention_mask'])
    total = g.op('Gather', [shape, 'i1']); total32 = g.op('Cast', [total], to=T.INT32)
    batch = g.op('Unsqueeze', [g.op('Gather', [shape, 'i0']), 'ax0'])
    seqlens = g.op('Expand', [g.op('Cast', [g.op('Sub', [total, 'i1'])], to=T.INT32), batch])
    ins = [F('inputs_embeds', ['batch_size', 'sequence_length', c['d']]), F('attention_mask', ['batch_size', 'total_sequence_length'], T.INT64)]
    ins.append(F('position_ids', [3, 'batch_size', 'sequence_length'] if c.get('mrope') else ['batch_size', 'sequence_length'], T.INT64))
    if c['keep']: ins.append(F('num_logits_to_keep', [], T.INT64))
    outs = [F('logits', ['batch_size', 'num_logits_to_keep' if c['keep'] else 'sequence_length', c['vocab']])]
    inv = (1.0 / (c['theta'] ** (torch.arange(0, c['hd'], 2, dtype=torch.float) / c['hd']))).numpy()
    fr = g.op('Mul', [g.op('Unsqueeze', [g.op('Cast', ['position_ids'], to=T.FLOAT), 'axm1']), g.const('inv', inv)])
    if c.get('mrope'):
        parts, start = [], 0
        for i, n in enumerate(c['mrope']):
            row = g.op('Gather', [fr, I(f'row{i}', i)], axis=0)
            parts.append(g.op('Slice', [row, I(f's{i}', [start]), I(f'e{i}', [start + n]), 'ax2'])); start += n
        fr = g.op('Concat', parts, axis=-1)
    fr = g.op('Unsqueeze', [g.op('Concat', [fr, fr], axis=-1), 'ax2'])
    cos, sin = g.op('Cos', [fr]), g.op('Sin', [fr])
    rms = lambda x, name: g.op('SimplifiedLayerNormalization', [x, g.const(name, P[name])], epsilon=c['eps'], axis=-1, stash_type=1)
    lin = lambda x, name, out=None: g.linear(x, name + '.weight', P[name + '.weight'], P.get(name + '.bias'), out)
    half, full = I('half_hd', [c['hd'] // 2]), I('full_hd', [c['hd']])

    def rotate(t, n):
        t = g.op('Reshape', [t, I(f'heads{n}', [0, 0, n, c['hd']])])
        a, b = g.op('Slice', [t, 'z', half, 'ax3']), g.op('Slice', [t, half, full, 'ax3'])
        r = g.op('Concat', [g.op('Neg', [b]), a], axis=-1)
        return g.op('Reshape', [g.op('Add', [g.op('Mul', [t, cos]), g.op('Mul', [r, sin])]), I(f'flat{n}', [0, 0, n * c['hd']])])

    x = 'inputs_embeds'
    for l in range(c['layers']):
        p = f'{pre}layers.{l}.'
        y = rms(x, p + 'input_layernorm.weight')
        q, k, v = (lin(y, p + f'self_attn.{t}_proj') for t in 'qkv')
        q, k = rotate(q, c['heads']), rotate(k, c['kv'])
        kv = [f'past_key_values.{l}.key', f'past_key_values.{l}.value']; pr = [f'present.{l}.key', f'present.{l}.value']
        ins += [F(t, ['batch_size', c['kv'], 'past_sequence_length', c['hd']]) for t in kv]
        outs += [F(t, ['batch_size', c['kv'], 'total_sequence_length', c['hd']]) for t in pr]
        a = g.op('GroupQueryAttention', [q, k, v, *kv, seqlens, total32], domain='com.microsoft', outs=[f'l{l}_att', *pr], num_heads=c['heads'], kv_num_heads=c['kv'], scale=float(c['hd'] ** -.5))
        x = g.op('Add', [x, lin(a, p + 'self_attn.o_proj')])
        y = rms(x, p + 'post_attention_layernorm.weight')
        gate, up = lin(y, p + 'mlp.gate_proj'), lin(y, p + 'mlp.up_proj')
        x = g.op('Add', [x, lin(g.op('Mul', [g.op('Mul', [gate, g.op('Sigmoid', [gate])]), up]), p + 'mlp.down_proj')])
    x = rms(x, pre + 'norm.weight')
    if c['keep']: x = g.op('Slice', [x, g.op('Unsqueeze', [g.op('Neg', ['num_logits_to_keep']), 'ax0']), 'far', 'ax1'])
    g.linear(x, 'head', P[head], out='logits')
    g.save(path, ins, outs)


def check(folder):
    for f in sorted(os.listdir(folder)):
        if f.endswith('.onnx'):
            m = onnx.load(f'{folder}/{f}')
            for n in m.graph.node:       # an ORT operator that lives in the default domain: unknown to the checker
                if n.op_type == 'SimplifiedLayerNormalization': n.domain = 'com.microsoft'
            onnx.checker.check_model(m)
            print(f, os.path.getsize(f'{folder}/{f}'), [i.name for i in m.graph.input if 'past' not in i.name], [o.name for o in m.graph.output if 'present' not in o.name])


def dequantized(P, keys, block=32):
    """P with the matrices that MatMulNBits holds replaced by what it computes with."""
    Q = dict(P)
    for k in keys:
        n, kk = P[k].shape
        if kk % block: continue
        packed, s = ob.quantize4(P[k], block)
        q = np.stack([packed & 15, packed >> 4], -1).reshape(n, kk // block, block).astype(np.float32) - 8
        Q[k] = (q * s.reshape(n, kk // block, 1)).reshape(n, kk)
    return Q


# ---------------------------------------------------------------- images
def shapes_image(w, h, seed):
    """A coloured gradient with discs, boxes and noise; every size, any seed."""
    r = np.random.default_rng(seed)
    y, x = np.mgrid[0:h, 0:w].astype(np.float64)
    a = np.stack([40 + 170 * (r.random() * x / w + r.random() * y / h) for _ in range(3)], -1)
    for _ in range(3):
        cx, cy, rad, col = r.random() * w, r.random() * h, (.12 + .2 * r.random()) * min(w, h), r.integers(0, 256, 3)
        a[(x - cx) ** 2 + (y - cy) ** 2 < rad ** 2] = col
    for _ in range(2):
        x0, y0 = int(r.random() * w * .7), int(r.random() * h * .7)
        a[y0:y0 + max(2, h // 5), x0:x0 + max(2, w // 4)] = r.integers(0, 256, 3)
    a += r.normal(0, 12, a.shape)
    return Image.fromarray(np.clip(np.round(a), 0, 255).astype(np.uint8), 'RGB')


# ---------------------------------------------------------------- references
def stats(t):
    a = t.detach().double().numpy()
    return {'shape': list(a.shape), 'mean': float(a.mean()), 'std': float(a.std()), 'first': [float(v) for v in a.reshape(-1)[:5]]}


def common_prefix(a, b):
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]: n += 1
    return n


def reference(model, processor, data, images, eos, extra=None, features=None, greedy=True):
    """data: dataset.json content; images: local id -> PIL image. extra(inputs) -> fields for an entry (positions, tiles)."""
    tok = processor.tokenizer
    A, B = (tok.encode(s, add_special_tokens=False) for s in 'AB')
    assert len(A) == len(B) == 1
    (A,), (B,) = A, B
    chat = lambda t: processor.apply_chat_template([{'role': 'user', 'content': [{'type': 'image'}, {'type': 'text', 'text': t}]}], add_generation_prompt=True, tokenize=False)
    run = lambda s, im: processor(text=[s], images=[im], return_tensors='pt')
    low = 9
    out = {}
    with torch.no_grad():
        lp = lambda inp: torch.log_softmax(model(**inp).logits[0].double(), -1)
        for pid, v in data.items():
            out[pid] = {}
            for k in ('im_1', 'im_2'):
                im = images[v[k + '_local']]
                gp = chat(PROMPTS['letter'].format(q=v['question'], a=v['option_A'], b=v['option_B']))
                inp = run(gp, im); ids = inp['input_ids'][0].tolist()
                L = lp(inp)[-1]
                e = {'image_size': list(im.size), 'pixel_values': stats(inp['pixel_values']), 'image_features': stats(features(inp))}
                if extra: e.update(extra(inp))
                e['gd'] = {'A': L[A].item(), 'B': L[B].item(), 'mass': (L[A].exp() + L[B].exp()).item(), 'chosen': 'A' if L[A] >= L[B] else 'B', 'prompt_tokens': len(ids), 'token_ids': {'A': A, 'B': B}}
                e['gd_prompt'], e['gd_ids'] = gp, ids
                gen, cur = [], dict(inp)
                for _ in range(8 if greedy else 0):
                    row = lp(cur)[-1]; top = row.topk(2).values; low = min(low, (top[0] - top[1]).item()); t = int(row.argmax())
                    if t in eos: break
                    gen.append(t)
                    cur['input_ids'] = torch.cat([cur['input_ids'], torch.tensor([[t]])], 1)
                    cur['attention_mask'] = torch.ones_like(cur['input_ids'])
                    if 'mm_token_type_ids' in cur: cur['mm_token_type_ids'] = torch.cat([cur['mm_token_type_ids'], torch.zeros((1, 1), dtype=cur['mm_token_type_ids'].dtype)], 1)
                e['mc_text'], e['mc_ids'] = tok.decode(gen, skip_special_tokens=True, clean_up_tokenization_spaces=False), gen
                pp = chat(PROMPTS['open'].format(q=v['question'])); pre = run(pp, im)['input_ids'][0].tolist()
                e['ps_prompt'], e['ps_ids'], e['ps'] = pp, pre, {}
                for X in 'AB':
                    inp2 = run(pp + v['option_' + X], im); whole = inp2['input_ids'][0].tolist()
                    n = common_prefix(pre, whole); t = torch.tensor(whole[n:])
                    R = lp(inp2)
                    each = R[n - 1:len(whole) - 1].gather(1, t[:, None])[:, 0]
                    e['ps'][X] = {'start': n, 'tokens': whole[n:], 'token_logprobs': each.tolist(), 'ps': each.mean().item(), 'sum': each.sum().item(), 'ps_official': R[n - 1][t].mean().item()}
                for m in ('ps', 'ps_official'): e[m + '_chosen'] = 'A' if e['ps']['A'][m] > e['ps']['B'][m] else 'B'
                out[pid][k] = e
    print('smallest greedy margin', low)
    return out


def text_only(model, processor, data):
    """The prefix score without the image (what PMI subtracts): a user turn with text only, tokenizer and model called without pixels."""
    tok, out = processor.tokenizer, {}
    with torch.no_grad():
        for pid, v in data.items():
            p = processor.apply_chat_template([{'role': 'user', 'content': [{'type': 'text', 'text': PROMPTS['open'].format(q=v['question'])}]}], add_generation_prompt=True, tokenize=False)
            pre = tok(p)['input_ids']; out[pid] = {'prompt': p, 'ids': pre}
            for X in 'AB':
                whole = tok(p + v['option_' + X])['input_ids']; n = common_prefix(pre, whole); t = torch.tensor(whole[n:])
                if hasattr(model.model, 'rope_deltas'): model.model.rope_deltas = None
                R = torch.log_softmax(model(input_ids=torch.tensor([whole]), attention_mask=torch.ones(1, len(whole), dtype=torch.long)).logits[0].double(), -1)
                each = R[n - 1:len(whole) - 1].gather(1, t[:, None])[:, 0]
                out[pid][X] = {'start': n, 'tokens': whole[n:], 'token_logprobs': each.tolist(), 'ps': each.mean().item(), 'sum': each.sum().item(), 'ps_official': R[n - 1][t].mean().item()}
    return out


def dataset(rows):
    """rows: (question, option_A, option_B, correct of im_1, extra keys); local ids are 101, 102, 201, 202 ..."""
    d = {}
    for i, (q, a, b, right, extra) in enumerate(rows, 1):
        l1, l2 = 100 * i + 1, 100 * i + 2
        d[str(9000 + i)] = {'im_1': f'synthetic/{l1}.png', 'im_2': f'synthetic/{l2}.png', 'im_1_local': l1, 'im_2_local': l2, 'cap_1': f'Synthetic image {l1}.', 'cap_2': f'Synthetic image {l2}.',
                            'category_1': ['Pulmonary'], 'category_2': ['Pulmonary'], 'question': q, 'option_A': a, 'option_B': b, 'im_1_correct': right, 'im_2_correct': 'B' if right == 'A' else 'A', **extra}
    return d


def report(ref, data):
    """Spread over the two images of a pair, and what the numbers look like."""
    for pid, r in ref.items():
        f = lambda e: np.array([e['gd']['A'], e['gd']['B']] + [t for X in 'AB' for t in e['ps'][X]['token_logprobs']])
        a, b = f(r['im_1']), f(r['im_2'])
        m = min(abs(b - a).max() for a, b in ((a, b),))
        print(pid, 'im1', r['im_1']['image_size'], 'im2', r['im_2']['image_size'], 'swap: max %.3f gd %.3f min %.3f' % (m, abs(a - b)[:2].max(), abs(a - b).min()),
              'gd', r['im_1']['gd']['chosen'], r['im_2']['gd']['chosen'], 'margins %.3f %.3f' % tuple(abs(r[k]['gd']['A'] - r[k]['gd']['B']) for k in ('im_1', 'im_2')),
              'ps', r['im_1']['ps_chosen'], r['im_2']['ps_chosen'], 'off', r['im_1']['ps_official_chosen'], r['im_2']['ps_official_chosen'],
              'len', len(r['im_1']['ps']['A']['tokens']), len(r['im_1']['ps']['B']['tokens']), 'prompt', r['im_1']['gd']['prompt_tokens'], repr(r['im_1']['mc_text']))


def verify_ort(out, ref, data, images, processor, image_id, vision_feeds, positions, suffix='', keep=True):
    """The exported graphs in onnxruntime (Python), fed with HF's own pixels: largest difference from the references, full and on cached KV."""
    import onnxruntime as ort
    S = {n: ort.InferenceSession(f'{out}/model/onnx/{f}.onnx', providers=['CPUExecutionProvider']) for n, f in (('v', 'vision_encoder'), ('e', 'embed_tokens'), ('d', 'decoder_model_merged' + suffix))}
    meta = {i.name: i.shape for i in S['d'].get_inputs()}
    empty = {n: np.zeros((1, s[1], 0, s[3]), np.float32) for n, s in meta.items() if n.startswith('past')}
    def dec(emb, mask, pos, past):
        f = {'inputs_embeds': emb, 'attention_mask': np.ones((1, mask), np.int64), 'position_ids': pos, **past}
        if 'num_logits_to_keep' in meta: f['num_logits_to_keep'] = np.array(0, np.int64)
        r = S['d'].run(None, f); names = [o.name for o in S['d'].get_outputs()]
        return torch.log_softmax(torch.tensor(r[0][0]).double(), -1), {n.replace('present', 'past_key_values'): a for n, a in zip(names, r) if n != 'logits'}
    worst = {'gd': 0, 'ps': 0, 'cached': 0, 'features': 0}
    for pid, v in data.items():
        for k in ('im_1', 'im_2'):
            e, im = ref[pid][k], images[v[k + '_local']]
            def prepare(text):
                inp = processor(text=[text], images=[im], return_tensors='pt')
                feats = S['v'].run(None, vision_feeds(inp))[0].reshape(-1, S['e'].get_outputs()[0].shape[-1])
                ids = inp['input_ids'].numpy(); emb = S['e'].run(None, {'input_ids': ids})[0].copy(); emb[ids == image_id] = feats
                return inp, ids, emb, feats
            inp, ids, emb, feats = prepare(e['gd_prompt'])
            worst['features'] = max(worst['features'], np.abs(feats.reshape(-1)[:5] - np.array(e['image_features']['first'])).max())
            L, _ = dec(emb, ids.shape[1], positions(inp), empty)
            for X in 'AB': worst['gd'] = max(worst['gd'], abs(L[-1, e['gd']['token_ids'][X]].item() - e['gd'][X]))
            for X in 'AB':
                inp, ids, emb, _ = prepare(e['ps_prompt'] + v['option_' + X]); pos = positions(inp); n = e['ps'][X]['start']; t = torch.tensor(e['ps'][X]['tokens']); N = ids.shape[1]
                want = torch.tensor(e['ps'][X]['token_logprobs'])
                L, _ = dec(emb, N, pos, empty)
                worst['ps'] = max(worst['ps'], (L[n - 1:N - 1].gather(1, t[:, None])[:, 0] - want).abs().max().item())
                L1, past = dec(emb[:, :n], n, pos[..., :n], empty); L2, _ = dec(emb[:, n:], N, pos[..., n:], past)
                got = torch.cat([L1[-1:], L2])[:len(t)].gather(1, t[:, None])[:, 0]
                worst['cached'] = max(worst['cached'], (got - want).abs().max().item())
    print('onnxruntime with HF pixels, all items', suffix or 'fp32', worst)
    return worst
