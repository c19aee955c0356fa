"""FastVLM in the layout of transformers: a FastViT of timm, whose grid of features is read row by row."""

from families.base import Family


class FastVlm(Family):
    """One picture of a fixed size."""

    types = ('fast_vlm',)
