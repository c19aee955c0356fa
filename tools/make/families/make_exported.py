"""Tiny random models of families that come through tools/export, with references by transformers. usage: make_exported.py FAMILY OUT [SEED]"""

import sys

import exported as E
import specs_last
import specs_more
from exported import CLIP, MEAN, TEXT, TOWER, Spec, c2

CHATML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}{% for c in message['content'] %}{% if c['type'] == 'image' %}{{ '<IMG_CONTEXT>\\n' }}{% else %}{{ c['text'] }}{% endif %}{% endfor %}{{ '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
# llava-hf/llava-v1.6-mistral-7b-hf
INST = "{% for message in messages %}{% if message['role'] != 'assistant' %}{{ '[INST] ' }}{% for c in message['content'] %}{% if c['type'] == 'image' %}{{ '<image>\\n' }}{% else %}{{ c['text'] }}{% endif %}{% endfor %}{{ ' [/INST]' }}{% else %}{{ message['content'][0]['text'] }}{% endif %}{% endfor %}"
class Llava(Spec):
    name, first = 'llava', 7900

    def model(self, folder):
        from transformers import LlavaConfig, LlavaForConditionalGeneration

        ids, size = E.metaspace(folder, {'processor_class': 'LlavaProcessor'})
        open(f'{folder}/chat_template.jinja', 'w').write(E.make_llava.TEMPLATE)
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'CLIPImageProcessor', 'do_resize': True, 'do_center_crop': True, 'do_normalize': True, 'do_rescale': True, 'do_convert_rgb': True, 'resample': 3, 'rescale_factor': 1 / 255, 'size': {'shortest_edge': 56}, 'crop_size': {'height': 56, 'width': 56}, **CLIP})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'LlavaProcessor', 'image_token': '<image>', 'patch_size': 14, 'num_additional_image_tokens': 1, 'vision_feature_select_strategy': 'default'})
        vision = {'model_type': 'clip_vision_model', 'image_size': 56, 'patch_size': 14, 'projection_dim': 32, **TOWER}
        text = {'model_type': 'llama', 'vocab_size': size, 'bos_token_id': 1, 'eos_token_id': 2, 'pad_token_id': ids['<pad>'], **TEXT}
        return LlavaForConditionalGeneration(LlavaConfig(vision_config=vision, text_config=text, image_token_index=ids['<image>'], vision_feature_layer=-2, vision_feature_select_strategy='default'))


class LlavaNext(Spec):
    name, first = 'llava_next', 8000
    pins = [[56, 112], [112, 56], [112, 112]]

    def model(self, folder):
        from transformers import LlavaNextConfig, LlavaNextForConditionalGeneration

        ids, size = E.metaspace(folder, {'processor_class': 'LlavaNextProcessor'})
        open(f'{folder}/chat_template.jinja', 'w').write(INST)
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'LlavaNextImageProcessor', 'do_resize': True, 'do_center_crop': True, 'do_normalize': True, 'do_rescale': True, 'do_pad': True, 'do_convert_rgb': True, 'resample': 3, 'rescale_factor': 1 / 255, 'size': {'shortest_edge': 56}, 'crop_size': {'height': 56, 'width': 56}, 'image_grid_pinpoints': self.pins, **CLIP})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'LlavaNextProcessor', 'image_token': '<image>', 'patch_size': 14, 'num_additional_image_tokens': 1, 'vision_feature_select_strategy': 'default'})
        vision = {'model_type': 'clip_vision_model', 'image_size': 56, 'patch_size': 14, 'projection_dim': 32, **TOWER}
        text = {'model_type': 'mistral', 'vocab_size': size, 'bos_token_id': 1, 'eos_token_id': 2, 'pad_token_id': ids['<pad>'], 'sliding_window': None, **TEXT}
        return LlavaNextForConditionalGeneration(LlavaNextConfig(vision_config=vision, text_config=text, image_token_index=ids['<image>'], vision_feature_layer=-2, vision_feature_select_strategy='default', image_grid_pinpoints=self.pins))


