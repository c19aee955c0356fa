"""Molmo 2: overlapping crops and the whole picture, patches pooled in twos by attention, and tokens of a picture that see each other both ways."""

import os

import torch

from decoder import Decoder, additive, seen
from families.base import Embeddings, Family


class Pooled(torch.nn.Module):
    """Crops as rows of patches [crops, patches, 3 * side * side], and which patches make each token [tokens, 4] (-1: none), to [tokens, width].

    The model adds a picture's rows to the embedding of their token: here that has been done.
    """

    def __init__(self, model):
        super().__init__()
        self.tower = model.model.vision_tower
        self.adapter = model.model.multi_modal_projector
        self.layers = [i + 1 if i >= 0 else i for i in model.config.adapter_config.vision_feature_layer]
        token = torch.tensor([model.config.image_token_id])
        self.token = torch.nn.Buffer(model.get_input_embeddings()(token).detach(), persistent=False)

    def forward(self, pixel_values, image_token_pooling):
        x = self.tower.patch_embedding(pixel_values) + self.tower.positional_embedding[None]
        states = [x]
        for layer in self.tower.layers:
            states.append(layer(states[-1], None))
        rows = torch.cat([states[i] for i in self.layers], -1)
        rows = rows.reshape(-1, rows.shape[-1])
        there = image_token_pooling >= 0
        parts = rows[torch.clamp(image_token_pooling, min=0)] * there.float()[..., None]
        mean = parts.sum(1, keepdim=True) / torch.clamp(there.float().sum(1), min=1)[:, None, None]
        pooled, _ = self.adapter.image_pooling_2d(mean, parts, attention_mask=additive(there)[:, None, None])
        return (self.adapter.image_projector(pooled[:, 0]) + self.token)[None]


class Marked(Embeddings):
    """Embeddings, and which tokens are a picture's [1, n]."""

    def __init__(self, table, marks):
        super().__init__(table)
        self.marks = torch.nn.Buffer(torch.tensor(marks), persistent=False)

    def forward(self, input_ids):
        return super().forward(input_ids), (input_ids[..., None] == self.marks).any(-1).long()


class Blocks(Decoder):
    """The text model; the picture's tokens of one run see each other."""

    def masks(self, attention_mask, count):
        before = attention_mask.shape[1] - count
        own = torch.nn.functional.pad(self.kinds, (before, 0))
        both = (self.kinds[:, None, :, None] > 0) & (own[:, None, None, :] > 0)
        return additive(seen(attention_mask, count) | both)

    def forward(self, inputs_embeds, attention_mask, position_ids, past, image_tokens):
        self.kinds = image_tokens
        return super().forward(inputs_embeds, attention_mask, position_ids, past)


class Molmo2(Family):
    """The chat template begins without the token that the processor writes in front."""

    types = ('molmo2',)
    embedded = ('inputs_embeds', 'image_tokens')

    def vision(self):
        return Pooled(self.model)

    def vision_inputs(self, inputs):
        return {k: inputs[k].float() if k == 'pixel_values' else inputs[k].long() for k in ('pixel_values', 'image_token_pooling')}

    def vision_axes(self):
        return {'pixel_values': {0}, 'image_token_pooling': {0}}

    def called(self, processor, prompt, picture):
        self.marks = processor.image_token_ids
        return super().called(processor, prompt, picture)

    def embeddings(self):
        return Marked(self.table(), self.marks)

    def decoder(self):
        return Blocks(self.text())

    def more_inputs(self, count):
        return {'image_tokens': torch.tensor([[0, 1, 1, 0, 0][:count]])}

    def more_axes(self):
        return {'image_tokens': {1}}

    def decoder_feeds(self, more, start, end):
        return {**more, 'image_tokens': more['image_tokens'][:, start:end]}

    def finish(self, out, processor):
        tok = processor.tokenizer
        first = f"{{{{- '{tok.bos_token or tok.eos_token}' -}}}}"
        template = processor.chat_template
        with open(os.path.join(out, 'chat_template.jinja'), 'w', encoding='utf-8') as file:
            file.write(template if template.startswith(first) else first + template)
