"""BLIP-2 and InstructBLIP with a decoder-only language model: learnt queries read the picture, and their outputs stand for it in the prompt."""

import torch

from families.base import END, Family
from graphs import export


class Queries(torch.nn.Module):
    """BLIP-2: one picture to the rows of its queries."""

    def __init__(self, model):
        super().__init__()
        self.vision = model.vision_model
        self.qformer = model.qformer
        self.projection = model.language_projection
        self.query_tokens = model.query_tokens

    def forward(self, pixel_values):
        states = self.vision(pixel_values=pixel_values, return_dict=True).last_hidden_state
        mask = torch.ones(states.shape[:-1], dtype=torch.long)
        out = self.qformer(query_embeds=self.query_tokens, encoder_hidden_states=states, encoder_attention_mask=mask, return_dict=True)
        return self.projection(out.last_hidden_state)


class Eye(torch.nn.Module):
    """InstructBLIP: the picture alone."""

    def __init__(self, model):
        super().__init__()
        self.vision = model.vision_model

    def forward(self, pixel_values):
        return self.vision(pixel_values=pixel_values, return_dict=True).last_hidden_state


class Reader(torch.nn.Module):
    """InstructBLIP: the queries read the picture and the instruction together."""

    def __init__(self, model):
        super().__init__()
        self.qformer = model.qformer
        self.projection = model.language_projection
        self.query_tokens = model.query_tokens

    def forward(self, image_features, input_ids):
        count = self.query_tokens.shape[1]
        seen = torch.ones(image_features.shape[:-1], dtype=torch.long)
        mask = torch.cat([torch.ones(1, count, dtype=torch.long), torch.ones_like(input_ids)], 1)
        out = self.qformer(
            input_ids=input_ids,
            attention_mask=mask,
            query_embeds=self.query_tokens,
            encoder_hidden_states=image_features,
            encoder_attention_mask=seen,
            return_dict=True,
        )
        return self.projection(out.last_hidden_state[:, :count])


class Blip2(Family):
    """Queries, then the text, which begins behind them."""

    types = ('blip-2',)

    def __init__(self, model):
        super().__init__(model)
        if not self.config.use_decoder_only_language_model:
            raise SystemExit('Only checkpoints with a decoder-only language model (OPT, Vicuna) can be exported, not those with T5.')

    def text(self):
        inner = self.model.language_model.model
        return getattr(inner, 'decoder', inner)

    def head(self):
        return self.model.language_model.lm_head

    def table(self):
        return self.model.language_model.get_input_embeddings()

    def image_token(self):
        return self.config.image_token_index

    def vision(self):
        return Queries(self.model)

    def rendered(self, processor, text):
        return text


class InstructBlip(Blip2):
    """The queries also read the instruction, so that an image has other features for each prompt."""

    types = ('instructblip',)

    def vision(self):
        return Eye(self.model)

    def rendered(self, processor, text):
        return text + END

    def called(self, processor, prompt, picture):
        # The Q-Former reads the prompt, never an answer; for the language model both are one text.
        prompt, _, answer = prompt.partition(END)
        inputs = dict(processor(images=picture, text=prompt + answer, return_tensors='pt'))
        if answer:
            alone = processor(images=picture, text=prompt, return_tensors='pt')
            inputs.update({k: alone[k] for k in ('qformer_input_ids', 'qformer_attention_mask')})
        return inputs

    def export_more(self, inputs):
        states = self.vision()(inputs['pixel_values'])
        feeds = {'image_features': states, 'input_ids': inputs['qformer_input_ids']}
        return {'encoder_model': lambda: export(Reader(self.model), feeds, {'input_ids': {1}}, ['query_features'])}

    def features(self, sessions, inputs):
        states = sessions.run('vision_encoder', {'pixel_values': inputs['pixel_values'].numpy()})['image_features']
        feeds = {'image_features': states, 'input_ids': inputs['qformer_input_ids'].numpy()}
        return sessions.run('encoder_model', feeds)['query_features'], {}
