"""What the tiny checkpoints of further families are made of."""

import os

import exported as E
from exported import MEAN, TEXT, Spec, c2

HERE = os.path.dirname(os.path.abspath(__file__))
GEMMA3N = "{{ bos_token }}{%- for message in messages -%}{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else message['role']) + '\n' }}{%- if message['content'] is string -%}{{ message['content'] | trim }}{%- else -%}{%- for item in message['content'] -%}{%- if item['type'] == 'image' -%}{{ '<image_soft_token>' }}{%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}{%- endfor -%}{%- endif -%}{{ '<end_of_turn>\n' }}{%- endfor -%}{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%}"


class Gemma3n(Spec):
    name, first = 'gemma3n', 8700
    gains = (('embed_tokens.weight', 0.7), ('per_layer_projection', 2.0))
    launcher = [f'{HERE}/tiny_mobilenet.py']
    first_tokens = ['<pad>', '<eos>', '<bos>', '<unk>', '<mask>', '<start_of_turn>', '<end_of_turn>', '<start_of_image>', '<start_of_audio>']
    # Marks of images and sounds have the ids behind the text's, and tables of their own.
    marks = ['<end_of_image>', '<image_soft_token>', '<end_of_audio>', '<audio_soft_token>']

    def model(self, folder):
        import tiny_mobilenet  # noqa: F401
        from transformers import Gemma3nConfig, Gemma3nForConditionalGeneration

        tok, _ = E.K.gemma_tokenizer(self.first_tokens, self.marks, more=[('\n', '\n')])
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
        text = {**TEXT, 'vocab_size': size, 'num_hidden_layers': 4, 'layer_types': types, 'sliding_window': 16, 'bos_token_id': 2, 'eos_token_id': 1, 'pad_token_id': 0, **layered}
        vision = {'architecture': 'mobilenetv5_tiny', 'hidden_size': 32, 'vocab_size': 2, 'vocab_offset': first, 'model_args': {'num_features': 32, 'msfa_output_resolution': 3}}
        sound = {'hidden_size': 16, 'vocab_size': 2, 'vocab_offset': first + 2, 'input_feat_size': 16, 'conf_num_attention_heads': 2, 'conf_num_hidden_layers': 1, 'sscp_conv_channel_size': [4, 4]}
        marks = {f'{k}_id': ids[v] for k, v in {'image_token': special['image_token'], 'boi_token': special['boi_token'], 'eoi_token': special['eoi_token'], 'audio_token': special['audio_token'], 'boa_token': special['boa_token'], 'eoa_token': special['eoa_token']}.items()}
        return Gemma3nForConditionalGeneration(Gemma3nConfig(text_config=text, vision_config=vision, audio_config=sound, vision_soft_tokens_per_image=9, audio_soft_tokens_per_image=4, **marks))

    def eos(self, tok):
        return [tok.eos_token_id, tok.convert_tokens_to_ids('<end_of_turn>')]


SPECS = (Gemma3n,)
