"""Gemma 3 and MedGemma: a tower, rows pooled to a fixed number, and attention that is causal, as in the exports of transformers.js."""

import torch

from families.base import Family


class Pooled(torch.nn.Module):
    """The picture and its crops [n, 3, h, w] to [n, rows, width]."""

    def __init__(self, model):
        super().__init__()
        self.tower = model.model.vision_tower
        self.projector = model.model.multi_modal_projector

    def forward(self, pixel_values):
        return self.projector(self.tower(pixel_values=pixel_values).last_hidden_state)


class Gemma3(Family):
    """transformers lets the tokens of a picture see each other both ways; the exports that users meet do not, and neither does this one."""

    types = ('gemma3',)
    tiles = True
    first_position = 1

    def vision(self):
        return Pooled(self.model)

    def called(self, processor, prompt, picture):
        out = processor(images=[[picture]], text=[prompt], return_tensors='pt', add_special_tokens=False)
        return {k: out[k] for k in ('input_ids', 'attention_mask', 'pixel_values')}
