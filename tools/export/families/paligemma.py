"""PaliGemma and PaliGemma 2: the tokens of the prompt see each other both ways, those of the answer only what is before them."""

import torch

from families.base import END, Family


class Projected(torch.nn.Module):
    """One picture [1, 3, h, w] to [1, rows, width]."""

    def __init__(self, model):
        super().__init__()
        self.tower = model.model.vision_tower
        self.projector = model.model.multi_modal_projector

    def forward(self, pixel_values):
        return self.projector(self.tower(pixel_values).last_hidden_state)


class PaliGemma(Family):
    """The first run of the decoder is the whole prompt, without a mask; later runs are causal."""

    types = ('paligemma',)
    whole_prompt = True
    first_position = 1
    behind = 1

    def vision(self):
        return Projected(self.model)

    def rendered(self, processor, text):
        return f'<image>{text}{END}'

    def called(self, processor, prompt, picture):
        # The processor ends every text with a line end: that is the prompt's, and what stands behind it is an answer.
        prompt, _, answer = prompt.partition(END)
        inputs = dict(processor(images=picture, text=prompt, return_tensors='pt'))
        inputs.pop('labels', None)
        return self.with_text(processor, inputs, answer) if answer else inputs

    def notes(self):
        return {'prompt': 'both ways'}
