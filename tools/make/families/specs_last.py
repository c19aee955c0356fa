"""What the tiny checkpoints of Gemma 4, FastVLM and Qwen3-VL with experts are made of."""

import exported as E
from exported import SMALL_TEXT, TOWER, Spec, c2
from specs_more import Again, Qwen3VL

GEMMA4 = "{{- bos_token -}}{%- for message in messages -%}{{- '<|turn>' + ('model' if message['role'] == 'assistant' else message['role']) + '\n' -}}{%- if message['content'] is string -%}{{- message['content'] | trim -}}{%- else -%}{%- for item in message['content'] -%}{%- if item['type'] == 'image' -%}{{- '<|image|>' -}}{%- else -%}{{- item['text'] | trim -}}{%- endif -%}{%- endfor -%}{%- endif -%}{{- '<turn|>\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|turn>model\n' -}}{%- endif -%}"


class Gemma4(Spec):
    name, first = 'gemma4', 9300
    gains = (('embed_tokens.weight', 0.5),)
    first_tokens = ['<pad>', '<eos>', '<bos>', '<unk>', '<mask>', '<|turn>', '<turn|>', '<|image>', '<image|>', '<|audio>', '<audio|>']
    marks = ['<|image|>', '<|audio|>', '<|video|>']

    def model(self, folder):
        from transformers import Gemma4Config, Gemma4ForConditionalGeneration

        tok, _ = E.K.gemma_tokenizer(self.first_tokens, self.marks, 200, more=[('\n', '\n')])
        special = {'image_token': '<|image|>', 'boi_token': '<|image>', 'eoi_token': '<image|>', 'audio_token': '<|audio|>', 'boa_token': '<|audio>', 'eoa_token': '<audio|>'}
        config = {'processor_class': 'Gemma4Processor', 'tokenizer_class': 'GemmaTokenizer', 'bos_token': '<bos>', 'eos_token': '<eos>', 'pad_token': '<pad>', 'unk_token': '<unk>', 'add_bos_token': True, 'extra_special_tokens': special, **special}
        ids, size = E.save_tokenizer(folder, tok, config)
        open(f'{folder}/chat_template.jinja', 'w').write(GEMMA4)
        pixels = {'image_processor_type': 'Gemma4ImageProcessor', 'do_resize': True, 'do_normalize': False, 'do_rescale': True, 'do_convert_rgb': True, 'resample': 3, 'rescale_factor': 1 / 255, 'image_mean': [0.0] * 3, 'image_std': [1.0] * 3, 'patch_size': 8, 'pooling_kernel_size': 2, 'max_soft_tokens': 70}
        c2.write(f'{folder}/preprocessor_config.json', {'processor_class': 'Gemma4Processor', **pixels})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'Gemma4Processor', 'image_seq_length': 70, 'audio_seq_length': 4})
        types = ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention']
        text = {**SMALL_TEXT, 'vocab_size': size, 'num_hidden_layers': 4, 'layer_types': types, 'sliding_window': 16, 'global_head_dim': 16, 'bos_token_id': 2, 'eos_token_id': 1, 'pad_token_id': 0, 'hidden_size_per_layer_input': 8, 'vocab_size_per_layer_input': size, 'num_kv_shared_layers': 2, 'final_logit_softcapping': 30.0}
        vision = {**TOWER, 'num_key_value_heads': 2, 'head_dim': 16, 'pooling_kernel_size': 2, 'patch_size': 8, 'position_embedding_size': 32}
        places = {'image_token_id': ids['<|image|>'], 'video_token_id': ids['<|video|>'], 'audio_token_id': ids['<|audio|>'], 'boi_token_id': ids['<|image>'], 'eoi_token_id': ids['<image|>'], 'boa_token_id': ids['<|audio>'], 'eoa_token_index': ids['<audio|>']}
        return Gemma4ForConditionalGeneration(Gemma4Config(text_config=text, vision_config=vision, audio_config=None, **places))

    def eos(self, tok):
        return [tok.eos_token_id, tok.convert_tokens_to_ids('<turn|>')]


FAST = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for c in message['content'] %}{% if c['type'] == 'image' %}{{ '<image>\n' }}{% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endif %}{{ '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"


class FastVlm(Spec):
    name, first = 'fast_vlm', 9400
    sizes = {101: (40, 40), 102: (40, 40), 201: (70, 43), 202: (36, 64), 301: (40, 30), 302: (58, 50)}

    def model(self, folder):
        from transformers import FastVlmConfig, FastVlmForConditionalGeneration

        last = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<image>']
        config = {'processor_class': 'LlavaProcessor', 'eos_token': '<|im_end|>', 'pad_token': '<|endoftext|>', 'tokenizer_class': 'Qwen2Tokenizer', 'extra_special_tokens': {'image_token': '<image>'}, 'image_token': '<image>'}
        ids, size = E.byte_level(folder, last, config, size=300)
        open(f'{folder}/chat_template.jinja', 'w').write(FAST)
        c2.write(f'{folder}/preprocessor_config.json', {'image_processor_type': 'CLIPImageProcessor', 'processor_class': 'LlavaProcessor', 'do_resize': True, 'do_center_crop': True, 'do_normalize': True, 'do_rescale': True, 'do_convert_rgb': True, 'resample': 3, 'rescale_factor': 1 / 255, 'size': {'shortest_edge': 128}, 'crop_size': {'height': 128, 'width': 128}, 'image_mean': [0.0] * 3, 'image_std': [1.0] * 3})
        c2.write(f'{folder}/processor_config.json', {'processor_class': 'LlavaProcessor', 'image_token': '<image>', 'patch_size': 64, 'num_additional_image_tokens': 0, 'vision_feature_select_strategy': 'full'})
        small = {'layers': [1, 1, 1, 1, 1], 'embed_dims': [8, 8, 8, 32, 32], 'mlp_ratios': [2, 2, 2, 1, 1], 'cls_ratio': 1.0, 'inference_mode': True}
        vision = {'model_type': 'timm_wrapper', 'architecture': 'fastvit_mci3', 'do_pooling': True, 'global_pool': 'avg', 'hidden_size': 32, 'initializer_range': 0.02, 'model_args': small}
        text = {'model_type': 'qwen2', 'vocab_size': size, 'bos_token_id': None, 'eos_token_id': ids['<|im_end|>'], 'pad_token_id': ids['<|endoftext|>'], 'tie_word_embeddings': True, **SMALL_TEXT, 'hidden_size': 24, 'intermediate_size': 48, 'head_dim': 6}
        return FastVlmForConditionalGeneration(FastVlmConfig(vision_config=vision, text_config=text, image_token_index=ids['<image>'], image_seq_length=4))


class Qwen3VLMoe(Again):
    name, first, origin = 'qwen3_vl_moe', 9500, 'qwen3_vl'
    changes = {**Qwen3VL.changes, 'model_type': 'qwen3_vl_moe', 'architectures': ['Qwen3VLMoeForConditionalGeneration'], 'text_config.model_type': 'qwen3_vl_moe_text', 'vision_config.model_type': 'qwen3_vl_moe', 'text_config.num_experts': 4, 'text_config.num_experts_per_tok': 2, 'text_config.moe_intermediate_size': 32, 'text_config.decoder_sparse_step': 1}


SPECS = (Gemma4, FastVlm, Qwen3VLMoe)
