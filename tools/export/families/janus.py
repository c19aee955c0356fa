"""Janus and Janus-Pro in the layout of transformers (deepseek-community/...), for reading pictures; the parts that draw them are left out."""

import torch

from families.base import Family


class Aligned(torch.nn.Module):
    """One picture [1, 3, h, w] to [1, rows, width]."""

    def __init__(self, model):
        super().__init__()
        self.vision = model.model.vision_model
        self.aligner = model.model.aligner

    def forward(self, pixel_values):
        return self.aligner(self.vision(pixel_values, return_dict=True).last_hidden_state)


class Janus(Family):
    """One picture between two marks."""

    types = ('janus',)

    def vision(self):
        return Aligned(self.model)
