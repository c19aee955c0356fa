"""Qwen2-VL, Qwen2.5-VL, Qwen3-VL: towers that take pictures of any size as rows of patches, and text whose positions are time, height and width."""

import torch

from decoder import Decoder, additive
from families.base import Embeddings, Family

# More windows than any picture is wide.
MANY = 1 << 20


class Patches(torch.nn.Module):
    """Rows of patches [n, 3 * time * side * side] of one picture, and its grid [1, 3], to [n / merged, width].

    Attention is over all patches, with a mask where a layer looks at its window alone; patches stay in the order in which they came.
    """

    def __init__(self, visual):
        super().__init__()
        self.visual = visual
        self.merge = visual.spatial_merge_size
        full = getattr(visual, 'fullatt_block_indexes', None)
        self.windowed = [full is not None and i not in full for i in range(len(visual.blocks))]
        self.window = visual.window_size // self.merge // visual.patch_size if any(self.windowed) else 0

    def places(self, count, width):
        """Row and column of each patch, int64 [n]: patches that are merged stand together."""
        m = self.merge
        i = torch.arange(count)
        block, inner = i // (m * m), i % (m * m)
        across = width // m
        return block // across * m + inner // m, block % across * m + inner % m

    def within(self, rows, cols):
        """The mask of patches in the same window, [n, n]."""
        side = self.merge * self.window
        window = rows // side * MANY + cols // side
        return additive(window[:, None] == window[None, :])

    def table(self, rows, cols, grid):
        """The learned places, stretched to the picture's grid (Qwen3-VL)."""
        side = self.visual.num_grid_per_side
        out = 0
        axes = []
        for at, size in ((rows, grid[0, 1]), (cols, grid[0, 2])):
            exact = at.float() * (side - 1) / torch.clamp(size - 1, min=1)
            low = torch.floor(exact)
            part = exact - low
            axes.append([(low.long(), 1 - part), (torch.clamp(low.long() + 1, max=side - 1), part)])
        for row, by_row in axes[0]:
            for col, by_col in axes[1]:
                out = out + self.visual.pos_embed(row * side + col) * (by_row * by_col)[:, None]
        return out

    def look(self, attention, x, turned, mask):
        """Attention of one layer; turned: cosines and sines of the places."""
        count = x.shape[0]
        q, k, v = attention.qkv(x).reshape(count, 3, attention.num_heads, -1).permute(1, 2, 0, 3).unbind(0)
        cos, sin = turned
        half = cos.shape[-1] // 2
        turn = lambda t: t * cos + torch.cat([-t[..., half:], t[..., :half]], -1) * sin
        weights = turn(q) @ turn(k).transpose(1, 2) * attention.scaling
        weights = weights if mask is None else weights + mask
        seen = torch.softmax(weights, -1) @ v
        return attention.proj(seen.transpose(0, 1).reshape(count, -1))

    def forward(self, pixel_values, image_grid_thw):
        visual = self.visual
        proj = visual.patch_embed.proj
        x = torch.nn.functional.linear(pixel_values, proj.weight.flatten(1), proj.bias)
        rows, cols = self.places(pixel_values.shape[0], image_grid_thw[0, 2])
        if hasattr(visual, 'pos_embed'):
            x = x + self.table(rows, cols, image_grid_thw)
        turned = visual.rotary_pos_emb(x, torch.stack([rows, cols], -1))
        near = self.within(rows, cols) if self.window else None
        deep = []
        for i, block in enumerate(visual.blocks):
            x = x + self.look(block.attn, block.norm1(x), turned, near if self.windowed[i] else None)
            x = x + block.mlp(block.norm2(x))
            if i in getattr(visual, 'deepstack_visual_indexes', ()):
                deep.append(visual.deepstack_merger_list[visual.deepstack_visual_indexes.index(i)](x))
        return torch.cat([visual.merger(x), *deep], -1)


class DeepEmbeddings(Embeddings):
    """Embeddings with room behind them for what an image's token adds in the first layers: nothing, for text."""

    def __init__(self, table, layers):
        super().__init__(table)
        self.layers = layers

    def forward(self, input_ids):
        embeds = super().forward(input_ids)
        return torch.cat([embeds, *[torch.zeros_like(embeds)] * self.layers], -1)


class DeepDecoder(Decoder):
    """The text model, whose first layers add what stands behind the embeddings."""

    def __init__(self, text, layers):
        super().__init__(text)
        self.layers = layers

    def forward(self, inputs_embeds, attention_mask, position_ids, past):
        # transformers adds rows in the places of image tokens; here each token has one, of zeros for text.
        self.text._deepstack_process = lambda hidden, _, added: hidden + added
        try:
            return super().forward(inputs_embeds, attention_mask, position_ids, past)
        finally:
            del self.text._deepstack_process

    def extras(self, inputs_embeds):
        embeds, *added = inputs_embeds.chunk(1 + self.layers, -1)
        return {'inputs_embeds': embeds, 'deepstack_visual_embeds': added}


class Qwen2VL(Family):
    """Rows of patches, three rows of positions."""

    types = ('qwen2_vl', 'qwen2_5_vl')
    position_rows = 3

    def vision(self):
        return Patches(self.model.model.visual)

    def vision_inputs(self, inputs):
        return {k: inputs[k] for k in ('pixel_values', 'image_grid_thw')}

    def vision_axes(self):
        return {'pixel_values': {0}}

    def positions(self, inputs):
        ids, kinds = inputs['input_ids'], inputs['mm_token_type_ids']
        return self.model.model.get_rope_index(ids, mm_token_type_ids=kinds, image_grid_thw=inputs['image_grid_thw'])[0].numpy()


class Experts(torch.nn.Module):
    """All experts of a layer, each weighed by what the router gives it: 0 for most."""

    def __init__(self, experts):
        super().__init__()
        self.experts = experts

    def forward(self, hidden, chosen, weights):
        e = self.experts
        shares = torch.zeros(hidden.shape[0], e.num_experts).scatter(1, chosen, weights)
        gate, up = torch.einsum('nd,efd->enf', hidden, e.gate_up_proj).chunk(2, -1)
        out = torch.einsum('enf,edf->end', e.act_fn(gate) * up, e.down_proj)
        return (out * shares.t()[..., None]).sum(0)


class Qwen3VL(Qwen2VL):
    """The rows of earlier layers of the tower go to the first layers of the text (deepstack): they stand behind the embeddings, in one tensor."""

    types = ('qwen3_vl',)

    def deep(self):
        """How many layers of the text take rows of their own."""
        return len(self.config.vision_config.deepstack_visual_indexes)

    def width(self):
        return super().width() * (1 + self.deep())

    def embeddings(self):
        return DeepEmbeddings(self.table(), self.deep())

    def decoder(self):
        return DeepDecoder(self.text(), self.deep())


class Qwen3VLMoe(Qwen3VL):
    """The same with experts. Every expert is computed for every token: right, but as slow as a model of all of them."""

    types = ('qwen3_vl_moe',)

    def decoder(self):
        for layer in self.text().layers:
            if hasattr(layer.mlp, 'experts') and not isinstance(layer.mlp.experts, Experts):
                layer.mlp.experts = Experts(layer.mlp.experts)
        return super().decoder()
