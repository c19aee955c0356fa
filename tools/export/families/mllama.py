"""Llama 3.2 Vision: the text looks at the picture from layers of its own (cross attention), and the prompt holds one token for it."""

import torch

from decoder import Decoder, Past, additive, seen
from families.base import Family
from graphs import export


class States(torch.nn.Module):
    """The picture's states, the keys and values that the layers make of them, and which of them are of a real tile."""

    def __init__(self, model):
        super().__init__()
        self.vision = model.model.vision_model
        self.projector = model.model.multi_modal_projector
        text = model.model.language_model
        self.layers = torch.nn.ModuleList([text.layers[i].cross_attn for i in model.config.text_config.cross_attention_layers])
        self.patches = model.model.vision_model.num_patches

    def forward(self, pixel_values, aspect_ratio_ids, aspect_ratio_mask):
        out = self.vision(pixel_values=pixel_values, aspect_ratio_ids=aspect_ratio_ids, aspect_ratio_mask=aspect_ratio_mask)
        states = self.projector(out.last_hidden_state)
        states = states.reshape(1, -1, states.shape[-1])
        pairs = []
        for layer in self.layers:
            shape = (1, -1, layer.num_key_value_heads, layer.head_dim)
            pairs.append(layer.k_norm(layer.k_proj(states).view(shape).transpose(1, 2)))
            pairs.append(layer.v_proj(states).view(shape).transpose(1, 2))
        tiles = aspect_ratio_mask[:, 0].float().repeat_interleave(self.patches, 1)
        return (states, *pairs, tiles)


class Held:
    """Stands for a cache: the layers of the text's own keep theirs in `past`, the picture's are given."""

    def __init__(self, past, own, cross):
        self.past, self.own = past, own
        self.layers = {i: Pair(*pair) for i, pair in cross.items()}

    def __len__(self):
        return 0

    def update(self, key_states, value_states, layer_idx, *args, **kwargs):
        return self.past.update(key_states, value_states, self.own[layer_idx])

    def get_seq_length(self, layer_idx=0):
        return self.past.before


class Pair:
    """Keys and values of one layer."""

    def __init__(self, keys, values):
        self.keys, self.values = keys, values


class CrossDecoder(Decoder):
    """The text model, layer by layer, with the picture's keys and values as inputs.

    cross_attention_mask: 1 for each new token that stands at or behind the image's token, int64 [1, n]. cross_tiles: 1 for states of real tiles,
    0 for those of tiles that only fill up, [1, states]; below 0: there is no picture, and the layers that look at it are passed over.
    """

    def __init__(self, text, cross_layers):
        super().__init__(text)
        self.cross_layers = cross_layers
        own = [i for i in range(len(text.layers)) if i not in cross_layers]
        self.own = {layer: i for i, layer in enumerate(own)}

    def forward(self, inputs_embeds, attention_mask, position_ids, past, cross, cross_tiles, cross_attention_mask):
        held = Past(past)
        pairs = {layer: (cross[2 * i], cross[2 * i + 1]) for i, layer in enumerate(self.cross_layers)}
        cache = Held(held, self.own, pairs)
        causal = additive(seen(attention_mask, inputs_embeds.shape[1]))
        rows = (cross_attention_mask > 0)[:, None, :, None]
        # A token before the picture's is masked from all of it, which transformers turns into a mask from nothing (_prepare_cross_attention_mask).
        looked = additive((cross_tiles > 0)[:, None, None, :] | ~rows)
        there = (cross_tiles.amax(-1) >= 0).float()
        hidden = inputs_embeds
        places = self.text.rotary_emb(hidden, position_ids=position_ids)
        for i, layer in enumerate(self.text.layers):
            after = layer(
                hidden,
                cross_attention_states=None,
                cross_attention_mask=looked,
                attention_mask=causal,
                full_text_row_masked_out_mask=rows.float(),
                position_ids=position_ids,
                cache=cache,
                use_cache=True,
                position_embeddings=places,
            )
            hidden = hidden + there[:, None, None] * (after - hidden) if i in self.cross_layers else after
        return (self.text.norm(hidden), *held.flat())


class Mllama(Family):
    """The vision encoder gives what the decoder takes under the same names."""

    types = ('mllama',)

    def cross_names(self):
        """Names of the picture's keys and values."""
        return [f'cross_key_values.{i}.{part}' for i in range(len(self.text_config.cross_attention_layers)) for part in ('key', 'value')]

    def heads(self):
        layers, kv, width = super().heads()
        return layers - len(self.text_config.cross_attention_layers), kv, width

    def vision(self):
        return States(self.model)

    def vision_inputs(self, inputs):
        return {k: inputs[k] for k in ('pixel_values', 'aspect_ratio_ids', 'aspect_ratio_mask')}

    def export_vision(self, inputs):
        return export(self.vision(), self.vision_inputs(inputs), {}, ['image_features', *self.cross_names(), 'cross_tiles'])

    def decoder(self):
        return CrossDecoder(self.text(), self.text_config.cross_attention_layers)

    def more_inputs(self, count):
        _, kv, width = self.heads()
        return {
            'cross': [torch.randn(1, kv, 9, width) for _ in self.cross_names()],
            'cross_tiles': torch.ones(1, 9),
            'cross_attention_mask': torch.ones(1, count, dtype=torch.long),
        }

    def more_axes(self):
        return {'cross': [{2}] * len(self.cross_names()), 'cross_tiles': {1}, 'cross_attention_mask': {1}}

    def more_names(self, name):
        return self.cross_names()

    def called(self, processor, prompt, picture):
        inputs = dict(processor(images=picture, text=prompt, return_tensors='pt', add_special_tokens=False))
        return inputs

    def grown(self, inputs):
        """The mask of the picture for tokens behind the prompt: as for its last."""
        mask = inputs['cross_attention_mask']
        more = inputs['input_ids'].shape[1] - mask.shape[1]
        return {**inputs, 'cross_attention_mask': torch.cat([mask, mask[:, -1:].repeat(1, more, 1, 1)], 1)}

    def logits(self, inputs):
        return self.model(**self.grown(inputs)).logits[0]

    def features(self, sessions, inputs):
        out = sessions.run('vision_encoder', {k: v.numpy() for k, v in self.vision_inputs(inputs).items()})
        out.pop('image_features')
        out['cross_attention_mask'] = (self.grown(inputs)['cross_attention_mask'].amax((2, 3)) > 0).long().numpy()
        return None, out

    def decoder_feeds(self, more, start, end):
        return {**more, 'cross_attention_mask': more['cross_attention_mask'][:, start:end]}
