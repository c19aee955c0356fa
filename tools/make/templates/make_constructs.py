#!/usr/bin/env python3
"""make_constructs.py OUT.json: what Jinja2, as transformers sets it up for chat templates, renders of each construct of constructs.py, or its error.

Made with transformers 5.24.0 and Jinja2 3.1.6; the day is held at 26 July 2024. Needs neither torch nor a model.
"""
import copy, datetime, json, sys
from constructs import CONSTRUCTS, VALUES
from transformers.utils import chat_template_utils


class Day(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26)


chat_template_utils.datetime = Day
cases = []
for kind, templates in CONSTRUCTS.items():
    for template in templates:
        case = {'kind': kind, 'template': template}
        try:
            case['rendered'] = chat_template_utils._compile_jinja_template(template).render(**copy.deepcopy(VALUES))
        except Exception as e:
            case['error'] = str(e).split('\n')[0]
        # An address in memory: the template writes out what has no text.
        if ' at 0x' in case.get('rendered', ''):
            case['error'] = case.pop('rendered').split(' at 0x')[0]
        cases.append(case)
with open(sys.argv[1], 'w', encoding='utf-8') as f:
    json.dump({'values': VALUES, 'cases': cases}, f, indent=1, ensure_ascii=False)
    f.write('\n')
print(len(cases), sum('error' in c for c in cases), 'errors')