class InternVL(Spec):
    name, first = 'internvl', 8100

    def model(self, folder):
        from transformers import InternVLConfig, InternVLForConditionalGeneration

        last = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<img>', '</img>', '<IMG_CONTEXT>', '<video>']
        special = {'start_image_token': '<img>', 'end_image_token': '</img>', 'context_image_token': '<IMG_CONTEXT>', 'video_token': '<video>'}
        ids, size = E.byte_level(folder, last, {'processor_class': 'InternVLProcessor', 'eos_token': '<|im_end|>', 'pad_token': '<|endoftext|>', 'extra_special_tokens': special, 'tokenizer_class': 'Qwen2Tokenizer', **special})
        open(f'{folder}/chat_template.jinja', 'w').write(CHATML)
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'GotOcr2ImageProcessor', 'processor_class': 'InternVLProcessor', 'crop_to_patches': True, 'min_patches': 1, 'max_patches': 4, 'do_resize': True, 'do_normalize': True, 'do_rescale': True, 'do_convert_rgb': True, 'resample': 3, 'rescale_factor': 1 / 255, 'size': {'height': 56, 'width': 56}, **CLIP})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'InternVLProcessor', 'image_seq_length': 4})
        vision = {'model_type': 'internvl_vision', 'image_size': [56, 56], 'patch_size': [14, 14], **TOWER}
        text = {'model_type': 'qwen2', 'vocab_size': size, 'bos_token_id': None, 'eos_token_id': ids['<|im_end|>'], 'pad_token_id': ids['<|endoftext|>'], 'tie_word_embeddings': True, **TEXT}
        return InternVLForConditionalGeneration(InternVLConfig(vision_config=vision, text_config=text, image_token_id=ids['<IMG_CONTEXT>'], image_seq_length=4, downsample_ratio=0.5))


class PaliGemma(Spec):
    name, first = 'paligemma', 8200

    def model(self, folder):
        from transformers import PaliGemmaConfig, PaliGemmaForConditionalGeneration

        first = ['<pad>', '<eos>', '<bos>', '<unk>', '<mask>']
        tok, _ = E.K.gemma_tokenizer(first, ['<image>'], more=[('\n', '\n')])
        tok['post_processor'] = None
        special = {'image_token': '<image>'}
        ids, size = E.save_tokenizer(folder, tok, {'processor_class': 'PaliGemmaProcessor', 'tokenizer_class': 'GemmaTokenizer', 'bos_token': '<bos>', 'eos_token': '<eos>', 'pad_token': '<pad>', 'unk_token': '<unk>', 'add_bos_token': False, 'extra_special_tokens': special, **special})
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'SiglipImageProcessor', 'processor_class': 'PaliGemmaProcessor', 'do_resize': True, 'do_normalize': True, 'do_rescale': True, 'do_convert_rgb': None, 'image_seq_length': 16, 'resample': 3, 'rescale_factor': 1 / 255, 'size': {'height': 56, 'width': 56}, **MEAN})
        vision = {'model_type': 'siglip_vision_model', 'image_size': 56, 'patch_size': 14, 'projection_dim': 48, 'vision_use_head': False, **TOWER}
        text = {'model_type': 'gemma', 'vocab_size': size, 'bos_token_id': 2, 'eos_token_id': 1, 'pad_token_id': 0, **TEXT}
        return PaliGemmaForConditionalGeneration(PaliGemmaConfig(vision_config=vision, text_config=text, image_token_index=ids['<image>'], projection_dim=48, hidden_size=48))


def blip_parts(queries=4):
    """Vision tower and Q-Former of both BLIPs."""
    vision = {'image_size': 56, 'patch_size': 14, 'qkv_bias': True, **TOWER}
    qformer = {'encoder_hidden_size': 32, 'cross_attention_frequency': 2, 'vocab_size': 300, 'max_position_embeddings': 128, **TOWER}
    return vision, qformer, queries


