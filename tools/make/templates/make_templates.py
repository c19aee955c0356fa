#!/usr/bin/env python3
"""make_templates.py OUT: writes model folders with chat templates in styles.py's styles, and what transformers' apply_chat_template renders of them.

Each style becomes OUT/<style>/ with the files that a model folder would have and golden.json: a list of conversations with the settings they were
rendered under and their text, or the error. Made with transformers 5.24.0 and tokenizers 0.23.3; the day is held at 26 July 2024.
"""
import datetime, json, os, shutil, sys
import styles
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoTokenizer
from transformers.utils import chat_template_utils

OUT = os.path.abspath(sys.argv[1])


class Day(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26)


chat_template_utils.datetime = Day

SYSTEM, QUESTION = 'You are a radiologist.', 'On which side is the nodule?\nA: The left lung\nB: "Der rechte Lungenflügel" & <b>\nAnswer:'


def user(*parts):
    return {'role': 'user', 'content': [{'type': 'image'} if p is None else {'type': 'text', 'text': p} for p in parts]}


LISTS = [
    [user(None, QUESTION)],
    [user(QUESTION)],
    [{'role': 'system', 'content': [{'type': 'text', 'text': SYSTEM}]}, user(None, QUESTION)],
    [user('Follow the examples.\n', None, 'Question: What? Answer: left\n', None, QUESTION)],
]
STRINGS = [
    [{'role': 'user', 'content': '<image>' + QUESTION}],
    [{'role': 'system', 'content': SYSTEM}, {'role': 'user', 'content': QUESTION}],
    [{'role': 'user', 'content': 'One'}, {'role': 'assistant', 'content': '<think>\nhm\n</think>\n\nTwo'}, {'role': 'user', 'content': ' Three '}],
]
SETTINGS = [('auto', {}), ('off', {'enable_thinking': False}), ('on', {'enable_thinking': True})]
GRANITE_SETTINGS = [('auto', {}), ('off', {'enable_thinking': False, 'thinking': False}), ('on', {'enable_thinking': True, 'thinking': True})]

# style: template, where it stands, conversations, settings
STYLES = {
    'chatml-thinking': (styles.CHATML_THINKING, 'chat_template.jinja', LISTS + STRINGS, SETTINGS),
    'always-thinking': (styles.ALWAYS_THINKING, 'tokenizer_config.json', STRINGS, SETTINGS),
    'llama3-date': (styles.LLAMA3_DATE, 'chat_template.jinja', LISTS + STRINGS, SETTINGS[:1]),
    'mistral': (styles.MISTRAL, 'chat_template.jinja', LISTS + STRINGS, SETTINGS[:1]),
    'gemma-no-system': (styles.GEMMA_NO_SYSTEM, 'tokenizer_config.json', LISTS + STRINGS, SETTINGS[:1]),
    'llava-images-first': (styles.LLAVA_IMAGES_FIRST, 'chat_template.jinja', LISTS, SETTINGS[:1]),
    'idefics': (styles.IDEFICS, 'tokenizer_config.json', LISTS, SETTINGS[:1]),
    'qwen2-vl': (styles.QWEN2_VL, 'tokenizer_config.json', LISTS + STRINGS, SETTINGS[:1]),
    'phi': (styles.PHI, 'tokenizer_config.json', STRINGS, SETTINGS[:1]),
    'granite': (styles.GRANITE, 'chat_template.jinja', LISTS + STRINGS, GRANITE_SETTINGS),
    'many-parts': (styles.MANY_PARTS, 'chat_template.jinja', LISTS + STRINGS, SETTINGS[:1]),
    'qwen3-vl': (styles.QWEN3_VL, 'chat_template.jinja', LISTS + STRINGS, SETTINGS),
    'glm4v': (styles.GLM4V, 'chat_template.jinja', LISTS + STRINGS, SETTINGS),
    'internvl': (styles.INTERNVL, 'tokenizer_config.json', LISTS + STRINGS, SETTINGS[:1]),
    'minicpm': (styles.MINICPM, 'chat_template.jinja', LISTS + STRINGS, SETTINGS),
    'phi4mm': (styles.PHI4MM, 'tokenizer_config.json', LISTS + STRINGS, SETTINGS[:1]),
    'pixtral': (styles.PIXTRAL, 'chat_template.jinja', LISTS + STRINGS, SETTINGS[:1]),
    'aya': (styles.AYA, 'tokenizer_config.json', LISTS + STRINGS, SETTINGS[:1]),
    'molmo': (styles.MOLMO, 'chat_template.jinja', LISTS + STRINGS, SETTINGS[:1]),
    'deepseek-vl2': (styles.DEEPSEEK_VL2, 'chat_template.jinja', LISTS + STRINGS, SETTINGS[:1]),
    'llama4': (styles.LLAMA4, 'chat_template.jinja', LISTS + STRINGS, SETTINGS[:1]),
    'gemma3n': (styles.GEMMA3N, 'chat_template.jinja', LISTS + STRINGS, SETTINGS[:1]),
    'smolvlm2': (styles.SMOLVLM2, 'tokenizer_config.json', LISTS + STRINGS, SETTINGS[:1]),
    'no-template': (None, None, STRINGS[:1], SETTINGS[:1]),
    'named-list': ([{'name': 'rag', 'template': 'not this one'}, {'name': 'default', 'template': styles.PHI}], 'tokenizer_config.json', STRINGS, SETTINGS[:1]),
    'broken': (styles.BROKEN, 'chat_template.jinja', STRINGS[:1], SETTINGS[:1]),
}


def write(name, template, place):
    d = os.path.join(OUT, name)
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d)
    t = Tokenizer(models.WordLevel({'<unk>': 0, '<s>': 1, '</s>': 2, 'x': 3}, unk_token='<unk>'))
    t.pre_tokenizer = pre_tokenizers.Whitespace()
    t.save(os.path.join(d, 'tokenizer.json'), pretty=False)
    config = {'tokenizer_class': 'PreTrainedTokenizerFast', 'bos_token': '<s>', 'eos_token': '</s>', 'unk_token': '<unk>'}
    if place == 'tokenizer_config.json': config['chat_template'] = template
    if place == 'chat_template.jinja':
        with open(os.path.join(d, place), 'w', encoding='utf-8', newline='') as f: f.write(template)
    with open(os.path.join(d, 'tokenizer_config.json'), 'w') as f: json.dump(config, f, indent=1)
    return d


for name, (template, place, conversations, settings) in STYLES.items():
    d = write(name, template, place)
    tokenizer, golden = AutoTokenizer.from_pretrained(d), []
    for messages in conversations:
        for thinking, kwargs in settings:
            case = {'messages': messages, 'thinking': thinking}
            try:
                case['rendered'] = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, **kwargs)
            except Exception as e:
                case['error'] = str(e).split('\n')[0]
            golden.append(case)
    with open(os.path.join(d, 'golden.json'), 'w', encoding='utf-8') as f: json.dump(golden, f, indent=1, ensure_ascii=False); f.write('\n')
    print(name, len(golden), sum('error' in c for c in golden), 'errors')
