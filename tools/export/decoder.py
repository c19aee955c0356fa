"""The decoder as a graph: embeddings, mask, positions and the keys and values so far in; hidden states and all keys and values out."""

import inspect

import torch
from transformers import DynamicCache


class Past(DynamicCache):
    """Keys and values that grow by concatenation, whatever the configuration says of windows: the mask decides what is seen."""

    def __init__(self, tensors):
        super().__init__()
        self.held = [list(pair) for pair in zip(tensors[::2], tensors[1::2])]
        self.before = tensors[0].shape[2]

    def update(self, key_states, value_states, layer_idx, *args, **kwargs):
        """Appends a layer's new keys and values and returns all of them, float32 [batch, heads, total, head_dim]."""
        pair = self.held[layer_idx]
        pair[0] = torch.cat([pair[0], key_states], 2)
        pair[1] = torch.cat([pair[1], value_states], 2)
        return pair[0], pair[1]

    def get_seq_length(self, layer_idx=0):
        """Tokens that were there before this run."""
        return self.before

    def flat(self):
        """Keys and values of all layers in order."""
        return [t for pair in self.held for t in pair]


def seen(attention_mask, count, window=None, whole_prompt=False):
    """Which of all tokens each of the `count` newest may see, bool [batch, 1, count, total].

    window: how far back a token sees. whole_prompt: the tokens of a first run see each other both ways (PaliGemma's prefix).
    """
    total = attention_mask.shape[1]
    key = torch.arange(total, device=attention_mask.device)[None, :]
    query = key[:, total - count:].transpose(0, 1)
    allowed = key <= query
    if whole_prompt:
        allowed = allowed | (query.amin(0, keepdim=True) == 0)
    if window is not None:
        allowed = allowed & (key > query - window)
    return allowed[None, None] & (attention_mask[:, None, None, :] > 0)


def additive(allowed, dtype=torch.float32):
    """0 where a token may be seen and the lowest number elsewhere."""
    return torch.where(allowed, torch.zeros((), dtype=dtype), torch.full((), torch.finfo(dtype).min, dtype=dtype))


class Decoder(torch.nn.Module):
    """A text model of transformers, driven by its embeddings."""

    def __init__(self, text, whole_prompt=False):
        super().__init__()
        self.text = text
        self.whole_prompt = whole_prompt
        names = inspect.signature(text.forward).parameters
        self.cache_name = 'cache' if 'cache' in names else 'past_key_values'
        types = getattr(text.config, 'layer_types', None) or []
        self.window = text.config.sliding_window if 'sliding_attention' in types else None
        # Models with both kinds of layers take their masks by name; those with one kind take it alone.
        self.by_name = len(set(types)) > 1 or getattr(text.config, 'model_type', '').startswith(('gemma2', 'gemma3'))

    def masks(self, attention_mask, count):
        """The masks as this text model takes them."""
        full = additive(seen(attention_mask, count, None, self.whole_prompt))
        near = additive(seen(attention_mask, count, self.window, self.whole_prompt)) if self.window else full
        if self.by_name:
            return {'full_attention': full, 'sliding_attention': near}
        return near

    def extras(self, inputs_embeds, **given):
        """What the text model takes of the embeddings and of further inputs, by name."""
        return {'inputs_embeds': inputs_embeds, **given}

    def forward(self, inputs_embeds, attention_mask, position_ids, past, **given):
        cache = Past(past)
        out = self.text(
            **self.extras(inputs_embeds, **given),
            attention_mask=self.masks(attention_mask, inputs_embeds.shape[1]),
            position_ids=position_ids,
            use_cache=True,
            **{self.cache_name: cache},
        )
        return (out.last_hidden_state, *cache.flat())
