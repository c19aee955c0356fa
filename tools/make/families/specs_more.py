"""What the tiny checkpoints of further families are made of."""

import json
import os
import shutil

import exported as E
from exported import CLIP, MEAN, SMALL_TEXT, TOWER, Spec, c2

HERE = os.path.dirname(os.path.abspath(__file__))
GEMMA3N = "{{ bos_token }}{%- for message in messages -%}{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else message['role']) + '\n' }}{%- if message['content'] is string -%}{{ message['content'] | trim }}{%- else -%}{%- for item in message['content'] -%}{%- if item['type'] == 'image' -%}{{ '<image_soft_token>' }}{%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}{%- endfor -%}{%- endif -%}{{ '<end_of_turn>\n' }}{%- endfor -%}{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%}"


class Gemma3n(Spec):
    name, first = 'gemma3n', 8700
    gains = (('embed_tokens.weight', 0.5),)
    launcher = [f'{HERE}/tiny_mobilenet.py']
    first_tokens = ['<pad>', '<eos>', '<bos>', '<unk>', '<mask>', '<start_of_turn>', '<end_of_turn>', '<start_of_image>', '<start_of_audio>']
    # Marks of images and sounds have the ids behind the text's, and tables of their own.
    marks = ['<end_of_image>', '<image_soft_token>', '<end_of_audio>', '<audio_soft_token>']

    def model(self, folder):
        import tiny_mobilenet  # noqa: F401
        from transformers import Gemma3nConfig, Gemma3nForConditionalGeneration

        tok, _ = E.K.gemma_tokenizer(self.first_tokens, self.marks, 200, more=[('\n', '\n')])
        special = {'image_token': '<image_soft_token>', 'boi_token': '<start_of_image>', 'eoi_token': '<end_of_image>', 'audio_token': '<audio_soft_token>', 'boa_token': '<start_of_audio>', 'eoa_token': '<end_of_audio>'}
        config = {'processor_class': 'Gemma3nProcessor', 'tokenizer_class': 'GemmaTokenizer', 'bos_token': '<bos>', 'eos_token': '<eos>', 'pad_token': '<pad>', 'unk_token': '<unk>', 'add_bos_token': True, 'extra_special_tokens': special, **special}
        ids, size = E.save_tokenizer(folder, tok, config)
        open(f'{folder}/chat_template.jinja', 'w').write(GEMMA3N)
        pixels = {'image_processor_type': 'SiglipImageProcessor', 'do_resize': True, 'do_normalize': False, 'do_rescale': True, 'do_convert_rgb': None, 'resample': 2, 'rescale_factor': 1 / 255, 'size': {'height': 80, 'width': 80}, **MEAN}
        sounds = {'feature_extractor_type': 'Gemma3nAudioFeatureExtractor', 'feature_size': 16, 'sampling_rate': 16000, 'padding_value': 0.0}
        c2.write(f'{folder}/preprocessor_config.json', {'processor_class': 'Gemma3nProcessor', **pixels, **sounds})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'Gemma3nProcessor', 'image_seq_length': 9, 'audio_seq_length': 4})
        first = ids['<end_of_image>']
        types = ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention']
        layered = {'hidden_size_per_layer_input': 8, 'vocab_size_per_layer_input': first, 'laurel_rank': 8, 'altup_num_inputs': 3, 'num_kv_shared_layers': 2, 'activation_sparsity_pattern': [0.95, 0.0, 0.0, 0.0]}
        text = {**SMALL_TEXT, 'vocab_size': size, 'num_hidden_layers': 4, 'layer_types': types, 'sliding_window': 16, 'bos_token_id': 2, 'eos_token_id': 1, 'pad_token_id': 0, **layered}
        vision = {'architecture': 'mobilenetv5_tiny', 'hidden_size': 32, 'vocab_size': 2, 'vocab_offset': first, 'model_args': {'num_features': 32, 'msfa_output_resolution': 3}}
        sound = {'hidden_size': 16, 'vocab_size': 2, 'vocab_offset': first + 2, 'input_feat_size': 16, 'conf_num_attention_heads': 2, 'conf_num_hidden_layers': 1, 'sscp_conv_channel_size': [4, 4]}
        marks = {f'{k}_id': ids[v] for k, v in {'image_token': special['image_token'], 'boi_token': special['boi_token'], 'eoi_token': special['eoi_token'], 'audio_token': special['audio_token'], 'boa_token': special['boa_token'], 'eoa_token': special['eoa_token']}.items()}
        return Gemma3nForConditionalGeneration(Gemma3nConfig(text_config=text, vision_config=vision, audio_config=sound, vision_soft_tokens_per_image=9, audio_soft_tokens_per_image=4, **marks))

    def eos(self, tok):
        return [tok.eos_token_id, tok.convert_tokens_to_ids('<end_of_turn>')]


