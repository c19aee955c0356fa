"""Mistral 3 (Pixtral's tower): one picture of its own shape, patches merged into tokens, rows of them closed by a mark."""

import torch

from families.base import Family


class Merged(torch.nn.Module):
    """One picture [1, 3, h, w] of whole tokens to [rows, width]."""

    def __init__(self, model):
        super().__init__()
        self.tower = model.model.vision_tower
        self.projector = model.model.multi_modal_projector
        self.layers = model.config.vision_feature_layer
        self.merge = model.config.spatial_merge_size

    def forward(self, pixel_values):
        patches = self.tower.patch_conv(pixel_values)
        h, w = patches.shape[2:]
        x = self.tower.ln_pre(patches.flatten(2).transpose(1, 2))
        rows = torch.arange(h)[:, None].expand(h, w).flatten()
        cols = torch.arange(w)[None].expand(h, w).flatten()
        turned = self.tower.patch_positional_embedding(x, torch.stack([rows, cols], -1))
        states = [x]
        for layer in self.tower.transformer.layers:
            states.append(layer(states[-1], None, position_embeddings=turned))
        layers = [self.layers] if isinstance(self.layers, int) else self.layers
        return self.project(torch.cat([states[k] for k in layers], -1), h, w)

    def project(self, x, h, w):
        """The merged rows: of each channel, the patches of a token in reading order."""
        p, m, d = self.projector, self.merge, x.shape[-1]
        x = p.norm(x).reshape(h // m, m, w // m, m, d).permute(0, 2, 4, 1, 3)
        x = p.patch_merger.merging_layer(x.reshape((h // m) * (w // m), d * m * m))
        return p.linear_2(p.act(p.linear_1(x)))


class Mistral3(Family):
    """One picture."""

    types = ('mistral3',)

    def vision(self):
        return Merged(self.model)

    def vision_axes(self):
        return {'pixel_values': {2, 3}}

    def called(self, processor, prompt, picture):
        return dict(processor(images=picture, text=prompt, return_tensors='pt', add_special_tokens=False))
