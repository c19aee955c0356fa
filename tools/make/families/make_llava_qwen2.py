"""Tiny random FastVLM in its makers' layout (llava_qwen2), with references by the makers' own code. usage: make_llava_qwen2.py OUT CHECKOUT

CHECKOUT: github.com/apple/ml-fastvlm at 592b4ad. Its model, projector, padding, prompt and tokenising are used as they are; its tower is the same class with fewer
and narrower layers.
"""

import json
import os
import sys

import exported as E
from exported import K, c2, np, torch
from public_export import write_graphs
from transformers import PreTrainedTokenizerFast
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

SEED = int(os.environ.get('SEED', 3))
SIZE, ROWS, TOWER = 192, 9, 'mobileclip_l_192'
SIZES = {101: (40, 40), 102: (40, 40), 201: (70, 43), 202: (36, 64), 301: (40, 30), 302: (58, 50)}
TEXT = {'hidden_size': 24, 'intermediate_size': 48, 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2}
# Qwen2's, which takes strings only.
TEMPLATE = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"


def makers(checkout):
    """The makers' modules, with a name for a small tower: (llava_qwen, mm_utils, conversation)."""
    sys.path.insert(0, checkout)
    from functools import partial

    import llava.model.multimodal_encoder.mobileclip as mobileclip
    from llava import conversation, mm_utils
    from llava.model.language_model import llava_qwen
    from llava.model.multimodal_encoder.mobileclip import mci
    from timm.models import register_model

    def fastvithd_tiny(pretrained=False, **kwargs):
        place = partial(mci.RepCPE, spatial_shape=(7, 7))
        mixers = ('repmixer', 'repmixer', 'repmixer', 'attention', 'attention')
        return mci.FastViT([1] * 5, mixers, [8, 8, 8, 32, 32], [2, 2, 2, 1, 1], [True] * 5, pos_embs=[None] * 3 + [place] * 2, norm_layer=mci.LayerNormChannel, cls_ratio=1.0, stem_scale_branch=False, inference_mode=True, **kwargs)

    fastvithd_tiny.__module__ = mci.__name__
    register_model(fastvithd_tiny)
    mobileclip.load_model_config = lambda name: {'embed_dim': 16, 'image_cfg': {'image_size': SIZE, 'model_name': 'fastvithd_tiny', 'embed_dim': 32, 'patch_size': 64}}
    return llava_qwen, mm_utils, conversation


def settings(ids, vocabulary):
    """config.json, as the makers and the public export have it."""
    return {
        'architectures': ['LlavaQwen2ForCausalLM'], 'attention_dropout': 0.0, 'bos_token_id': ids['<|endoftext|>'], 'eos_token_id': ids['<|im_end|>'], 'freeze_mm_mlp_adapter': False,
        'hidden_act': 'silu', 'image_aspect_ratio': 'pad', 'image_grid_pinpoints': None, 'image_token_index': ids['<image>'], 'initializer_range': 0.02, 'max_position_embeddings': 1024, 'max_window_layers': 2,
        'mm_hidden_size': 32, 'mm_patch_merge_type': 'flat', 'mm_projector_lr': None, 'mm_projector_type': 'mlp2x_gelu', 'mm_use_im_patch_token': False, 'mm_use_im_start_end': False,
        'mm_vision_select_feature': 'patch', 'mm_vision_select_layer': -2, 'mm_vision_tower': TOWER, 'model_type': 'llava_qwen2', 'rms_norm_eps': 1e-6, 'rope_theta': 1000000.0, 'sliding_window': 1024,
        'tie_word_embeddings': False, 'tokenizer_model_max_length': 1024, 'tokenizer_padding_side': 'right', 'torch_dtype': 'float32', 'transformers_version': '4.39.3', 'tune_mm_mlp_adapter': False,
        'unfreeze_mm_vision_tower': True, 'use_cache': True, 'use_mm_proj': True, 'use_sliding_window': False, 'vocab_size': vocabulary, **TEXT,
    }  # fmt: skip


class Vision(torch.nn.Module):
    """Tower and projector as encode_images (llava_arch.py) puts them together."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, pixel_values):
        return self.net.encode_images(pixel_values)


def centre(net, pixels):
    """Makes the projector's first layer see what differs between the pictures: a random tower gives nearly the same rows for all."""
    with torch.no_grad():
        rows = net.get_vision_tower()(pixels).flatten(0, 1)
        first = net.model.mm_projector[0]
        first.weight /= rows.std(0) + 1e-3
        first.bias -= first.weight @ rows.mean(0)


