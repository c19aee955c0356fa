#!/usr/bin/env python3
"""make_tokenizers.py FAMILIES OUT: 200 odd strings, and the ids that Hugging Face tokenizers gives them with the tokenizer of each family.

FAMILIES is test/families; OUT gets strings.json and one <family>.json with a list of ids for each string, without special tokens added.
Made with tokenizers 0.23.3. Strings come from a fixed seed.
"""
import json, os, random, sys
from tokenizers import Tokenizer

FAMILIES, OUT = sys.argv[1:]
R = random.Random(11)
CONTROLS = [chr(c) for c in [*range(0, 32), 127, *range(128, 160)]]
ODD = ['\u0085', '\ufeff', '\u200b', '\u200c', '\u200d', '\u2060', '\u00ad', '\u00a0', '\u3000', '\u2028', '\u2029', '\u202e', '\u2066', '\u2069', '\ufe0f', '\u0301', '\u0308', '\u0345', '\u1160', '\ufffd', '\ue000', '\U000e0001', '\ufff9']
WORDS = ['nodule', 'left', 'Right', 'the', 'of', 'T1-weighted', '3.5', 'cm', 'IV', "don't", 'café', 'Cafe\u0301', 'Å', 'A\u030a', '\u212b', 'ﬁbrosis', 'Σίσυφος', 'ПНЕВМОНИЯ', 'straße', 'ẞ', 'İstanbul', 'ı', '肺结节', '肺がん', '폐결절', '폐', 'الرئة', 'ריאה', 'ปอด', 'फेफड़ा', '①', '½', '５', '٣', 'x²', 'µ', 'μ', '…', '—', '\u2212', '≥', '°']
EMOJI = ['🫁', '👩\u200d⚕\ufe0f', '🇩🇪', '👍🏽', '⬅\ufe0f', '🧑🏿\u200d🦽', '☢', '\U0001f9ff']
strings = ['', ' ', '  ', '\n', '\n\n', '\r\n', '\t', ' \n ', '\n  \n', ' ' * 7, ' ' * 64, 'a' + ' ' * 33 + 'b', '\t\t\tx', 'x\n\n\n\n\ny', '- \n- ', '<b>', '<|', '|>', '<', '&lt;', '\\n', '{q}', 'A', ' A', 'A:', 'A.', '(A)', 'ÀÁ', "'s 'S ’s", "I'LL we'Re", '0', '00', '123456789', '1,234.5', '3 4', '\ud7ff']
strings += [f'a{c}b' for c in R.sample(CONTROLS, 30)] + [f'left{c}lung' for c in ODD] + [f'{c} x' for c in R.sample(ODD, 8)]
strings += EMOJI + [' '.join(R.choices(EMOJI, k=3)) for _ in range(6)]
strings += [R.choice(['', ' ']).join(R.choices(WORDS, k=R.randint(1, 5))) for _ in range(200)]
while len(strings) < 260: strings.append(''.join(R.choices(WORDS + ODD + CONTROLS + EMOJI + [' ', '  ', '\n'], k=R.randint(2, 9))))
strings = list(dict.fromkeys(strings))[:170] + [''.join(R.choices(WORDS + ODD + CONTROLS + EMOJI + [' ', '   ', '\n'], k=R.randint(2, 9))) for _ in range(30)]
assert len(strings) == 200
write = lambda name, value: open(os.path.join(OUT, name), 'w').write(json.dumps(value, separators=(',', ':')) + '\n')
write('strings.json', strings)
for family in sorted(os.listdir(FAMILIES)):
    path = os.path.join(FAMILIES, family, 'model', 'tokenizer.json')
    if os.path.exists(path):
        # Hugging Face's library reads no ids below zero (moondream1's <image>: -200).
        described = json.load(open(path, encoding='utf-8'))
        described['added_tokens'] = [a for a in described['added_tokens'] if a['id'] >= 0]
        t = Tokenizer.from_str(json.dumps(described))
        write(f'{family}.json', [t.encode(s, add_special_tokens=False).ids for s in strings])
