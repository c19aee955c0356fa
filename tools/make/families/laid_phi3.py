"""Phi-3-vision in the session layout of its public exports: CLIP, the merge of crops, and Phi-3, composed here of transformers' own modules."""

import exported as E
import kit as K
import numpy as np
import torch
from exported import CLIP, c2
from laid_out import TEXT, language_model, traced
from PIL import Image
from public_export import WithHead
from tokenizers import Tokenizer
from torch import nn

SIDE, PATCH, CROPS, WIDTH = 336, 14, 4, 8
# Patches and tokens along a crop's side.
GRID, HALF = SIDE // PATCH, SIDE // PATCH // 2
PHI = "{% for message in messages %}{{ '<|' + message['role'] + '|>\n' + message['content'] + '<|end|>\n' }}{% endfor %}{% if add_generation_prompt and messages[-1]['role'] != 'assistant' %}{{ '<|assistant|>\n' }}{% endif %}"


class Net(nn.Module):
    """Ids, pixels and sizes to logits."""

    def __init__(self, vision, text, image_id):
        super().__init__()
        from transformers import CLIPVisionModel, Phi3ForCausalLM

        self.vision, self.text, self.image_id = CLIPVisionModel(vision), Phi3ForCausalLM(text), image_id
        self.glb_GN = nn.Parameter(torch.zeros(1, 1, WIDTH * 4))
        self.sub_GN = nn.Parameter(torch.zeros(1, 1, 1, WIDTH * 4))
        self.img_projection = nn.Sequential(nn.Linear(WIDTH * 4, text.hidden_size), nn.GELU(), nn.Linear(text.hidden_size, text.hidden_size))
        self.config = text

    def tie_weights(self):
        """Nothing is shared."""

    def merged(self, features, high, wide):
        """Crops [high * wide, patches, width] as rows of tokens: four patches a token, and a mark behind each line."""
        count = high * wide
        x = features.reshape(count, HALF, 2, HALF, 2, WIDTH).permute(0, 1, 3, 2, 4, 5).reshape(count, HALF * HALF, 4 * WIDTH)
        x = x.reshape(1, high, wide, HALF, HALF, 4 * WIDTH).permute(0, 1, 3, 2, 4, 5).reshape(1, high * HALF, wide * HALF, 4 * WIDTH)
        return torch.cat([x, self.sub_GN.expand(1, high * HALF, 1, 4 * WIDTH)], 2).reshape(1, -1, 4 * WIDTH)

    def seen(self, pixel_values, image_sizes):
        """Rows [tokens, width of the text] of one image: its crops, a mark, the whole of it."""
        features = self.vision(pixel_values.flatten(0, 1), output_hidden_states=True).hidden_states[-2][:, 1:]
        high, wide = (torch.div(x, SIDE, rounding_mode='floor') for x in image_sizes[0])
        crops = self.merged(features[1 : 1 + high * wide], high, wide)
        whole = self.merged(features[:1], 1, 1)
        return self.img_projection(torch.cat([crops, self.glb_GN, whole], 1))[0]

    def forward(self, input_ids, pixel_values, image_sizes, attention_mask=None):
        """Logits [1, tokens, vocabulary]."""
        embeds = self.text.model.embed_tokens(input_ids)
        embeds[input_ids == self.image_id] = self.seen(pixel_values, image_sizes)
        return self.text(inputs_embeds=embeds, attention_mask=attention_mask).logits


