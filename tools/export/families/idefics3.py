"""Idefics3 and SmolVLM: tiles of one size, the whole picture last."""

import torch

from families.base import Family


class Tiles(torch.nn.Module):
    """Tiles [1, n, 3, h, w], each of them full, to [n, rows, width]."""

    def __init__(self, model, size):
        super().__init__()
        self.tower = model.model.vision_model
        self.connector = model.model.connector
        self.places = torch.nn.Buffer(self.numbers(size), persistent=False)

    def numbers(self, size):
        """The rows of the table of places that the tower takes for a full tile of this height and width, int64 [1, patches]."""
        caught = []
        embeddings = self.tower.embeddings
        hook = embeddings.position_embedding.register_forward_hook(lambda _, given, out: caught.append(given[0]))
        grid = [side // embeddings.patch_size for side in size]
        embeddings(torch.zeros(1, 3, *size), torch.ones(1, *grid, dtype=torch.bool))
        hook.remove()
        return caught[0][:1]

    def forward(self, pixel_values):
        embeddings = self.tower.embeddings
        patches = embeddings.patch_embedding(pixel_values[0]).flatten(2).transpose(1, 2)
        x = patches + embeddings.position_embedding(self.places)
        x = self.tower.encoder(inputs_embeds=x, attention_mask=None).last_hidden_state
        return self.connector(self.tower.post_layernorm(x))


class Idefics3(Family):
    """As many tiles as the picture's shape asks for."""

    types = ('idefics3',)

    def text(self):
        return self.model.model.text_model

    def export_vision(self, inputs):
        self.size = inputs['pixel_values'].shape[-2:]
        return super().export_vision(inputs)

    def vision(self):
        return Tiles(self.model, self.size)

    def vision_axes(self):
        return {'pixel_values': {1}}

    def called(self, processor, prompt, picture):
        return dict(processor(images=[[picture]], text=[prompt], return_tensors='pt'))


class SmolVLM(Idefics3):
    """The same; its processor asks its video part before it renders, which an export is made without."""

    types = ('smolvlm',)

    def rendered(self, processor, text):
        chat = [{'role': 'user', 'content': [{'type': 'image'}, {'type': 'text', 'text': text}]}]
        return processor.tokenizer.apply_chat_template(chat, chat_template=processor.chat_template, add_generation_prompt=True, tokenize=False)