def blip_pixels(folder, processor):
    c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'BlipImageProcessor', 'processor_class': processor, 'do_resize': True, 'do_normalize': True, 'do_rescale': True, 'do_convert_rgb': True, 'resample': 3, 'rescale_factor': 1 / 255, 'size': {'height': 56, 'width': 56}, **CLIP})
    c2.write(f'{folder}/processor_config.json', {'processor_class': processor, 'num_query_tokens': 4})


class Blip2(Spec):
    name, first = 'blip-2', 8300

    def model(self, folder):
        from transformers import Blip2Config, Blip2ForConditionalGeneration

        last = ['</s>', '<pad>', '<image>']
        config = {'processor_class': 'Blip2Processor', 'bos_token': '</s>', 'eos_token': '</s>', 'unk_token': '</s>', 'pad_token': '<pad>', 'add_bos_token': True}
        ids, size = E.byte_level(folder, last, config, '</s>')
        blip_pixels(folder, 'Blip2Processor')
        vision, qformer, queries = blip_parts()
        text = {'model_type': 'opt', 'vocab_size': size, 'hidden_size': 48, 'word_embed_proj_dim': 48, 'ffn_dim': 96, 'num_hidden_layers': 2, 'num_attention_heads': 4, 'max_position_embeddings': 256, 'bos_token_id': ids['</s>'], 'eos_token_id': ids['</s>'], 'pad_token_id': ids['<pad>']}
        return Blip2ForConditionalGeneration(Blip2Config(vision_config=vision, qformer_config=qformer, text_config=text, num_query_tokens=queries, image_token_index=ids['<image>']))


class InstructBlip(Spec):
    name, first = 'instructblip', 8400

    def model(self, folder):
        from transformers import InstructBlipConfig, InstructBlipForConditionalGeneration

        ids, size = E.metaspace(folder, {'processor_class': 'InstructBlipProcessor', 'image_token': None, 'extra_special_tokens': None})
        blip_pixels(folder, 'InstructBlipProcessor')
        E.word_pieces(f'{folder}/qformer_tokenizer')
        vision, qformer, queries = blip_parts()
        text = {'model_type': 'llama', 'vocab_size': size, 'bos_token_id': 1, 'eos_token_id': 2, 'pad_token_id': ids['<pad>'], **TEXT}
        return InstructBlipForConditionalGeneration(InstructBlipConfig(vision_config=vision, qformer_config=qformer, text_config=text, num_query_tokens=queries, image_token_index=ids['<image>']))


HEADERS = "{{- bos_token }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' }}{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for c in message['content'] %}{% if c['type'] == 'image' %}{{ '<|image|>' }}{% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}{{ '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"