class Seen(nn.Module):
    """vision_encoder."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, pixel_values, image_sizes):
        return self.net.seen(pixel_values, image_sizes)


class Prepare(nn.Module):
    """prepare_inputs_embeds: rows of features in the places of negative ids."""

    def __init__(self, table):
        super().__init__()
        self.table = table

    def forward(self, input_ids, image_features):
        embeds = self.table(input_ids.clamp_min(0)).clone()
        embeds[input_ids < 0] = image_features
        return embeds


def prepared(picture, most):
    """(pixels [1, most + 1, 3, side, side], size [1, 2], tokens) as image_processing_phi3_v.py has them."""
    image = picture.convert('RGB')
    turned = image.width < image.height
    if turned:
        image = image.transpose(Image.Transpose.TRANSPOSE)
    ratio, across = image.width / image.height, 1
    while across * np.ceil(across / ratio) <= most:
        across += 1
    wide = (across - 1) * SIDE
    image = image.resize((wide, int(wide / ratio)), Image.Resampling.BILINEAR)
    high = int(np.ceil(image.height / SIDE)) * SIDE
    canvas = Image.new('RGB', (wide, high), (255, 255, 255))
    canvas.paste(image, (0, int((high - image.height) / 2)))
    if turned:
        canvas = canvas.transpose(Image.Transpose.TRANSPOSE)
    x = torch.tensor(np.array(canvas)).permute(2, 0, 1).float().div(255)
    x = x.sub(torch.tensor(CLIP['image_mean'])[:, None, None]).div(torch.tensor(CLIP['image_std'])[:, None, None])
    whole = nn.functional.interpolate(x[None], size=(SIDE, SIDE), mode='bicubic')
    down, along = x.shape[1] // SIDE, x.shape[2] // SIDE
    crops = x.reshape(3, down, SIDE, along, SIDE).permute(1, 3, 0, 2, 4).reshape(-1, 3, SIDE, SIDE)
    pixels = torch.zeros(1, most + 1, 3, SIDE, SIDE)
    pixels[0, : 1 + len(crops)] = torch.cat([whole, crops])
    tokens = (down * along + 1) * HALF * HALF + 1 + (down + 1) * HALF
    return pixels, torch.tensor([[x.shape[1], x.shape[2]]]), tokens


def tokenizer():
    """Llama's kind of tokenizer.json, as Phi-3's: a mark in front of every text, bytes for what is unknown, `<s>` in front."""
    letters, pairs = K.train_metaspace(40)
    pairs += [('▁', x) for x in 'AB']
    pieces = ['<unk>', '<s>', '</s>', *K.BYTES, *[x for x in letters if x != '\n']]
    pieces += [a + b for a, b in pairs if a + b not in pieces]
    pieces = list(dict.fromkeys(pieces))
    vocab = {piece: i for i, piece in enumerate(pieces)}
    marks = ['<|endoftext|>', '<|assistant|>', '<|system|>', '<|end|>', '<|user|>', '<|image|>']
    added = [K.added(vocab[x], x) for x in ('<unk>', '<s>', '</s>')] + [{**K.added(len(vocab) + i, x), 'rstrip': x == '<|assistant|>'} for i, x in enumerate(marks)]
    text = lambda name, kind=0: {'Sequence': {'id': name, 'type_id': kind}}
    first = lambda kind=0: {'SpecialToken': {'id': '<s>', 'type_id': kind}}
    blank = {'type': 'Replace', 'pattern': {'String': ' '}, 'content': '▁'}
    return {'version': '1.0', 'truncation': None, 'padding': None, 'added_tokens': added, 'normalizer': {'type': 'Sequence', 'normalizers': [{'type': 'Prepend', 'prepend': '▁'}, blank]}, 'pre_tokenizer': None,
            'post_processor': {'type': 'TemplateProcessing', 'single': [first(), text('A')], 'pair': [first(), text('A'), first(1), text('B', 1)], 'special_tokens': {'<s>': {'id': '<s>', 'ids': [vocab['<s>']], 'tokens': ['<s>']}}},
            'decoder': {'type': 'Sequence', 'decoders': [{'type': 'Replace', 'pattern': {'String': '▁'}, 'content': ' '}, {'type': 'ByteFallback'}, {'type': 'Fuse'}, {'type': 'Strip', 'content': ' ', 'start': 1, 'stop': 0}]},
            'model': {'type': 'BPE', 'dropout': None, 'unk_token': '<unk>', 'continuing_subword_prefix': None, 'end_of_word_suffix': None, 'fuse_unk': True, 'byte_fallback': True, 'ignore_merges': False, 'vocab': vocab, 'merges': [list(x) for x in pairs]}}


class Phi3V:
    """The family as make_laid_out.py asks it."""

    name, first, gains = 'phi3_v', 9800, ()
    decoder, end = 'model', '<|end|>'
    # Two crops beside each other, four in a square, two above each other, four in a row.
    sizes = {101: (40, 18), 102: (40, 18), 201: (50, 37), 202: (32, 65), 301: (41, 20), 302: (55, 13)}

    def model(self, folder):
        """The network, having written tokenizer and settings into the folder."""
        from transformers import CLIPVisionConfig, Phi3Config

        tok = tokenizer()
        Tokenizer.from_str(E.json.dumps(tok))
        names = {f'{part}_token': mark for part, mark in (('bos', '<s>'), ('eos', '<|endoftext|>'), ('pad', '<|endoftext|>'), ('unk', '<unk>'))}
        self.ids, size = E.save_tokenizer(folder, tok, {'add_bos_token': True, 'add_eos_token': False, 'chat_template': PHI, 'processor_class': 'Phi3VProcessor', **names})
        c2.write(f'{folder}/preprocessor_config.json', {'do_convert_rgb': True, 'image_processor_type': 'Phi3VImageProcessor', 'num_crops': CROPS, 'num_img_tokens': HALF * HALF, 'processor_class': 'Phi3VProcessor', **CLIP})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'Phi3VProcessor'})
        ends = [self.ids[x] for x in ('<|end|>', '<|assistant|>', '<|endoftext|>')]
        c2.write(f'{folder}/generation_config.json', {'bos_token_id': 1, 'eos_token_id': ends, 'pad_token_id': ends[-1]})
        half = TEXT['head_dim'] // 2
        factors = {'short_factor': [1 + 0.1 * i for i in range(half)], 'long_factor': [1 + i for i in range(half)]}
        text = {'vocab_size': size, 'max_position_embeddings': 131072, 'original_max_position_embeddings': 4096, 'sliding_window': 131072, 'rms_norm_eps': 1e-5, 'bos_token_id': 1, 'eos_token_id': ends[-1], 'pad_token_id': ends[-1], 'tie_word_embeddings': False, **TEXT}
        c2.write(f'{folder}/config.json', {'architectures': ['Phi3VForCausalLM'], 'model_type': 'phi3_v', 'hidden_act': 'silu', 'embd_layer': {'embedding_cls': 'image', 'hd_transform_order': 'sub_glb', 'projection_cls': 'mlp', 'use_hd_transform': True, 'with_learnable_separator': True}, 'img_processor': {'image_dim_out': WIDTH, 'name': 'clip_vision_model', 'num_img_tokens': HALF * HALF}, 'rope_theta': 10000.0, 'rope_scaling': {'type': 'su', **factors}, **text})
        vision = CLIPVisionConfig(hidden_size=WIDTH, intermediate_size=2 * WIDTH, num_hidden_layers=3, num_attention_heads=2, image_size=SIDE, patch_size=PATCH, projection_dim=WIDTH, hidden_act='quick_gelu')
        return Net(vision, Phi3Config(rope_parameters={'rope_type': 'longrope', 'rope_theta': 10000.0, 'original_max_position_embeddings': 4096, **factors}, attn_implementation='eager', **text), self.ids['<|image|>'])

    def rendered(self, tok, text):
        """The prompt of one picture and one text, by the template as its card calls it."""
        chat = [{'role': 'user', 'content': '<|image_1|>\n' + text}]
        return tok.apply_chat_template(chat, chat_template=PHI, add_generation_prompt=True, tokenize=False)

    def called(self, tok, prompt, picture):
        """What the network takes for a rendered prompt and its picture (processing_phi3_v.py): each text by itself, the image's tokens between."""
        pixels, sizes, tokens = prepared(picture, CROPS)
        before, behind = (tok(part).input_ids for part in prompt.split('<|image_1|>'))
        ids = [*before, *[self.ids['<|image|>']] * tokens, *behind]
        return {'input_ids': torch.tensor([ids]), 'attention_mask': torch.ones(1, len(ids), dtype=torch.long), 'pixel_values': pixels, 'image_sizes': sizes}

    def head(self, net):
        """The output matrix."""
        return net.text.lm_head

    def run(self, net, inputs):
        """Logits [tokens, vocabulary]."""
        return net(**inputs)[0]

    def graphs(self, net):
        """The session files by name."""
        pixels, sizes = torch.randn(1, CROPS + 1, 3, SIDE, SIDE), torch.tensor([[2 * SIDE, SIDE]])
        seen = traced(Seen(net), {'pixel_values': pixels, 'image_sizes': sizes}, {'pixel_values': {0: 'num_images', 1: 'max_num_crops'}, 'image_sizes': {0: 'num_images'}, 'image_features': {0: 'num_image_tokens'}}, ['image_features'])
        width = TEXT['hidden_size']
        prepare = traced(Prepare(net.text.model.embed_tokens), {'input_ids': torch.tensor([[1, -1, -1, 2]]), 'image_features': torch.randn(2, width)}, {'input_ids': {0: 'batch_size', 1: 'sequence_length'}, 'image_features': {0: 'num_image_tokens'}}, ['inputs_embeds'])
        return {'vision_encoder': seen, 'prepare_inputs_embeds': prepare, 'model': language_model(WithHead(net.text), 'logits')}

    def features(self, sessions, inputs):
        """Embeddings of a prompt with its image by the graphs alone, as Lookalike asks them."""
        ids = inputs['input_ids'].numpy()
        text = sessions['prepare_inputs_embeds'].run(None, {'input_ids': ids, 'image_features': np.zeros((0, TEXT['hidden_size']), np.float32)})[0]
        rows = sessions['vision_encoder'].run(None, {k: inputs[k].numpy() for k in ('pixel_values', 'image_sizes')})[0]
        text[ids == self.ids['<|image|>']] = rows
        return text

    def logits(self, _sessions, out):
        """Logits [tokens, vocabulary] of a run of the decoder's session."""
        return out['logits'][0]
