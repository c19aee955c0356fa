"""Tiny random models in session layouts of their own, as public exports have them, with references by PyTorch. usage: make_laid_out.py FAMILY OUT [SEED]"""

import sys

import exported as E
import laid_phi3
import numpy as np
import torch
from exported import MEAN, c2
from laid_out import SIZES, TEXT, language_model, make, traced
from families.base import Family
from PIL import Image

# A template that takes texts and writes roles as they are given, as that of onnx-community/Janus-Pro-1B-ONNX.
JANUS = "{% if messages[0]['role'] != 'system' %}{{ 'You are a helpful assistant.\n\n' }}{% endif %}{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] + '\n\n' }}{% else %}{{ message['role'] + ': ' + message['content'] + '\n\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|Assistant|>:' }}{% endif %}"
DRAWN = "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\n\n' }}{% endfor %}{{ '<|Assistant|>:<begin_of_image>' }}"
SIDE, PATCH, ROWS, WIDTH = 28, 7, 16, 16


class Prepare(torch.nn.Module):
    """prepare_inputs_embeds: images into the places of the text that a mask names."""

    def __init__(self, net):
        super().__init__()
        self.vision, self.aligner = net.model.vision_model, net.model.aligner
        self.table = net.get_input_embeddings()

    def tower(self, pictures):
        """The tower with every length written out, so that a batch of none runs through it, too: ONNX's -1 stands for no length then."""
        vision, count = self.vision, pictures.shape[0]
        heads = vision.config.num_attention_heads
        width = vision.config.hidden_size
        x = vision.embeddings.patch_embedding(pictures).reshape(count, width, ROWS).transpose(1, 2)
        x = x + vision.embeddings.position_embedding.weight[None]
        for layer in vision.encoder.layers:
            own, y = layer.self_attn, layer.layer_norm1(x)
            q, k, v = (part(y).reshape(count, ROWS, heads, width // heads).transpose(1, 2) for part in (own.q_proj, own.k_proj, own.v_proj))
            mixed = torch.softmax(q @ k.transpose(2, 3) * own.scale, -1) @ v
            x = x + own.projection_layer(mixed.transpose(1, 2).reshape(count, ROWS, width))
            x = x + layer.mlp(layer.layer_norm2(x))
        return vision.post_layernorm(x)

    def forward(self, input_ids, pixel_values, images_seq_mask, images_emb_mask):
        batch, images = pixel_values.shape[:2]
        seen = self.aligner(self.tower(pixel_values.reshape(batch * images, 3, SIDE, SIDE)))
        rows = seen.reshape(batch, images * ROWS, seen.shape[2])
        embeds = self.table(input_ids).clone()
        embeds[images_seq_mask] = rows[images_emb_mask.flatten(1)]
        return embeds


class MultiModality:
    """Janus's weights by transformers' JanusForConditionalGeneration, its files as its makers lay them out."""

    name, first, gains = 'multi_modality', 9700, ()
    decoder, end = 'language_model', '<eos>'
    sizes = SIZES

    def model(self, folder):
        """The network, having written tokenizer and settings into the folder."""
        from transformers import JanusConfig, JanusForConditionalGeneration

        last = ['<bos>', '<eos>', '<pad>', '<begin_of_image>', '<end_of_image>', '<image_placeholder>', '<|User|>', '<|Assistant|>']
        templates = [{'name': 'default', 'template': JANUS}, {'name': 'text_to_image', 'template': DRAWN}]
        config = {'processor_class': 'VLChatProcessor', 'bos_token': '<bos>', 'eos_token': '<eos>', 'pad_token': '<pad>', 'chat_template': templates}
        ids, size = E.byte_level(folder, last, config, '<bos>', 300)
        c2.write(f'{folder}/preprocessor_config.json', {'background_color': [127] * 3, 'do_normalize': True, 'image_processor_type': 'VLMImageProcessor', 'image_size': SIDE, 'min_size': 14, 'processor_class': 'VLChatProcessor', 'rescale_factor': 1 / 255, **MEAN})
        c2.write(f'{folder}/processor_config.json', {'add_special_token': False, 'ignore_id': -100, 'image_tag': '<image_placeholder>', 'image_start_tag': '<begin_of_image>', 'image_end_tag': '<end_of_image>', 'mask_prompt': True, 'num_image_tokens': ROWS, 'processor_class': 'VLChatProcessor', 'sft_format': 'deepseek'})
        c2.write(f'{folder}/generation_config.json', {'bos_token_id': ids['<bos>'], 'eos_token_id': ids['<eos>'], 'pad_token_id': ids['<pad>'], 'num_image_tokens': ROWS})
        c2.write(f'{folder}/config.json', {'architectures': ['MultiModalityCausalLM'], 'model_type': 'multi_modality', 'language_config': {'model_type': 'llama', 'max_position_embeddings': 2048, 'vocab_size': size, **TEXT}})
        vision = {'image_size': SIDE, 'patch_size': PATCH, 'projection_dim': TEXT['hidden_size'], 'depth': 2, 'num_image_tokens': ROWS, 'mlp_ratio': 2.0, 'hidden_size': WIDTH, 'num_hidden_layers': 2, 'num_attention_heads': 2}
        vq = {'embed_dim': 8, 'num_embeddings': 16, 'latent_channels': 8, 'base_channels': 32, 'channel_multiplier': [1], 'num_res_blocks': 1, 'projection_dim': TEXT['hidden_size'], 'image_token_embed_dim': TEXT['hidden_size'], 'num_patches': 4, 'num_hidden_layers': 1}
        text = {'model_type': 'llama', 'vocab_size': size, 'bos_token_id': ids['<bos>'], 'eos_token_id': ids['<eos>'], 'pad_token_id': ids['<pad>'], **TEXT}
        self.ids = ids
        return JanusForConditionalGeneration(JanusConfig(vision_config=vision, vq_config=vq, text_config=text, image_token_id=ids['<image_placeholder>']))

    def rendered(self, tok, text):
        """The prompt of one picture and one text, by the template as its card calls it."""
        chat = [{'role': '<|User|>', 'content': '<image_placeholder>\n' + text}]
        return tok.apply_chat_template(chat, chat_template=JANUS, add_generation_prompt=True, tokenize=False)

    def pixels(self, picture):
        """float32 [1, 3, side, side] (VLMImageProcessor): the longest edge is resized, lengths cut to whole ones, and grey fills the square."""
        width, height = picture.size
        longest = max(width, height)
        lengths = [max(int(x / longest * SIDE), 14) for x in (width, height)]
        small = picture.convert('RGB').resize(lengths, Image.Resampling.BICUBIC)
        square = Image.new('RGB', (max(lengths),) * 2, (127,) * 3)
        square.paste(small, ((max(lengths) - lengths[0]) // 2, (max(lengths) - lengths[1]) // 2))
        values = (np.array(square).astype(np.float64) * (1 / 255)).astype(np.float32)
        return torch.tensor(((values - np.float32(0.5)) / np.float32(0.5)).transpose(2, 0, 1)[None])

    def called(self, tok, prompt, picture):
        """What the network takes for a rendered prompt and its picture."""
        ids = tok.encode(prompt)
        mark = self.ids['<image_placeholder>']
        put = [self.ids['<begin_of_image>'], *[mark] * ROWS, self.ids['<end_of_image>']]
        ids = [j for i in ids for j in (put if i == mark else [i])]
        return {'input_ids': torch.tensor([ids]), 'attention_mask': torch.ones(1, len(ids), dtype=torch.long), 'pixel_values': self.pixels(picture)}

    def head(self, net):
        """The output matrix."""
        return net.lm_head

    def graphs(self, net):
        """The session files by name."""
        inputs = {'input_ids': torch.zeros(1, ROWS + 3, dtype=torch.long), 'pixel_values': torch.randn(1, 1, 3, SIDE, SIDE), 'images_seq_mask': torch.tensor([[False] * 3 + [True] * ROWS]), 'images_emb_mask': torch.ones(1, 1, ROWS, dtype=torch.bool)}
        axes = {'input_ids': {0: 'batch_size', 1: 'sequence_length'}, 'pixel_values': {0: 'batch_size', 1: 'num_images'}, 'images_seq_mask': {0: 'batch_size', 1: 'sequence_length'}, 'images_emb_mask': {0: 'batch_size', 1: 'num_images', 2: 'num_image_tokens'}}
        return {'prepare_inputs_embeds': traced(Prepare(net), inputs, axes, ['inputs_embeds']), 'language_model': language_model(Family(net).decoder(), 'last_hidden_state'), 'lm_head': traced(net.lm_head, {'last_hidden_state': torch.randn(1, 5, TEXT['hidden_size'])}, {'last_hidden_state': {0: 'batch_size', 1: 'sequence_length'}}, ['logits'])}

    def features(self, sessions, inputs):
        """(embeddings of a text, rows of its image) by the graphs alone, as Lookalike asks them."""
        prepare = sessions['prepare_inputs_embeds']
        ids = inputs['input_ids'].numpy()
        none = np.zeros((0, 0, 3, SIDE, SIDE), np.float32)
        text = prepare.run(None, {'input_ids': ids, 'pixel_values': none, 'images_seq_mask': np.zeros(ids.shape, bool), 'images_emb_mask': np.zeros((1, 1, 0), bool)})[0]
        rows = prepare.run(None, {'input_ids': np.zeros((1, ROWS), np.int64), 'pixel_values': inputs['pixel_values'].numpy()[None], 'images_seq_mask': np.ones((1, ROWS), bool), 'images_emb_mask': np.ones((1, 1, ROWS), bool)})[0]
        text[ids == self.ids['<image_placeholder>']] = rows[0]
        return text

    def logits(self, sessions, out):
        """Logits [tokens, vocabulary] of a run of the decoder's session."""
        return sessions['lm_head'].run(None, {'last_hidden_state': out['last_hidden_state']})[0][0]


SPECS = {spec.name: spec for spec in (MultiModality, laid_phi3.Phi3V)}

if __name__ == '__main__':
    make(sys.argv[2].rstrip('/'), SPECS[sys.argv[1]](), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
