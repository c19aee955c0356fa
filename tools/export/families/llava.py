"""LLaVA 1.5 (and LLaVA-Med in its layout), LLaVA-NeXT, LLaVA-OneVision."""

import torch

from families.base import Family
from graphs import export


class Tower(torch.nn.Module):
    """The tower's chosen layer through the projector: pictures [n, 3, h, w] to [n, rows, width]."""

    def __init__(self, model):
        super().__init__()
        self.tower = model.model.vision_tower
        self.projector = model.model.multi_modal_projector
        self.layers = model.config.vision_feature_layer
        self.first = 1 if model.config.vision_feature_select_strategy == 'default' else 0

    def forward(self, pixel_values):
        states = self.tower(pixel_values, output_hidden_states=True, return_dict=True).hidden_states
        layers = [self.layers] if isinstance(self.layers, int) else self.layers
        return self.projector(torch.cat([states[i] for i in layers], -1)[:, self.first :])


class Packed(torch.nn.Module):
    """LLaVA-NeXT: the rows of all tiles and the line's end, in the order that `feature_index` says."""

    def __init__(self, model):
        super().__init__()
        self.tower = Tower(model)
        self.newline = model.model.image_newline

    def forward(self, pixel_values, feature_index):
        rows = self.tower(pixel_values[0])
        rows = torch.cat([rows.reshape(-1, rows.shape[-1]), self.newline[None]], 0)
        return torch.index_select(rows, 0, feature_index)[None]


class Llava(Family):
    """One picture, a tower, a projector."""

    types = ('llava', 'vipllava')

    def vision(self):
        return Tower(self.model)


class LlavaOnevision(Family):
    """The base tile alone, as transformers.js's exports have it: without any-resolution tiles and without the line's end."""

    types = ('llava_onevision',)

    def vision(self):
        return Tower(self.model)

    def called(self, processor, prompt, picture):
        """The first tile, with as many image tokens as it has rows."""
        pixels = processor.image_processor([picture], return_tensors='pt')['pixel_values'].reshape(1, -1, *self.side())[:, :3]
        rows = Tower(self.model)(pixels).shape[1]
        piece = processor.tokenizer.convert_ids_to_tokens(self.image_token())
        ids = processor.tokenizer(prompt.replace(piece, piece * rows), return_tensors='pt')
        return {'input_ids': ids['input_ids'], 'attention_mask': ids['attention_mask'], 'pixel_values': pixels}

    def side(self):
        """Height and width of a tile."""
        size = self.config.vision_config.image_size
        return size, size

    def logits(self, inputs):
        embeds = self.table()(inputs['input_ids']).clone()
        embeds[inputs['input_ids'] == self.image_token()] = self.vision()(inputs['pixel_values'])[0]
        hidden = self.text()(inputs_embeds=embeds, attention_mask=inputs['attention_mask']).last_hidden_state
        return self.head()(hidden)[0]


class LlavaNext(Family):
    """The whole picture, its tiles without their margins, and a newline behind each row of them."""

    types = ('llava_next',)

    def vision(self):
        return Packed(self.model)

    def vision_inputs(self, inputs):
        tiles = inputs['pixel_values'].shape[1]
        vision = self.config.vision_config
        rows = (vision.image_size // vision.patch_size) ** 2
        # Hugging Face packs the rows' own numbers as it packs the rows.
        numbers = torch.arange(tiles * rows).float().reshape(tiles, rows, 1)
        newline = torch.tensor([float(tiles * rows)])
        packed, _ = self.model.model.pack_image_features([numbers], inputs['image_sizes'], 'default', newline)
        return {'pixel_values': inputs['pixel_values'], 'feature_index': packed[0][:, 0].long()}

    def vision_axes(self):
        return {'pixel_values': {1}, 'feature_index': {0}}

    def export_vision(self, inputs):
        return export(self.vision(), self.vision_inputs(inputs), self.vision_axes(), ['image_features'])
