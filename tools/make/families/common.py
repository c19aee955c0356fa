"""Shared parts: tokenizer training, synthetic benchmark, reference likelihoods by Hugging Face transformers."""
import json, os
import numpy as np
from PIL import Image, ImageDraw

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, '../../..'))
PROMPTS = json.load(open(f'{ROOT}/test/demo/data/reference.json'))['prompts']
BYTES = [f'<0x{b:02X}>' for b in range(256)]


def corpus():
    d = json.load(open(f'{ROOT}/public/benchmarks/phantoms/data/dataset.json'))
    t = [PROMPTS['letter'].replace('{q}', '').replace('{a}', '').replace('{b}', ''), PROMPTS['open'].replace('{q}', '')] * 20 + ['Answer: A', 'Answer: B', 'A', 'B', 'choose A or B', 'USER: ASSISTANT:', 'user model', 'Which shape is drawn in the image?', 'where is it, on the left or on the right'] * 20
    for v in d.values():
        t += [v['question'], v['option_A'], v['option_B'], v['cap_1'], v['cap_2']]
    return [' ' + x.replace('\n', ' ') for x in t]


def train_bpe(merges, extra=''):
    """Sentencepiece-like BPE on '▁'-marked words with single digits: (alphabet, merge pairs)."""
    from tokenizers import Tokenizer, models, pre_tokenizers as pt, trainers
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pt.Sequence([pt.Metaspace(replacement='▁', prepend_scheme='never', split=True), pt.Digits(individual_digits=True), pt.Punctuation('isolated')])
    texts = corpus()
    base = sorted(set(''.join(texts).replace(' ', '▁')) | set('▁0123456789.,:;()-/?!\'"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') | set(extra))
    tok.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=len(base) + merges, initial_alphabet=base, show_progress=False, special_tokens=[]))
    m = json.loads(tok.to_str())['model']
    alpha = [t for t in m['vocab'] if len(t) == 1]
    return alpha, [tuple(x) if isinstance(x, list) else tuple(x.split(' ')) for x in m['merges']]


def added(i, s, special=True):
    return {'id': i, 'content': s, 'single_word': False, 'lstrip': False, 'rstrip': False, 'normalized': False, 'special': special}


QUESTIONS = [  # question, option A, option B, right letters for image 1 and image 2, category
    ('Which shape is drawn in the image?', 'A bright circle near the upper edge', 'square', 'AB', 'Pulmonary'),
    ('How large is the marker, and on which side?', '2 cm – left', 'about 14 mm – in the right lower corner', 'BA', 'Cardiac'),
    ('Where is the dark area?', '(left) lower zone', 'The right upper zone, behind the 3 bars', 'AB', 'Vascular'),
    ('What does the background look like?', 'Vertical stripes', 'random noise without any stripes, unlike the other image', 'BA', 'Spinal'),
]
SIZES = [(150, 97), (64, 131)]      # of the pair that needs resizing (width, height)