class Again(Spec):
    """A checkpoint of a family that test/families holds already in the layout of public exports: the same files, smaller, as tools/export writes it."""

    origin = ''
    # Configuration that differs, by path.
    changes = {}

    def model(self, folder):
        from transformers import AutoConfig, AutoModelForImageTextToText

        files = f'{HERE}/../../../test/families/{self.origin}/model'
        for file in os.listdir(files):
            if file != 'onnx':
                shutil.copyfile(f'{files}/{file}', f'{folder}/{file}')
        config = json.load(open(f'{files}/config.json'))
        for path, value in self.changes.items():
            *way, key = path.split('.')
            part = config
            for step in way:
                part = part[step]
            part[key] = value
        self.change(folder, config)
        c2.write(f'{folder}/config.json', config)
        return AutoModelForImageTextToText.from_config(AutoConfig.from_pretrained(folder))

    def change(self, folder, config):
        """Further changes."""


class Qwen25VL(Again):
    name, first, origin = 'qwen2_5_vl', 8800, 'qwen2_vl'
    sizes_of_text = {'vocab_size': 608, 'hidden_size': 32, 'intermediate_size': 64, 'num_attention_heads': 2, 'num_key_value_heads': 1, 'num_hidden_layers': 2}
    tower = {'model_type': 'qwen2_5_vl', 'depth': 3, 'fullatt_block_indexes': [2], 'hidden_act': 'silu', 'hidden_size': 16, 'intermediate_size': 32, 'in_channels': 3, 'num_heads': 2, 'out_hidden_size': 32, 'patch_size': 14, 'spatial_merge_size': 2, 'temporal_patch_size': 2, 'tokens_per_second': 2, 'window_size': 56}
    changes = {**sizes_of_text, 'model_type': 'qwen2_5_vl', 'architectures': ['Qwen2_5_VLForConditionalGeneration'], 'vision_config': tower}

    def change(self, folder, config):
        # Older files name the text's settings at the top.
        config['text_config'] = {k: v for k, v in config.items() if k not in ('vision_config', 'architectures')}
        config['text_config']['model_type'] = 'qwen2_5_vl_text'
        for file in ('preprocessor_config.json', 'processor_config.json', 'tokenizer_config.json'):
            text = open(f'{folder}/{file}').read()
            open(f'{folder}/{file}', 'w').write(text.replace('Qwen2VLProcessor', 'Qwen2_5_VLProcessor'))


class Qwen3VL(Again):
    name, first, origin = 'qwen3_vl-exported', 8900, 'qwen3_vl'
    changes = {
        **{f'text_config.{k}': v for k, v in {'vocab_size': 616, 'hidden_size': 32, 'intermediate_size': 64, 'num_attention_heads': 2, 'num_key_value_heads': 1}.items()},
        **{f'vision_config.{k}': v for k, v in {'hidden_size': 16, 'intermediate_size': 32, 'out_hidden_size': 32}.items()},
    }


class SmolVLM(Again):
    name, first, origin = 'smolvlm', 9000, 'idefics3'
    changes = {'model_type': 'smolvlm', 'architectures': ['SmolVLMForConditionalGeneration'], 'vision_config.model_type': 'smolvlm_vision', 'text_config.num_hidden_layers': 2, 'text_config.hidden_size': 32, 'text_config.intermediate_size': 64, 'text_config.head_dim': 8, 'vision_config.num_hidden_layers': 1, 'vision_config.hidden_size': 24, 'vision_config.intermediate_size': 48, 'vocab_size': 640, 'text_config.vocab_size': 640}

    def change(self, folder, config):
        for file in ('preprocessor_config.json', 'processor_config.json', 'tokenizer_config.json'):
            text = open(f'{folder}/{file}').read()
            open(f'{folder}/{file}', 'w').write(text.replace('Idefics3', 'SmolVLM'))


TEKKEN = "{{- bos_token }}{%- for message in messages %}{%- if message['role'] == 'user' %}{{- '[INST]' }}{%- for c in message['content'] %}{%- if c['type'] == 'text' %}{{- c['text'] }}{%- elif c['type'] in ['image', 'image_url'] %}{{- '[IMG]' }}{%- endif %}{%- endfor %}{{- '[/INST]' }}{%- elif message['role'] == 'system' %}{{- '[SYSTEM_PROMPT]' + message['content'] + '[/SYSTEM_PROMPT]' }}{%- else %}{{- message['content'] + eos_token }}{%- endif %}{%- endfor %}"