def main(out, checkout):
    """Writes OUT/model, OUT/benchmark and OUT/reference.json."""
    folder = K.start(out)
    llava, mm_utils, conversation = makers(checkout)
    config = {'add_prefix_space': False, 'additional_special_tokens': ['<|im_start|>', '<|im_end|>'], 'bos_token': None, 'chat_template': TEMPLATE, 'eos_token': '<|im_end|>', 'errors': 'replace', 'pad_token': '<|endoftext|>', 'processor_class': 'LlavaProcessor', 'split_special_tokens': False, 'tokenizer_class': 'Qwen2Tokenizer', 'unk_token': None}
    ids, count = E.byte_level(folder, ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<image>'], config, size=300)
    tok = PreTrainedTokenizerFast(tokenizer_file=f'{folder}/tokenizer.json', eos_token='<|im_end|>', pad_token='<|endoftext|>')
    tok.chat_template = TEMPLATE
    own = settings(ids, -(-count // 8) * 8)
    c2.write(f'{folder}/config.json', own)
    c2.write(f'{folder}/generation_config.json', {'bos_token_id': own['bos_token_id'], 'eos_token_id': own['eos_token_id']})
    pixels = {'crop_size': {'height': SIZE, 'width': SIZE}, 'do_center_crop': True, 'do_convert_rgb': True, 'do_normalize': True, 'do_rescale': True, 'do_resize': True, 'image_mean': [0.0] * 3, 'image_std': [1.0] * 3, 'resample': 3, 'rescale_factor': 0.00392156862745098, 'size': {'shortest_edge': SIZE}}
    c2.write(f'{folder}/preprocessor_config.json', {**pixels, 'image_processor_type': 'CLIPImageProcessor', 'processor_class': 'LlavaProcessor'})
    c2.write(f'{folder}/processor_config.json', {'image_token': '<image>', 'num_additional_image_tokens': 0, 'patch_size': 64, 'processor_class': 'LlavaProcessor'})
    processor = CLIPImageProcessorPil(**pixels)
    given = llava.LlavaConfig(**{k: v for k, v in own.items() if k not in ('architectures', 'model_type', 'torch_dtype', 'transformers_version')})
    given._attn_implementation = 'eager'
    net = E.fill(llava.LlavaQwen2ForCausalLM(given), SEED, (('.bn.', 6.0),)).float()
    data = K.dataset(E.ROWS, 9700)
    images = K.write_benchmark(out, data, SIZES, 9700 + 7 * SEED)

    def chat(messages):
        """The prompt of predict.py, which the folder's template writes too."""
        parts = messages[0]['content']
        text = ''.join('<image>\n' if p['type'] == 'image' else p['text'] for p in parts)
        made = conversation.conv_templates['qwen_2'].copy()
        made.append_message(made.roles[0], text)
        made.append_message(made.roles[1], None)
        prompt = made.get_prompt()
        assert prompt == tok.apply_chat_template([{'role': 'user', 'content': text}], add_generation_prompt=True, tokenize=False)
        return prompt

    def encode(text):
        """Their ids, with as many image tokens as the tower gives rows in the place of their -200."""
        return [i for t in mm_utils.tokenizer_image_token(text, tok) for i in ([ids['<image>']] * ROWS if t == -200 else [t])]

    def call(text, image):
        return {'input_ids': torch.tensor([encode(text)]), 'pixel_values': mm_utils.process_images([image.convert('RGB')], processor, given)}

    def logits(inputs):
        """Their forward, from their own ids: one -200 where our tokens stand."""
        row = inputs['input_ids'][0].tolist()
        first = row.index(ids['<image>'])
        theirs = torch.tensor([[*row[:first], -200, *row[first + ROWS:]]])
        return net(input_ids=theirs, images=inputs['pixel_values'], image_sizes=[(SIZE, SIZE)]).logits[0]

    centre(net, torch.cat([call('<image>', image)['pixel_values'] for image in images.values()]))
    letters = [tok.encode(x, add_special_tokens=False) for x in 'AB']
    assert all(len(x) == 1 for x in letters), letters
    E.damp(net.lm_head.weight, json.load(open(f'{folder}/tokenizer.json')))
    for _ in range(3):
        K.boost(net, net.lm_head, data, images, chat, call, [x[0] for x in letters], 4.5, logits)
    write_graphs(folder, Vision(net), net, SIZE)
    items = K.reference(net, tok, chat, call, data, images, [own['eos_token_id']], None, lambda i: net.encode_images(i['pixel_values']), 8, logits)
    K.report(items)
    K.verify(out, items, data, images, call, ids['<image>'], lambda i: {'pixel_values': i['pixel_values'].numpy()}, lambda i: np.arange(i['input_ids'].shape[1])[None])
    blind = K.text_only(net, tok, chat, encode, data)
    for item in items.values():
        for key in ('im_1', 'im_2'):
            item[key].pop('bare_letter')
    K.write_reference(f'{out}/reference.json', {'family': 'llava_qwen2', 'dtype': 'fp32', 'made_with': f'apple/ml-fastvlm 592b4ad, {K.versions()}', 'prompts': K.PROMPTS, 'items': items, 'text_only': blind})


if __name__ == '__main__':
    main(*sys.argv[1:])
