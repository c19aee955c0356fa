"""What a family must say of itself to be exported. The common shape: vision tower, projector, a text model behind embeddings."""

import numpy as np
import torch

from decoder import Decoder
from graphs import add_logits, export, name_axes


# Stands between a prompt and the beginning of an answer where the processor must be told the prompt alone.
END = '\0'


class Features(torch.nn.Module):
    """A vision encoder as transformers computes it: `get_image_features` of the model, flattened to [1, rows, width]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        out = self.model.get_image_features(pixel_values=pixel_values).pooler_output
        rows = torch.cat(list(out), 0) if isinstance(out, (list, tuple)) else out
        return rows.reshape(1, -1, rows.shape[-1])


class Embeddings(torch.nn.Module):
    """Token ids to embeddings, by the model's own table (with the scale that some have)."""

    def __init__(self, table):
        super().__init__()
        self.table = table

    def forward(self, input_ids):
        return self.table(input_ids)


class Family:
    """The common path; a family overrides where it differs."""

    # model_type of config.json
    types = ()
    # Rows of position ids that the text model takes.
    position_rows = 1
    # Where positions start.
    first_position = 0
    # Whether the tokens of the prompt see each other both ways.
    whole_prompt = False
    # Whether the number of pictures (tiles) in pixel_values may differ.
    tiles = False
    # What the embeddings' session gives.
    embedded = ('inputs_embeds',)

    def __init__(self, model):
        self.model = model
        self.config = model.config
        self.text_config = self.config.get_text_config()

    # ---- parts of the model
    def text(self):
        """The text model, without its output matrix."""
        return self.model.model.language_model

    def head(self):
        """The output matrix: a Linear."""
        return self.model.lm_head

    def table(self):
        """The embeddings of tokens: a module."""
        return self.model.get_input_embeddings()

    def embeddings(self):
        """The embeddings: a module from token ids to what `embedded` names."""
        return Embeddings(self.table())

    def vision(self):
        """The vision encoder: a module from the processor's tensors to [1, rows, width]."""
        return Features(self.model)

    def vision_inputs(self, inputs):
        """Of the processor's output, what the vision encoder takes, by name."""
        return {'pixel_values': inputs['pixel_values']}

    def vision_axes(self):
        """Dynamic axes of the vision encoder's inputs."""
        return {'pixel_values': {0: 'batch_size'}} if self.tiles else {}

    def heads(self):
        """(layers, key heads, width of a head) of the cache."""
        c = self.text_config
        kv = getattr(c, 'num_key_value_heads', None) or c.num_attention_heads
        width = getattr(c, 'head_dim', None) or c.hidden_size // c.num_attention_heads
        return c.num_hidden_layers, kv, width

    def width(self):
        """Width of the embeddings that the decoder takes."""
        return self.text_config.hidden_size

    def softcap(self):
        """The limit of the logits, or None."""
        return getattr(self.text_config, 'final_logit_softcapping', None)

    # ---- what a run is given
    def image_token(self):
        """Id of the tokens whose embeddings are replaced by image features."""
        c = self.config
        return c.image_token_id if getattr(c, 'image_token_id', None) is not None else c.image_token_index

    def positions(self, inputs):
        """Position ids of a whole sequence, int64 [1, tokens] or [rows, 1, tokens]."""
        return np.arange(inputs['input_ids'].shape[1], dtype=np.int64)[None] + self.first_position

    def logits(self, inputs):
        """What PyTorch gives for the same inputs: float [tokens, vocabulary]."""
        return self.model(**inputs).logits[0]

    def rendered(self, processor, text):
        """The prompt of one picture and one text, before image tokens are expanded."""
        chat = [{'role': 'user', 'content': [{'type': 'image'}, {'type': 'text', 'text': text}]}]
        return processor.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)

    def called(self, processor, prompt, picture):
        """The processor's output for a rendered prompt and its picture."""
        return dict(processor(images=picture, text=prompt, return_tensors='pt'))

    def inputs(self, processor, text, picture):
        """The processor's output for one picture and one question."""
        return self.called(processor, self.rendered(processor, text), picture)

    def with_text(self, processor, inputs, text):
        """The same inputs with the tokens of a text behind them."""
        return self.with_ids(inputs, processor.tokenizer.encode(text, add_special_tokens=False))

    def with_ids(self, inputs, tokens):
        """The same inputs with tokens of an answer behind them."""
        ids = torch.tensor([list(tokens)], dtype=torch.long)
        longer = {**inputs, 'input_ids': torch.cat([inputs['input_ids'], ids], 1)}
        longer['attention_mask'] = torch.ones_like(longer['input_ids'])
        for name, value in (('token_type_ids', self.behind), ('mm_token_type_ids', 0)):
            if name in longer:
                longer[name] = torch.cat([longer[name], torch.full_like(ids, value)], 1)
        return longer

    # token_type_ids of an answer.
    behind = 0

    def features(self, sessions, inputs):
        """(the image's features by the graphs, further inputs of the decoder)."""
        feeds = {k: v.numpy() for k, v in self.vision_inputs(inputs).items()}
        return sessions.run('vision_encoder', feeds)['image_features'], {}

    def decoder_feeds(self, more, start, end):
        """Further inputs of the decoder for tokens [start, end): those that embeddings and vision gave, cut where they are one a token."""
        return more

    # ---- graphs
    def export_vision(self, inputs):
        """The vision encoder's graph."""
        return export(self.vision(), self.vision_inputs(inputs), self.vision_axes(), ['image_features'])

    def export_embeddings(self):
        """The embeddings' graph."""
        model = export(self.embeddings(), {'input_ids': torch.zeros(1, 5, dtype=torch.long)}, {'input_ids': {1: 'n'}}, list(self.embedded))
        name_axes([*model.graph.input, *model.graph.output], lambda n: {1: 'sequence_length'})
        return model

    def export_decoder(self):
        """The decoder's graph, with a cache."""
        layers, kv, width = self.heads()
        new, old = 5, 7
        position_ids = torch.arange(old, old + new)[None]
        if self.position_rows > 1:
            position_ids = position_ids[None].repeat(self.position_rows, 1, 1)
        pairs = [(i, part) for i in range(layers) for part in ('key', 'value')]
        inputs = {
            'inputs_embeds': torch.randn(1, new, self.width()),
            'attention_mask': torch.ones(1, old + new, dtype=torch.long),
            'position_ids': position_ids,
            'past': [torch.randn(1, kv, old, width) for _ in pairs],
            **self.more_inputs(new),
        }
        axes = {'inputs_embeds': {1}, 'attention_mask': {1}, 'position_ids': {position_ids.dim() - 1}, 'past': [{2}] * len(pairs), **self.more_axes()}
        past = [f'past_key_values.{i}.{part}' for i, part in pairs]
        present = [f'present.{i}.{part}' for i, part in pairs]
        names = [n for name in inputs for n in (past if name == 'past' else [name] if torch.is_tensor(inputs[name]) else self.more_names(name))]
        model = export(self.decoder(), inputs, axes, ['hidden', *present], names)
        head = self.head()
        weight = head.weight.detach().float().numpy()
        bias = None if head.bias is None else head.bias.detach().float().numpy()
        add_logits(model, weight, bias, self.softcap())
        rows = {'inputs_embeds': {1: 'sequence_length'}, 'attention_mask': {1: 'total_sequence_length'}, 'position_ids': {position_ids.dim() - 1: 'sequence_length'}}
        name_axes(model.graph.input, lambda n: {2: 'past_sequence_length'} if n.startswith('past') else rows.get(n))
        name_axes(model.graph.output, lambda n: {2: 'total_sequence_length'} if n.startswith('present') else None)
        return model

    def decoder(self):
        """The decoder as a module."""
        return Decoder(self.text(), self.whole_prompt)

    def more_inputs(self, count):
        """Example inputs of the decoder beyond the common ones, for `count` new tokens."""
        return {}

    def more_axes(self):
        """Their dynamic axes."""
        return {}

    def more_names(self, name):
        """The graph's input names of an example input that is a list."""
        raise NotImplementedError(name)

    def notes(self):
        """What config.json shall say of the export, under `lookalike_export`; None for nothing."""
        return None

    def export_more(self, inputs):
        """Further graphs: functions by name."""
        return {}
