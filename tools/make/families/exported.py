"""Tiny random checkpoints by transformers, exported by tools/export, with reference likelihoods by transformers: what the families of exports share."""

import json
import os
import shutil
import subprocess
import sys

import kit as K
import make_llava
from kit import c2, np, torch
from make_qwen2vl import SPLIT
from tokenizers import Regex, normalizers, pre_tokenizers
from transformers import AutoModelForImageTextToText, LlamaTokenizer

EXPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../export')
sys.path.insert(0, EXPORT)
import processors  # noqa: E402
from families.base import END  # noqa: E402
from families import FAMILIES  # noqa: E402

ROWS = [
    ('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', {'resize': False}),
    ('What colour dominates the image?', 'Mostly blue with some green', 'Red', 'B', {'resize': True}),
    ('How large is the lesion?', 'About 12 cm in the right half', '3.5 mm', 'A', {'resize': True}),
]
TOWER = {'hidden_size': 32, 'intermediate_size': 64, 'num_hidden_layers': 2, 'num_attention_heads': 2}
TEXT = {'hidden_size': 48, 'intermediate_size': 96, 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2, 'head_dim': 12}
MEAN = {'image_mean': [0.5] * 3, 'image_std': [0.5] * 3}
CLIP = {'image_mean': [0.48145466, 0.4578275, 0.40821073], 'image_std': [0.26862954, 0.26130258, 0.27577711]}


SMALL = {101: (56, 56), 102: (56, 56), 201: (100, 75), 202: (64, 131), 301: (40, 30), 302: (110, 90)}


class Spec:
    """What one family's tiny checkpoint is made of."""

    sizes = SMALL
    gains = ()
    # The program that exports, and its first arguments.
    launcher = [os.path.join(EXPORT, 'export.py')]
    # Its further arguments.
    arguments = []

    def finish(self, folder):
        """What is written behind save_pretrained."""

    def eos(self, tok):
        """Ids that end an answer."""
        return [tok.eos_token_id]


# ---------------------------------------------------------------- tokenizers: (ids by token, number of ids)
def save_tokenizer(folder, tok, config):
    """Writes a tokenizer's two files; returns ids by token and how many there are."""
    c2.write(f'{folder}/tokenizer.json', tok)
    added = c2.added_decoder(tok)
    c2.write(f'{folder}/tokenizer_config.json', {'added_tokens_decoder': added, 'clean_up_tokenization_spaces': False, 'model_max_length': 32768, **config})
    ids = dict(tok['model']['vocab'])
    ids.update({a['content']: a['id'] for a in tok['added_tokens']})
    return ids, max(ids.values()) + 1


def byte_level(folder, last, config, bos=None, size=520):
    """GPT-2's kind, as Qwen, Llama 3 and OPT have it; `bos` is written in front of every text."""
    pre = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(SPLIT), 'isolated', invert=False), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tok = c2.train_bpe(size, None, last, pre, normalizers.NFC(), [])
    tok['post_processor'] = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': False, 'use_regex': False}
    if bos:
        i = next(a['id'] for a in tok['added_tokens'] if a['content'] == bos)
        first = {'SpecialToken': {'id': bos, 'type_id': 0}}
        text = lambda name: {'Sequence': {'id': name, 'type_id': 0}}
        tok['post_processor'] = {'type': 'TemplateProcessing', 'single': [first, text('A')], 'pair': [first, text('A'), first, text('B')], 'special_tokens': {bos: {'id': bos, 'ids': [i], 'tokens': [bos]}}}
    return save_tokenizer(folder, tok, {'tokenizer_class': 'PreTrainedTokenizerFast', **config})


def metaspace(folder, config):
    """Llama's kind: `<s>` in front, `<image>` and `<pad>` at the end."""
    tok, old, *_ = make_llava.tokenizer()
    keep = ('add_bos_token', 'add_eos_token', 'bos_token', 'eos_token', 'unk_token', 'pad_token', 'image_token', 'extra_special_tokens', 'legacy', 'tokenizer_class')
    made = save_tokenizer(folder, tok, {k: v for k, v in {**{k: old[k] for k in keep}, **config}.items() if v is not None})
    # transformers builds this class anew: the file says what it does, whichever class reads it.
    LlamaTokenizer.from_pretrained(folder).backend_tokenizer.save(f'{folder}/tokenizer.json', pretty=False)
    return made