def picture(kind, w, h, rng):
    """RGB pictures: smooth colour field, noise and drawn shapes."""
    yy, xx = np.mgrid[0:h, 0:w] / max(w, h)
    a = np.stack([np.sin(rng.uniform(2, 9) * xx + rng.uniform(2, 9) * yy + rng.uniform(0, 6)) for _ in range(3)], -1) * 70 + 128
    a = a + rng.normal(0, 12, a.shape)
    if kind == 'stripes': a += (np.sin(xx * 40) > 0)[..., None] * 90 - 45
    if kind == 'noise': a += rng.normal(0, 50, a.shape)
    im = Image.fromarray(a.clip(0, 255).astype('uint8')); d = ImageDraw.Draw(im); s = min(w, h)
    col = tuple(int(x) for x in rng.integers(0, 256, 3))
    if kind == 'circle': d.ellipse([.3 * s, .08 * s, .75 * s, .5 * s], fill=(250, 240, 200), outline=col)
    if kind == 'square': d.rectangle([.2 * s, .3 * s, .8 * s, .9 * s], fill=(20, 60, 220), outline=col)
    if kind == 'left': d.line([.1 * s, .2 * s, .1 * s, .9 * s], fill=(255, 0, 0), width=max(2, s // 12))
    if kind == 'right': d.line([.6 * s, .9 * s, .95 * s, .9 * s], fill=(0, 255, 0), width=max(2, s // 12))
    if kind == 'low': d.rectangle([0, .6 * s, .4 * s, s], fill=(0, 0, 0))
    if kind == 'bars':
        for i in range(3): d.rectangle([(.5 + .15 * i) * s, 0, (.58 + .15 * i) * s, .5 * s], fill=(240, 240, 240))
    return im


KINDS = [('circle', 'square'), ('right', 'left'), ('low', 'bars'), ('noise', 'stripes')]


def benchmark(out, size, first, seed):
    """Writes benchmark/data in the MediConfusion layout; returns the pairs."""
    rng = np.random.default_rng(seed)
    os.makedirs(f'{out}/benchmark/data/images', exist_ok=True); os.makedirs(f'{out}/benchmark/data/stats', exist_ok=True)
    data, stats = {}, {}
    for i, ((q, a, b, right, cat), kinds) in enumerate(zip(QUESTIONS, KINDS)):
        ids = [first * 10 + 2 * i + j + 1 for j in (0, 1)]
        for j, k in enumerate(kinds):
            w, h = SIZES[j] if i == 3 else (size, size)
            picture(k, w, h, rng).save(f'{out}/benchmark/data/images/{ids[j]}.png', optimize=True)
        data[str(first + i + 1)] = {'im_1': f'synthetic/{ids[0]}.png', 'im_2': f'synthetic/{ids[1]}.png', 'im_1_local': ids[0], 'im_2_local': ids[1],
                                    'cap_1': f'Synthetic test picture ({kinds[0]}), made from a random seed for checking likelihoods; it shows no patient and no anatomy.', 'cap_2': f'Synthetic test picture ({kinds[1]}), made from a random seed for checking likelihoods; it shows no patient and no anatomy.',
                                    'category_1': [cat], 'category_2': [cat], 'question': q, 'option_A': a, 'option_B': b, 'im_1_correct': right[0], 'im_2_correct': right[1], 'resize': i == 3}
        stats[cat] = stats.get(cat, 0) + 2
    json.dump(data, open(f'{out}/benchmark/data/dataset.json', 'w'), indent=1, ensure_ascii=False)
    json.dump(stats, open(f'{out}/benchmark/data/stats/statistics.json', 'w'), indent=1)
    return data


def checksum(t):
    t = t.detach().double()
    return {'shape': list(t.shape), 'mean': t.mean().item(), 'std': t.std(unbiased=False).item(), 'first5': t.flatten()[:5].tolist()}


def lcp(a, b):
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]: n += 1
    return n


def messages(text):
    return [{'role': 'user', 'content': [{'type': 'image'}, {'type': 'text', 'text': text}]}]


def fill(t, v):
    return t.replace('{q}', v['question']).replace('{a}', v['option_A']).replace('{b}', v['option_B'])


def boost(model, proc, data, call, letters, image_dir, target):
    """Raise the output rows of the letters along the mean final state, so that letters are likely answers: mean logit about `target`."""
    import torch
    hs, caught = [], []
    hook = model.lm_head.register_forward_pre_hook(lambda m, a: caught.append(a[0][0, -1]))
    for v in data.values():
        for im in ('im_1', 'im_2'):
            ids, px = call(Image.open(f'{image_dir}/{v[im + "_local"]}.png'), proc.apply_chat_template(messages(fill(PROMPTS['letter'], v)), add_generation_prompt=True, tokenize=False))
            with torch.no_grad(): model(input_ids=torch.tensor([ids]), pixel_values=px)
            hs.append(caught[-1])
    hook.remove()
    h = torch.stack(hs).mean(0)
    with torch.no_grad():
        for i in letters.values():
            w = model.lm_head.weight[i]
            w += (target - w @ h) * h / (h @ h)


def dequantized(w, block=32):
    """The values that MatMulNBits computes with."""
    import onnxbuild as ob
    q, s = ob.quantize4(w, block)
    n, k = w.shape
    v = np.stack([q & 15, q >> 4], -1).reshape(n, k // block, block).astype(np.float32) - 8
    return (v * s.reshape(n, k // block, 1)).reshape(n, k).astype(np.float32)


def reference(model, proc, data, out, call, letters, eos, image_dir, strict=True):
    """call(image, text) -> (ids, pixel_values); letters: {'A': id, 'B': id}."""
    import torch
    tok = proc.tokenizer
    items, spread, gaps, swap = {}, [], [], []

    def logp(ids, px):
        with torch.no_grad():
            lg = model(input_ids=torch.tensor([ids]), pixel_values=px, attention_mask=torch.ones(1, len(ids), dtype=torch.long)).logits[0].double()
        spread.append(lg[-1].std().item())
        return torch.log_softmax(lg, -1)

    chat = lambda t: proc.apply_chat_template(messages(t), add_generation_prompt=True, tokenize=False)
    for pid, v in data.items():
        items[pid] = {'resize': v['resize']}
        for im in ('im_1', 'im_2'):
            img = Image.open(f'{image_dir}/{v[im + "_local"]}.png'); assert img.mode == 'RGB'
            gp, pp = chat(fill(PROMPTS['letter'], v)), chat(fill(PROMPTS['open'], v))
            ids, px = call(img, gp)
            lp = logp(ids, px)[-1]
            gd = {L: lp[letters[L]].item() for L in 'AB'}
            gd.update(mass=(lp[letters['A']].exp() + lp[letters['B']].exp()).item(), chosen='A' if gd['A'] >= gd['B'] else 'B', prompt_tokens=len(ids))
            bare = {}
            for L in 'AB':                                          # the token that the bare letter becomes right behind the prompt
                w, _ = call(img, gp + L); k = lcp(ids, w); bare[L] = {'tokens': w[k:], 'pieces': tok.convert_ids_to_tokens(w[k:]), 'logprob': logp(ids, px)[-1][w[k]].item()}
            seq, new = list(ids), []
            for _ in range(8):
                l = logp(seq, px)[-1]; top = l.topk(2).values; gaps.append((top[0] - top[1]).item()); t = int(l.argmax())
                if t in eos: break
                seq.append(t); new.append(t)
            pids, _ = call(img, pp)
            ps, merged = {}, False
            for L in 'AB':
                whole, _ = call(img, pp + v['option_' + L])
                n = lcp(pids, whole); merged |= n < len(pids)
                o = whole[n:]; l = logp(whole, px)
                t = [l[n - 1 + j, x].item() for j, x in enumerate(o)]; f = [l[n - 1, x].item() for x in o]
                ps[L] = {'tokens': o, 'pieces': tok.convert_ids_to_tokens(o), 'prefix_tokens': n, 'token_logprobs': t, 'first_logprobs': f, 'ps': float(np.mean(t)), 'sum': float(np.sum(t)), 'ps_official': float(np.mean(f))}
            with torch.no_grad(): feat = model.get_image_features(pixel_values=px).pooler_output
            feat = torch.cat(list(feat), 0) if isinstance(feat, (list, tuple)) else feat.reshape(-1, feat.shape[-1])
            items[pid][im] = {'gd': gd, 'bare_letter': bare, 'ps': ps, 'ps_chosen': 'A' if ps['A']['ps'] > ps['B']['ps'] else 'B', 'ps_official_chosen': 'A' if ps['A']['ps_official'] > ps['B']['ps_official'] else 'B',
                              'mc_text': tok.decode(new, skip_special_tokens=True) if new else '', 'mc_ids': new, 'gd_prompt': gp, 'gd_ids': ids, 'ps_prompt': pp, 'ps_ids': pids, 'boundary_merge': merged, 'image_size': list(img.size),
                              'pixel_values': checksum(px), 'image_features': checksum(feat)}
        a, b = items[pid]['im_1'], items[pid]['im_2']
        swap.append(min(abs(a['gd'][L] - b['gd'][L]) for L in 'AB')); swap.append(min(abs(a['ps'][L]['ps'] - b['ps'][L]['ps']) for L in 'AB'))
    print('logit std %.2f..%.2f  smallest greedy gap %.3f  smallest change on swapping the image %.3f' % (min(spread), max(spread), min(gaps), min(swap)))
    pick = [(k, [[r[im]['gd']['chosen'] if k == 'gd' else r[im][k + '_chosen'] for im in ('im_1', 'im_2')] for r in items.values()]) for k in ('gd', 'ps', 'ps_official')]
    both = [set(sum(p, [])) == set('AB') for _, p in pick]
    close = min(abs(r[im]['gd']['A'] - r[im]['gd']['B']) for r in items.values() for im in ('im_1', 'im_2')); mass = [r[im]['gd']['mass'] for r in items.values() for im in ('im_1', 'im_2')]
    print(pick, 'smallest margin %.3f, mass %.3f..%.3f, different texts %d' % (close, min(mass), max(mass), len({r[im]['mc_text'] for r in items.values() for im in ('im_1', 'im_2')})))
    distinct = np.mean([len(set(r[im]['mc_ids'])) for r in items.values() for im in ('im_1', 'im_2')]); print('distinct tokens in a greedy text: %.1f' % distinct)
    assert not strict or distinct > 5 and max(spread) < 4.5 and min(gaps) > .01 and min(swap) > .05 and all(both) and close > .05 and any(a != b for a, b in pick[0][1]), 'choose another seed'
    return items, {'logit_std': [round(min(spread), 3), round(max(spread), 3)], 'smallest_greedy_gap': round(min(gaps), 4), 'smallest_image_effect': round(min(swap), 4)}


def dump(path, o):
    json.dump(o, open(path, 'w'), indent=1, ensure_ascii=False)
