"""InternVL 2.5 to 3.5 in the layout of transformers (…-hf)."""

import torch

from families.base import Family


class Shuffled(torch.nn.Module):
    """Tiles [n, 3, h, w] to [n, rows, width]: the tower, a pixel shuffle, the projector."""

    def __init__(self, model):
        super().__init__()
        self.tower = model.model.vision_tower
        self.projector = model.model.multi_modal_projector
        self.layer = model.config.vision_feature_layer
        self.first = 1 if model.config.vision_feature_select_strategy == 'default' else 0
        size, patch = model.config.vision_config.image_size, model.config.vision_config.patch_size
        self.grid = [s // p for s, p in zip(size, patch)]
        self.scale = int(1 / model.config.downsample_ratio)

    def forward(self, pixel_values):
        out = self.tower(pixel_values=pixel_values, output_hidden_states=True, return_dict=True)
        x = (out.last_hidden_state if self.layer == -1 else out.hidden_states[self.layer])[:, self.first :]
        (h, w), s, d = self.grid, self.scale, x.shape[-1]
        x = x.reshape(-1, h, w // s, d * s).permute(0, 2, 1, 3)
        x = x.reshape(-1, w // s, h // s, d * s * s).permute(0, 2, 1, 3)
        return self.projector(x.reshape(-1, (h // s) * (w // s), d * s * s))


class InternVL(Family):
    """Tiles on the canvas nearest in shape, then the whole picture."""

    types = ('internvl',)
    tiles = True

    def vision(self):
        return Shuffled(self.model)