def word_pieces(folder):
    """BERT's kind, lower case, as InstructBLIP's Q-Former reads the instruction."""
    from tokenizers import Tokenizer, models, processors, trainers
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from transformers import BertTokenizerFast

    tok = Tokenizer(models.WordPiece(unk_token='[UNK]'))
    tok.normalizer, tok.pre_tokenizer = BertNormalizer(lowercase=True), BertPreTokenizer()
    special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '[DEC]']
    tok.train_from_iterator(c2.CORPUS.split('\n'), trainers.WordPieceTrainer(vocab_size=290, special_tokens=special, show_progress=False))
    tok.post_processor = processors.BertProcessing(('[SEP]', 3), ('[CLS]', 2))
    BertTokenizerFast(tokenizer_object=tok, bos_token='[DEC]').save_pretrained(folder)


# ---------------------------------------------------------------- weights
def fill(net, seed, gains=()):
    """Random weights with logits of a few units; gains: (part of a name, factor)."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in net.named_parameters():
            r = torch.randn(p.shape, generator=g)
            gain = next((f for part, f in gains if part in name), 1.0)
            if 'norm' in name.lower() and p.dim() == 1:
                zero = 'gemma' in type(net).__name__.lower() and 'vision' not in name
                p.copy_((0 if zero or name.endswith('bias') else 1) + 0.15 * gain * r)
            elif p.dim() <= 1:
                p.copy_(0.15 * gain * r)
            elif 'embed' in name and 'patch' not in name or 'query_tokens' in name or 'newline' in name or 'class' in name:
                p.copy_(0.6 * gain * r)
            else:
                p.copy_(1.3 * gain * r / p[0].numel() ** 0.5)
    net.tie_weights()
    return net.eval()


def damp(weight, tok):
    """Smaller output rows for lone bytes, special tokens and ids without a token, so that greedy text can be read."""
    specials = {a['id'] for a in tok['added_tokens']}
    readable = lambda t: all(c in 'ĠĊ▁' or '!' <= c <= '~' for c in t) and not t.startswith('<0x')
    plain = {i for t, i in tok['model']['vocab'].items() if i not in specials and readable(t)}
    with torch.no_grad():
        weight[[i for i in range(len(weight)) if i not in plain]] *= 0.3


# ---------------------------------------------------------------- one family
def make(out, spec, seed):
    """Writes OUT/model, OUT/benchmark and OUT/reference.json.

    spec: model(folder) -> net, having written tokenizer, processor and template there; sizes: image sizes by local id; eos: function of the processor.
    """
    checkpoint = out.rstrip('/') + '.checkpoint'
    shutil.rmtree(checkpoint, ignore_errors=True)
    os.makedirs(checkpoint)
    K.start(out)
    net = fill(spec.model(checkpoint), seed, spec.gains)
    processor = processors.load(checkpoint)
    tok = processor.tokenizer
    data, images = K.dataset(ROWS, spec.first), None
    images = K.write_benchmark(out, data, spec.sizes, spec.first + 7 * seed)
    family = FAMILIES[net.config.model_type](net)
    call = lambda text, image: family.called(processor, text, image)
    chat = lambda m: family.rendered(processor, m[0]['content'][-1]['text'])
    letters = [tok.encode(x, add_special_tokens=False) for x in 'AB']
    assert all(len(x) == 1 for x in letters), letters
    net.set_attn_implementation('eager')
    head = family.head()
    damp(head.weight, json.load(open(f'{checkpoint}/tokenizer.json')))
    for _ in range(3):
        K.boost(net, head, data, images, chat, call, [x[0] for x in letters], 4.5, family.logits)
    net.save_pretrained(checkpoint)
    spec.finish(checkpoint)
    subprocess.run([sys.executable, *spec.launcher, '--model', checkpoint, '--out', f'{out}/model', *spec.arguments], check=True)
    os.remove(f'{out}/model/README.md')
    fresh = AutoModelForImageTextToText.from_pretrained(checkpoint, dtype=torch.float32, attn_implementation='eager').eval()
    family = FAMILIES[net.config.model_type](fresh)
    eos = spec.eos(tok)
    K.extend = family.with_ids
    items = K.reference(fresh, tok, chat, lambda t, i: family.called(processor, t, i), data, images, eos, None, None, 8, family.logits)
    K.report(items)
    for item in items.values():
        for key in ('im_1', 'im_2'):
            item[key].pop('bare_letter')
            for text in ('gd_prompt', 'ps_prompt'):
                item[key][text] = item[key][text].replace(END, '')
    K.write_reference(f'{out}/reference.json', {**K.meta(spec.name, 'fp32', fresh, processor, tok), 'exported_by': 'tools/export', 'items': items})
    shutil.rmtree(checkpoint)