class Mistral3(Spec):
    name, first = 'mistral3', 9100

    def model(self, folder):
        from transformers import Mistral3Config, Mistral3ForConditionalGeneration

        last = ['<unk>', '<s>', '</s>', '<pad>', '[INST]', '[/INST]', '[IMG]', '[IMG_BREAK]', '[IMG_END]', '[SYSTEM_PROMPT]', '[/SYSTEM_PROMPT]']
        config = {'processor_class': 'PixtralProcessor', 'bos_token': '<s>', 'eos_token': '</s>', 'unk_token': '<unk>', 'pad_token': '<pad>'}
        ids, size = E.byte_level(folder, last, config, '<s>')
        open(f'{folder}/chat_template.jinja', 'w').write(TEKKEN)
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'PixtralImageProcessor', 'processor_class': 'PixtralProcessor', 'do_convert_rgb': True, 'do_normalize': True, 'do_rescale': True, 'do_resize': True, 'resample': 3, 'rescale_factor': 1 / 255, 'patch_size': 14, 'size': {'longest_edge': 84}, **CLIP})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'PixtralProcessor', 'patch_size': 14, 'spatial_merge_size': 2, 'image_token': '[IMG]', 'image_break_token': '[IMG_BREAK]', 'image_end_token': '[IMG_END]'})
        vision = {'model_type': 'pixtral', 'image_size': 84, 'patch_size': 14, 'head_dim': 16, 'rope_theta': 100.0, **TOWER}
        text = {'model_type': 'mistral', 'vocab_size': size, 'bos_token_id': ids['<s>'], 'eos_token_id': ids['</s>'], 'pad_token_id': ids['<pad>'], 'sliding_window': None, **SMALL_TEXT}
        return Mistral3ForConditionalGeneration(Mistral3Config(vision_config=vision, text_config=text, image_token_index=ids['[IMG]'], spatial_merge_size=2, vision_feature_layer=-1))


MOLMO2 = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for c in message['content'] %}{% if c['type'] == 'image' %}{{ '<|image|>' }}{% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}{{ '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"


class Molmo2(Spec):
    name, first = 'molmo2', 9200
    gains = (('image_projector', 0.4),)
    # Ids behind the text's, which nothing predicts.
    marks = ['<im_start>', '<im_end>', '<im_patch>', '<im_col>', '<low_res_im_start>', '<|image|>', '<im_low>', '<frame_start>', '<frame_end>', '<|video|>']

    def model(self, folder):
        from transformers import Molmo2Config, Molmo2ForConditionalGeneration

        last = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', *self.marks]
        config = {'processor_class': 'Molmo2Processor', 'eos_token': '<|im_end|>', 'bos_token': '<|im_end|>', 'pad_token': '<|endoftext|>', 'tokenizer_class': 'Qwen2Tokenizer', 'extra_special_tokens': {'image_token': '<|image|>', 'video_token': '<|video|>'}}
        ids, size = E.byte_level(folder, last, config)
        open(f'{folder}/chat_template.jinja', 'w').write(MOLMO2)
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'Molmo2ImageProcessor', 'processor_class': 'Molmo2Processor', 'do_convert_rgb': True, 'do_normalize': True, 'do_rescale': True, 'do_resize': True, 'resample': 2, 'rescale_factor': 1 / 255, 'size': {'height': 56, 'width': 56}, 'max_crops': 4, 'overlap_margins': [1, 1], 'patch_size': 8, 'pooling_size': [2, 2], **MEAN})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'Molmo2Processor', 'image_use_col_tokens': True, 'use_single_crop_col_tokens': False, 'use_single_crop_start_token': True})
        text_ids = ids['<im_start>']
        tower = {'num_key_value_heads': 2, 'head_dim': 16}
        vision = {'image_size': [56, 56], 'patch_size': 8, 'num_position_embeddings': 49, **TOWER, **tower}
        adapter = {'hidden_size': 32, 'num_attention_heads': 2, 'vision_feature_layer': [-1, 0], 'intermediate_size': 64, 'text_hidden_size': 32, **tower}
        text = {**SMALL_TEXT, 'vocab_size': text_ids, 'additional_vocab_size': size - text_ids, 'max_position_embeddings': 1024, 'rope_parameters': {'rope_type': 'default', 'rope_theta': 10000.0}, 'eos_token_id': ids['<|im_end|>'], 'pad_token_id': ids['<|endoftext|>']}
        marks = {'image_start_token_id': ids['<im_start>'], 'low_res_image_start_token_id': ids['<low_res_im_start>'], 'image_end_token_id': ids['<im_end>'], 'image_patch_id': ids['<im_patch>'], 'frame_start_token_id': ids['<frame_start>'], 'frame_end_token_id': ids['<frame_end>']}
        return Molmo2ForConditionalGeneration(Molmo2Config(vision_config=vision, adapter_config=adapter, text_config=text, **marks))


SPECS = (Gemma3n, Qwen25VL, Qwen3VL, SmolVLM, Mistral3, Molmo2)
