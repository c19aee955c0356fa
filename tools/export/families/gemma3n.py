"""Gemma 3n: a MobileNet of timm, embeddings that also give each layer an input of its own, and last layers that read the keys and values of earlier ones."""

import types

import torch

from decoder import Decoder
from families.base import Family


class Tables(torch.nn.Module):
    """Token ids to embeddings [1, n, width] and to what each layer takes of the tokens themselves [1, n, layers, part]. Marks of images and sounds have tables of their own."""

    def __init__(self, model):
        super().__init__()
        self.text = model.model.language_model
        self.image = model.model.embed_vision
        self.sound = model.model.embed_audio

    def marks(self, embeds, input_ids, table, beyond):
        """The embeddings with those of a table's ids in their places."""
        own = (input_ids >= table.vocab_offset) & (input_ids < beyond)
        ids = torch.where(own, input_ids, table.vocab_offset)
        return torch.where(own[..., None], table(input_ids=ids), embeds)

    def forward(self, input_ids):
        embeds = self.text.embed_tokens(input_ids)
        embeds = self.marks(embeds, input_ids, self.image, self.sound.vocab_offset)
        embeds = self.marks(embeds, input_ids, self.sound, self.sound.vocab_offset + self.sound.vocab_size)
        return embeds, self.text.get_per_layer_inputs(input_ids)


def sparse(mlp):
    """Lets a layer that keeps its largest gates alone do so by a number instead of by a distribution, for which graphs have no operator."""
    beyond = torch.distributions.normal.Normal(0, 1).icdf(torch.tensor(mlp.activation_sparsity)).item()

    def kept(self, gates):
        deviation = torch.std(gates, dim=-1, keepdim=True, unbiased=False)
        return torch.relu(gates - (gates.mean(-1, keepdim=True) + deviation * beyond))

    mlp._gaussian_topk = types.MethodType(kept, mlp)


class LayeredDecoder(Decoder):
    """The text model with the layers' own inputs."""

    def __init__(self, text):
        super().__init__(text)
        for layer in text.layers:
            if layer.mlp.activation_sparsity > 0:
                sparse(layer.mlp)

    def forward(self, inputs_embeds, attention_mask, position_ids, past, per_layer_inputs):
        return super().forward(inputs_embeds, attention_mask, position_ids, past, per_layer_inputs=per_layer_inputs)


class Gemma3n(Family):
    """One picture of a fixed size; sounds are left out."""

    types = ('gemma3n',)
    embedded = ('inputs_embeds', 'per_layer_inputs')

    def embeddings(self):
        return Tables(self.model)

    def heads(self):
        layers, kv, width = super().heads()
        return layers - self.text_config.num_kv_shared_layers, kv, width

    def decoder(self):
        return LayeredDecoder(self.text())

    def more_inputs(self, count):
        c = self.text_config
        return {'per_layer_inputs': torch.randn(1, count, c.num_hidden_layers, c.hidden_size_per_layer_input)}

    def more_axes(self):
        return {'per_layer_inputs': {1}}

    def decoder_feeds(self, more, start, end):
        return {**more, 'per_layer_inputs': more['per_layer_inputs'][:, start:end]}

    def called(self, processor, prompt, picture):
        out = processor(images=[[picture]], text=[prompt], return_tensors='pt', add_special_tokens=False)
        return {k: out[k] for k in ('input_ids', 'attention_mask', 'pixel_values')}