class Mllama(Spec):
    name, first = 'mllama', 8500
    gains = (('gate', 8.0),)

    def model(self, folder):
        from transformers import MllamaConfig, MllamaForConditionalGeneration

        last = ['<|begin_of_text|>', '<|end_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>', '<|python_tag|>', '<|finetune_right_pad_id|>', '<|image|>']
        config = {'processor_class': 'MllamaProcessor', 'bos_token': '<|begin_of_text|>', 'eos_token': '<|eot_id|>', 'pad_token': '<|finetune_right_pad_id|>'}
        ids, size = E.byte_level(folder, last, config, '<|begin_of_text|>')
        open(f'{folder}/chat_template.jinja', 'w').write(HEADERS)
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'MllamaImageProcessor', 'processor_class': 'MllamaProcessor', 'do_convert_rgb': True, 'do_normalize': True, 'do_pad': True, 'do_rescale': True, 'do_resize': True, 'max_image_tiles': 4, 'resample': 2, 'rescale_factor': 1 / 255, 'size': {'height': 56, 'width': 56}, **CLIP})
        ratios = [[1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [3, 1], [4, 1]]
        vision = {'hidden_size': 32, 'attention_heads': 2, 'intermediate_size': 64, 'num_hidden_layers': 2, 'num_global_layers': 1, 'image_size': 56, 'patch_size': 14, 'max_num_tiles': 4, 'intermediate_layers_indices': [0, 1], 'vision_output_dim': 96, 'supported_aspect_ratios': ratios}
        # The image's token is the first behind the vocabulary, as in the real checkpoints.
        text = {'vocab_size': ids['<|image|>'], 'hidden_size': 48, 'intermediate_size': 96, 'num_hidden_layers': 3, 'num_attention_heads': 4, 'num_key_value_heads': 2, 'cross_attention_layers': [1], 'bos_token_id': ids['<|begin_of_text|>'], 'eos_token_id': ids['<|eot_id|>'], 'pad_token_id': ids['<|finetune_right_pad_id|>'], 'max_position_embeddings': 1024, 'rope_theta': 10000.0, 'rope_scaling': {'rope_type': 'default'}}
        return MllamaForConditionalGeneration(MllamaConfig(vision_config=vision, text_config=text, image_token_index=ids['<|image|>']))


JANUS = "{% for message in messages %}{{ '<|User|>: ' if message['role'] == 'user' else '<|Assistant|>: ' }}{% for c in message['content'] %}{% if c['type'] == 'image' %}{{ '<image_placeholder>\n' }}{% else %}{{ c['text'] }}{% endif %}{% endfor %}{{ '\n\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|Assistant|>:' }}{% endif %}"


class Janus(Spec):
    name, first = 'janus', 8600

    def model(self, folder):
        from transformers import JanusConfig, JanusForConditionalGeneration

        last = ['<bos>', '<eos>', '<pad>', '<begin_of_image>', '<end_of_image>', '<image_placeholder>', '<|User|>', '<|Assistant|>']
        special = {'image_token': '<image_placeholder>', 'boi_token': '<begin_of_image>', 'eoi_token': '<end_of_image>'}
        config = {'processor_class': 'JanusProcessor', 'bos_token': '<bos>', 'eos_token': '<eos>', 'pad_token': '<pad>', 'extra_special_tokens': special, **special}
        ids, size = E.byte_level(folder, last, config, '<bos>')
        open(f'{folder}/chat_template.jinja', 'w').write(JANUS)
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'JanusImageProcessor', 'processor_class': 'JanusProcessor', 'do_normalize': True, 'do_pad': True, 'do_rescale': True, 'do_resize': True, 'min_size': 14, 'resample': 3, 'rescale_factor': 1 / 255, 'size': {'height': 56, 'width': 56}, **MEAN})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'JanusProcessor', 'num_image_tokens': 16, 'use_default_system_prompt': False})
        vision = {'image_size': 56, 'patch_size': 14, 'projection_dim': 32, 'depth': 2, 'num_image_tokens': 16, 'mlp_ratio': 2.0, 'hidden_size': 16, 'num_hidden_layers': 2, 'num_attention_heads': 2}
        vq = {'embed_dim': 8, 'num_embeddings': 16, 'latent_channels': 8, 'base_channels': 32, 'channel_multiplier': [1], 'num_res_blocks': 1, 'projection_dim': 32, 'image_token_embed_dim': 32, 'num_patches': 4, 'num_hidden_layers': 1}
        text = {'model_type': 'llama', 'vocab_size': size, 'bos_token_id': ids['<bos>'], 'eos_token_id': ids['<eos>'], 'pad_token_id': ids['<pad>'], **E.SMALL_TEXT}
        return JanusForConditionalGeneration(JanusConfig(vision_config=vision, vq_config=vq, text_config=text, image_token_id=ids['<image_placeholder>']))


SPECS = {spec.name: spec for spec in (Llava, LlavaNext, InternVL, PaliGemma, Blip2, InstructBlip, Mllama, Janus, *specs_more.SPECS, *specs_last.SPECS)}

if __name__ == '__main__':
    E.make(sys.argv[2], SPECS[sys.argv[1]](), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
