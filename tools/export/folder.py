"""Everything of a model folder that is no graph: configuration, tokenizer, template, README."""

import json
import os
import shutil

NEEDED = ('config.json', 'tokenizer.json')
COPIED = (
    'config.json',
    'generation_config.json',
    'preprocessor_config.json',
    'processor_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'special_tokens_map.json',
    'added_tokens.json',
    'chat_template.json',
    'chat_template.jinja',
)
PATTERNS = [*COPIED, '*.safetensors', '*.safetensors.index.json', '*.model', 'vocab.json', 'merges.txt', 'qformer_tokenizer/*']


def source(name):
    """The folder of a checkpoint: itself, or the hub's snapshot of it."""
    if os.path.isdir(name):
        return name
    from huggingface_hub import snapshot_download

    return snapshot_download(name, allow_patterns=PATTERNS)


def copy_files(origin, out, processor):
    """Copies what decides prompts and pixels. A checkpoint without tokenizer.json or a processor's file gets them from its classes."""
    os.makedirs(os.path.join(out, 'onnx'), exist_ok=True)
    for name in COPIED:
        path = os.path.join(origin, name)
        if os.path.exists(path):
            shutil.copyfile(path, os.path.join(out, name))
    # One folder holds all that the browser keeps: InstructBLIP's second tokenizer stands beside the first.
    second = os.path.join(origin, 'qformer_tokenizer', 'tokenizer.json')
    if os.path.exists(second):
        shutil.copyfile(second, os.path.join(out, 'qformer_tokenizer.json'))
    write_tokenizer(os.path.join(out, 'tokenizer.json'), processor.tokenizer)
    if not any(os.path.exists(os.path.join(out, n)) for n in ('preprocessor_config.json', 'processor_config.json')):
        processor.image_processor.save_pretrained(out)
    for name in NEEDED:
        if not os.path.exists(os.path.join(out, name)):
            raise SystemExit(f'{origin} has no {name}, which the browser needs.')


def write_tokenizer(path, tokenizer):
    """Sees to it that tokenizer.json gives the ids of transformers, which builds some tokenizers anew whatever the file says."""
    from tokenizers import Tokenizer

    inner = tokenizer.backend_tokenizer
    special = [t for t in tokenizer.all_special_tokens if t]
    texts = ['The left side, 2 cm.', *(f'{t}\nThe left side' for t in special), *(f'{t} The left side' for t in special)]
    ids = lambda tok: [tok.encode(text).ids for text in texts]
    if not os.path.exists(path) or ids(Tokenizer.from_file(path)) != ids(inner):
        inner.save(path, pretty=False)


def mark_config(out, large, more):
    """Says in config.json which graphs have their weights beside them, and what a reader of the export must know."""
    path = os.path.join(out, 'config.json')
    config = read_json(path)
    if large:
        config.setdefault('transformers.js_config', {})['use_external_data_format'] = {name: 1 for name in large}
    if more:
        config['lookalike_export'] = more
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(config, file, indent=2, ensure_ascii=False)
        file.write('\n')


def read_json(path):
    """A parsed JSON file."""
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def write_readme(out, name, family, figures, versions):
    """Writes README.md: what was exported, with what, and how far it is from PyTorch."""
    lines = [
        f'# {os.path.basename(os.path.abspath(name))}, exported for the browser',
        '',
        f'Family: {family}. Made by Lookalike\'s tools/export with {versions}.',
        '',
        'Largest difference from PyTorch (fp32) in log p, on a built-in pair of pictures: all tokens of the prompt in one run, and an option behind the cached prompt.',
        '',
        '| dtype | whole prompt | option on the cache | the letter chosen |',
        '| ----- | ------------ | ------------------- | ----------------- |',
        *(f"| {d} | {f['whole']:.1e} | {f['cached']:.1e} | {'the same' if f['same'] else 'ANOTHER'} |" for d, f in figures.items()),
        '',
    ]
    with open(os.path.join(out, 'README.md'), 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines))
