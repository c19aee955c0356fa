"""What families in session layouts of their own share: graphs, references, and the proof that the two agree."""

import json
import os
import shutil
import tempfile

import exported as E
import kit as K
import numpy as np
import onnx
import torch
from families.base import Family
from graphs import export, name_axes, without_traces

TEXT = {'hidden_size': 16, 'intermediate_size': 32, 'num_hidden_layers': 2, 'num_attention_heads': 2, 'num_key_value_heads': 1, 'head_dim': 8}
# Image sizes by local id.
SIZES = {101: (28, 28), 102: (28, 28), 201: (50, 37), 202: (32, 65), 301: (20, 15), 302: (55, 45)}


def traced(module, inputs, axes, outputs):
    """A graph by PyTorch's older exporter, with which these exports were made."""
    path = os.path.join(tempfile.mkdtemp(), 'graph.onnx')
    with torch.no_grad():
        torch.onnx.export(module.eval(), tuple(inputs.values()), path, input_names=list(inputs), output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False)
    model = shortened(without_traces(onnx.load(path)))
    shutil.rmtree(os.path.dirname(path))
    return model


def language_model(module, first):
    """A text model behind its embeddings with a cache, whose first output is `first`."""
    layers, width = TEXT['num_hidden_layers'], TEXT['hidden_size']
    pairs = [(i, part) for i in range(layers) for part in ('key', 'value')]
    new, old = 5, 7
    shape = (1, TEXT['num_key_value_heads'], old, TEXT['head_dim'])
    inputs = {'inputs_embeds': torch.randn(1, new, width), 'attention_mask': torch.ones(1, old + new, dtype=torch.long), 'position_ids': torch.arange(old, old + new)[None], 'past': [torch.randn(*shape) for _ in pairs]}
    axes = {'inputs_embeds': {1}, 'attention_mask': {1}, 'position_ids': {1}, 'past': [{2}] * len(pairs)}
    past, present = ([f'{kind}.{i}.{part}' for i, part in pairs] for kind in ('past_key_values', 'present'))
    model = export(module, inputs, axes, [first, *present], ['inputs_embeds', 'attention_mask', 'position_ids', *past])
    rows = {'inputs_embeds': {1: 'sequence_length'}, 'attention_mask': {1: 'total_sequence_length'}, 'position_ids': {1: 'sequence_length'}, first: {1: 'sequence_length'}}
    name_axes(model.graph.input, lambda n: {2: 'past_sequence_length'} if n.startswith('past') else rows.get(n))
    name_axes(model.graph.output, lambda n: {2: 'total_sequence_length'} if n.startswith('present') else rows.get(n))
    return shortened(model)


def shortened(model):
    """The graph with short names within: long ones take more room than these weights."""
    graph = model.graph
    kept = {x.name for x in (*graph.input, *graph.output)}
    names = {}
    short = lambda name: name if name in kept or not name else names.setdefault(name, f't{len(names)}')
    for i, node in enumerate(graph.node):
        node.name = f'{node.op_type}{i}'
        node.input[:] = [short(x) for x in node.input]
        node.output[:] = [short(x) for x in node.output]
    for tensor in graph.initializer:
        tensor.name = short(tensor.name)
    return model


