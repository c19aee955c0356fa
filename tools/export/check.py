"""Compares an exported folder with PyTorch on a built-in pair of pictures."""

import os

import numpy as np
import torch
from PIL import Image, ImageDraw

from dtypes import SUFFIX

QUESTION = 'Which shape is drawn in the image?\nA: circle\nB: square\nReply with the letter of the option.'
OPTION = 'a bright circle near the upper edge'


def pair():
    """Two RGB pictures of different sizes: a circle and a square on a gradient."""
    pictures = []
    for kind, size in (('circle', (160, 120)), ('square', (97, 140))):
        y, x = np.mgrid[0 : size[1], 0 : size[0]]
        colours = np.stack([x * 200 // size[0], y * 200 // size[1], (x + y) * 3 % 256], -1)
        picture = Image.fromarray(colours.astype(np.uint8))
        draw = ImageDraw.Draw(picture)
        box = [size[0] // 4, size[1] // 5, size[0] // 4 * 3, size[1] // 5 * 3]
        (draw.ellipse if kind == 'circle' else draw.rectangle)(box, fill=(250, 240, 200))
        pictures.append(picture)
    return pictures


class Sessions:
    """The sessions of a folder in onnxruntime, of one dtype where it was made."""

    def __init__(self, out, dtype):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self.held = {}
        for name in ('vision_encoder', 'encoder_model', 'embed_tokens', 'decoder_model_merged'):
            paths = [os.path.join(out, 'onnx', f'{name}{s}.onnx') for s in (SUFFIX[dtype], '')]
            path = next((p for p in paths if os.path.exists(p)), None)
            if path:
                self.held[name] = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])

    def run(self, name, feeds):
        """Outputs by name; only the inputs that the graph has are fed."""
        session = self.held[name]
        wanted = {i.name for i in session.get_inputs()}
        outputs = session.run(None, {k: v for k, v in feeds.items() if k in wanted})
        return dict(zip([o.name for o in session.get_outputs()], outputs))

    def empty(self):
        """A cache of no tokens."""
        types = {'tensor(float)': np.float32, 'tensor(float16)': np.float16}
        return {
            i.name: np.zeros([d if isinstance(d, int) else 0 for d in i.shape], types[i.type])
            for i in self.held['decoder_model_merged'].get_inputs()
            if i.name.startswith('past')
        }


def embedded(family, sessions, inputs):
    """Embeddings with the image's features in their places, and what else the decoder takes."""
    ids = inputs['input_ids'].numpy()
    out = sessions.run('embed_tokens', {'input_ids': ids})
    embeds = out.pop('inputs_embeds').copy()
    features, more = family.features(sessions, inputs)
    if features is not None:
        embeds[ids == family.image_token()] = features.reshape(-1, embeds.shape[-1])
    return embeds, {**out, **more}


def decode(family, sessions, embeds, more, positions, start, end, past):
    """Log-probabilities [end - start, vocabulary] of tokens [start, end), and the cache behind them."""
    feeds = {
        'inputs_embeds': embeds[:, start:end],
        'attention_mask': np.ones((1, end), np.int64),
        'position_ids': np.ascontiguousarray(positions[..., start:end]),
        'num_logits_to_keep': np.array(0, np.int64),
        **family.decoder_feeds(more, start, end),
        **past,
    }
    out = sessions.run('decoder_model_merged', feeds)
    logits = torch.tensor(out.pop('logits')[0]).double()
    return torch.log_softmax(logits, -1), {n.replace('present', 'past_key_values'): v for n, v in out.items()}


def compare(family, processor, out, dtype):
    """The largest differences of one dtype from PyTorch.

    whole: every token of the prompt; cached: an option behind the cached prompt; same: whether the likelier letter is the same.
    """
    sessions = Sessions(out, dtype)
    letters = [processor.tokenizer.encode(x, add_special_tokens=False)[-1] for x in 'AB']
    figures = {'whole': 0.0, 'cached': 0.0, 'same': True}
    for picture in pair():
        prompt = family.inputs(processor, QUESTION, picture)
        longer = family.with_text(processor, prompt, OPTION)
        count = prompt['input_ids'].shape[1]
        with torch.no_grad():
            want = torch.log_softmax(family.logits(longer).double(), -1)
            alone = torch.log_softmax(family.logits(prompt).double(), -1)
        embeds, more = embedded(family, sessions, longer)
        positions = family.positions(longer)
        first, past = decode(family, sessions, embeds, more, positions, 0, count, sessions.empty())
        rest, _ = decode(family, sessions, embeds, more, positions, count, embeds.shape[1], past)
        figures['whole'] = max(figures['whole'], (first - alone).abs().max().item())
        figures['cached'] = max(figures['cached'], (rest - want[count:]).abs().max().item())
        figures['same'] &= bool((first[-1, letters[0]] >= first[-1, letters[1]]) == (alone[-1, letters[0]] >= alone[-1, letters[1]]))
    return figures
