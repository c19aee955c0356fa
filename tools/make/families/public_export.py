"""The three sessions of a public export whose decoder gives logits of all tokens: what moondream1 and llava_qwen2 share."""

import exported as E  # noqa: F401 (it makes the modules of tools/export known)
import onnx
import torch
from decoder import Decoder
from families.base import Embeddings
from graphs import export, name_axes


class WithHead(Decoder):
    """A text model with its output matrix: logits of all tokens, as public exports give them."""

    def __init__(self, net):
        super().__init__(net.model)
        self.head = net.lm_head

    def forward(self, inputs_embeds, attention_mask, position_ids, past):
        hidden, *cache = super().forward(inputs_embeds, attention_mask, position_ids, past)
        return (self.head(hidden), *cache)


def write_graphs(folder, vision, net, size):
    """vision: module from pixel_values [batch, 3, size, size] to rows. net: a causal language model of transformers."""
    c = net.config
    heads, width, layers = c.num_key_value_heads, c.hidden_size // c.num_attention_heads, c.num_hidden_layers
    made = {'vision_encoder': export(vision, {'pixel_values': torch.randn(1, 3, size, size)}, {'pixel_values': {0}}, ['image_features'])}
    ids = torch.zeros(1, 5, dtype=torch.long)
    made['embed_tokens'] = export(Embeddings(net.get_input_embeddings()), {'input_ids': ids}, {'input_ids': {1: 'n'}}, ['inputs_embeds'])
    names = [f'past_key_values.{i}.{part}' for i in range(layers) for part in ('key', 'value')]
    new, old = 5, 7
    inputs = {
        'inputs_embeds': torch.randn(1, new, c.hidden_size),
        'attention_mask': torch.ones(1, old + new, dtype=torch.long),
        'position_ids': torch.arange(old, old + new)[None],
        'past': [torch.randn(1, heads, old, width) for _ in names],
    }
    axes = {'inputs_embeds': {1}, 'attention_mask': {1}, 'position_ids': {1}, 'past': [{2}] * len(names)}
    outputs = ['logits', *(n.replace('past_key_values', 'present') for n in names)]
    decoder = export(WithHead(net), inputs, axes, outputs, ['inputs_embeds', 'attention_mask', 'position_ids', *names])
    rows = {'inputs_embeds': 'sequence_length', 'position_ids': 'sequence_length', 'attention_mask': 'total_sequence_length'}
    name_axes(decoder.graph.input, lambda n: {1: rows[n]} if n in rows else {2: 'past_sequence_length'})
    name_axes(decoder.graph.output, lambda n: {1: 'sequence_length'} if n == 'logits' else {2: 'total_sequence_length'})
    made['decoder_model_merged'] = decoder
    for name, model in made.items():
        onnx.save(model, f'{folder}/onnx/{name}.onnx')