def proved(out, spec, items, data, images, tok):
    """The graphs in onnxruntime against the references: whole runs, and options behind the cached prompt."""
    import onnxruntime as ort

    sessions = {f[:-5]: ort.InferenceSession(f'{out}/model/onnx/{f}', providers=['CPUExecutionProvider']) for f in os.listdir(f'{out}/model/onnx')}
    decoder = sessions[spec.decoder]
    takes = {i.name: i.shape for i in decoder.get_inputs()}
    names = [o.name for o in decoder.get_outputs()]
    empty = {n: np.zeros([1 if i == 0 else 0 if isinstance(x, str) else x for i, x in enumerate(s)], np.float32) for n, s in takes.items() if n.startswith('past')}

    def run(embeds, start, past):
        total = start + embeds.shape[1]
        feeds = {'inputs_embeds': embeds, 'attention_mask': np.ones((1, total), np.int64), 'position_ids': np.arange(start, total)[None], 'num_logits_to_keep': np.array(0, np.int64), **past}
        made = dict(zip(names, decoder.run(None, {k: v for k, v in feeds.items() if k in takes})))
        scores = torch.log_softmax(torch.tensor(spec.logits(sessions, made)).double(), -1)
        return scores, {n.replace('present', 'past_key_values'): v for n, v in made.items() if n.startswith('present')}

    worst = {'gd': 0.0, 'ps': 0.0, 'cached': 0.0}
    for pid, row in data.items():
        for k in ('im_1', 'im_2'):
            e, picture = items[pid][k], images[row[k + '_local']]
            scores, _ = run(spec.features(sessions, spec.called(tok, e['gd_prompt'], picture)), 0, empty)
            worst['gd'] = max(worst['gd'], *(abs(scores[-1, e['gd']['token_ids'][x]].item() - e['gd'][x]) for x in 'AB'))
            for x in 'AB':
                embeds = spec.features(sessions, spec.called(tok, e['ps_prompt'] + row['option_' + x], picture))
                n, tokens, want = e['ps'][x]['start'], torch.tensor(e['ps'][x]['tokens']), torch.tensor(e['ps'][x]['token_logprobs'])
                of = lambda scores: scores[: len(tokens)].gather(1, tokens[:, None])[:, 0]
                whole, _ = run(embeds, 0, empty)
                worst['ps'] = max(worst['ps'], (of(whole[n - 1 :]) - want).abs().max().item())
                first, past = run(embeds[:, :n], 0, empty)
                rest, _ = run(embeds[:, n:], n, past)
                worst['cached'] = max(worst['cached'], (of(torch.cat([first[-1:], rest])) - want).abs().max().item())
    print('onnxruntime, fp32', {k: f'{v:.1e}' for k, v in worst.items()})
    assert max(worst.values()) < 1e-3


def make(out, spec, seed):
    """Writes OUT/model, OUT/benchmark and OUT/reference.json."""
    from transformers import PreTrainedTokenizerFast

    model = K.start(out)
    net = E.fill(spec.model(model), seed, spec.gains)
    tok = PreTrainedTokenizerFast.from_pretrained(model)
    data = K.dataset(E.ROWS, spec.first)
    images = K.write_benchmark(out, data, spec.sizes, spec.first + 7 * seed)
    call = lambda text, picture: spec.called(tok, text, picture)
    chat = lambda messages: spec.rendered(tok, messages[0]['content'][-1]['text'])
    letters = [tok.encode(x, add_special_tokens=False)[0] for x in 'AB']
    logits = lambda inputs: spec.run(net, inputs) if hasattr(spec, 'run') else net(**inputs).logits[0]
    E.damp(spec.head(net).weight, json.load(open(f'{model}/tokenizer.json')))
    for _ in range(3):
        K.boost(net, spec.head(net), data, images, chat, call, letters, 4.5, logits)
    for name, graph in spec.graphs(net).items():
        onnx.save(graph, f'{model}/onnx/{name}.onnx')
    K.extend = Family(net).with_ids
    items = K.reference(net, tok, chat, call, data, images, [spec.ids[spec.end]], None, None, 8, logits)
    K.report(items)
    for item in items.values():
        for key in ('im_1', 'im_2'):
            item[key].pop('bare_letter')
    import PIL
    import transformers

    made = f'transformers {transformers.__version__}, torch {torch.__version__}, Pillow {PIL.__version__}, fp32 on CPU, log-softmax in float64'
    K.write_reference(f'{out}/reference.json', {'family': spec.name, 'dtype': 'fp32', 'made_with': made, 'prompts': K.PROMPTS, 'items': items})
    proved(out, spec, items, data, images, tok)
