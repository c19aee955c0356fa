"""Gemma 4 with causal attention (E2B, E4B): rows of patches pooled to soft tokens, layers with heads of two widths, and Gemma 3n's layers' own inputs."""

import torch

from decoder import additive
from families.gemma3n import Gemma3n


class Pooled(torch.nn.Module):
    """Rows of patches [1, n, 3 * side * side] and their places [1, n, 2] (-1: padding) to [tokens, width]."""

    def __init__(self, model):
        super().__init__()
        self.tower = model.model.vision_tower
        self.embedder = model.model.embed_vision

    def forward(self, pixel_values, image_position_ids):
        tower = self.tower
        padding = (image_position_ids == -1).all(-1)
        x = tower.patch_embedder(pixel_values, image_position_ids, padding)
        turned = tower.encoder.rotary_emb(x, image_position_ids)
        mask = additive(~padding)[:, None, None]
        for layer in tower.encoder.layers:
            x = layer(x, attention_mask=mask, position_embeddings=turned, position_ids=image_position_ids)
        x, there = self.pooled(x.masked_fill(padding[..., None], 0.0), image_position_ids)
        x = x[there] * tower.config.hidden_size**0.5
        if tower.config.standardize:
            x = (x - tower.std_bias) * tower.std_scale
        return self.embedder(inputs_embeds=x)

    def pooled(self, x, places):
        """The mean of each square of patches [1, tokens, width], and which squares are there [1, tokens]."""
        side = self.tower.config.pooling_kernel_size
        places = places.clamp(min=0)
        across = (places[..., 0].amax(-1, keepdim=True) + 1) // side
        square = places[..., 0] // side + across * (places[..., 1] // side)
        count = x.shape[1] // side**2
        weights = (square[..., None] == torch.arange(count)).float() / side**2
        return weights.transpose(1, 2) @ x, (weights > 0).any(1)


class Tables(torch.nn.Module):
    """Token ids to embeddings and to the layers' own inputs; a mark of an image is looked up as padding."""

    def __init__(self, model):
        super().__init__()
        self.text = model.model.language_model
        c = model.config
        self.marks = [i for i in (c.image_token_id, c.video_token_id, c.audio_token_id) if i is not None]
        self.pad = c.text_config.pad_token_id

    def forward(self, input_ids):
        for mark in self.marks:
            input_ids = torch.where(input_ids == mark, self.pad, input_ids)
        return self.text.embed_tokens(input_ids), self.text.get_per_layer_inputs(input_ids)


class Gemma4(Gemma3n):
    """Sounds and films are left out."""

    types = ('gemma4',)

    def __init__(self, model):
        super().__init__(model)
        c = self.text_config
        if c.enable_moe_block or c.use_bidirectional_attention or not c.hidden_size_per_layer_input:
            raise SystemExit('Only Gemma 4 with causal attention and without experts (E2B, E4B) can be exported; the larger ones are beyond a browser.')

    def embeddings(self):
        return Tables(self.model)

    def vision(self):
        return Pooled(self.model)

    def vision_inputs(self, inputs):
        return {k: inputs[k] for k in ('pixel_values', 'image_position_ids')}

    def cache_shapes(self):
        c = self.text_config
        own = range(c.num_hidden_layers - c.num_kv_shared_layers)
        return [(c.per_layer_config[i].num_key_value_heads, c.per_layer_config[i].head_dim) for i in own]

    def called(self, processor, prompt, picture):
        out = processor(images=[[picture]], text=[prompt], return_tensors='pt', add_special_tokens=False)
        return {k: out[k] for k in ('input_ids', 'attention_mask', 'pixel_values', 'image_position_ids')}
