"""Tiny random moondream1 (moondream 1, and 2 until May 2024) in the layout of its public exports, with references. usage: make_moondream1.py OUT [CHECKOUT]

transformers has SigLIP and Phi, but not what stands between them, so the model is put together here. CHECKOUT: the makers' own code (github.com/vikhyat/moondream,
commit 3346cd7); it is then given the same weights, and the program stops if its ids, pixels or likelihoods are others.
"""

import json
import os
import sys

import exported as E
from exported import K, c2, np, torch
from public_export import write_graphs
from tokenizers import Tokenizer, pre_tokenizers
from transformers import PhiConfig, PhiForCausalLM, PreTrainedTokenizerFast, SiglipVisionConfig, SiglipVisionModel
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

SEED = int(os.environ.get('SEED', 1))
SIZE, PATCH, IMAGE, END = 56, 14, -200, '<|endoftext|>'
VISION = {'hidden_size': 16, 'intermediate_size': 32, 'num_hidden_layers': 2, 'num_attention_heads': 2, 'image_size': SIZE, 'patch_size': PATCH, 'layer_norm_eps': 1e-5, 'hidden_act': 'gelu_pytorch_tanh', 'vision_use_head': False}
TEXT = {'hidden_size': 32, 'intermediate_size': 64, 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 4, 'max_position_embeddings': 512, 'partial_rotary_factor': 0.5, 'rope_theta': 10000.0, 'hidden_act': 'gelu_new', 'layer_norm_eps': 1e-5, 'tie_word_embeddings': False}
SIZES = {101: (56, 56), 102: (56, 56), 201: (75, 60), 202: (48, 91), 301: (40, 30), 302: (70, 58)}
# Runs of blanks and tabs are tokens of CodeGen's vocabulary that are not special.
BLANKS = [' ' * n for n in (4, 3, 2)] + ['\t\t']


class Moondream(torch.nn.Module):
    """SigLIP tower, a projection of two layers, Phi."""

    def __init__(self, vocabulary, end):
        super().__init__()
        self.tower = SiglipVisionModel(SiglipVisionConfig(**VISION))
        width = TEXT['hidden_size']
        self.fc1, self.fc2 = torch.nn.Linear(VISION['hidden_size'], 2 * width), torch.nn.Linear(2 * width, width)
        self.text = PhiForCausalLM(PhiConfig(vocab_size=vocabulary, bos_token_id=end, eos_token_id=end, **TEXT))
        self.text.set_attn_implementation('eager')

    def tie_weights(self):
        """Nothing is tied."""

    def forward(self, pixel_values):
        """[batch, 3, size, size] -> rows of features [batch, patches, width]."""
        seen = self.tower(pixel_values=pixel_values).last_hidden_state
        return self.fc2(torch.nn.functional.gelu(self.fc1(seen), approximate='tanh'))

    def logits(self, inputs):
        """float [tokens, vocabulary]: rows of the image stand where ids are IMAGE."""
        ids = inputs['input_ids']
        embeds = self.text.get_input_embeddings()(ids.clamp(min=0)).clone()
        if 'pixel_values' in inputs:
            embeds[ids == IMAGE] = self(inputs['pixel_values'])[0]
        return self.text(inputs_embeds=embeds).logits[0]


def tokenizer(folder):
    """Writes tokenizer.json as the public export has it: <image> under the id -200, which Python's library cannot read. Returns (tokenizer without it, vocabulary)."""
    tok = c2.train_bpe(320, None, [END], pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True), None, [])
    end = tok['added_tokens'][0]['id']
    tok['added_tokens'] += [{**K.added(end + 1 + i, s, special=False), 'normalized': True} for i, s in enumerate(BLANKS)]
    first = {'SpecialToken': {'id': END, 'type_id': 0}}
    text = lambda name: {'Sequence': {'id': name, 'type_id': 0}}
    # The public file names the token <s> here, which no library looks up.
    tok['post_processor'] = {'type': 'TemplateProcessing', 'single': [first, text('A')], 'pair': [first, text('A'), first, text('B')], 'special_tokens': {'<s>': {'id': END, 'ids': [end], 'tokens': [END]}}}
    public = {**tok, 'added_tokens': [K.added(IMAGE, '<image>'), *tok['added_tokens']]}
    c2.write(f'{folder}/tokenizer.json', public)
    config = {'add_prefix_space': False, 'added_tokens_decoder': c2.added_decoder(public), 'bos_token': END, 'clean_up_tokenization_spaces': True, 'eos_token': END, 'model_max_length': 512, 'tokenizer_class': 'CodeGenTokenizer', 'unk_token': END}
    c2.write(f'{folder}/tokenizer_config.json', config)
    plain = Tokenizer.from_str(json.dumps({**tok, 'post_processor': None}))
    return PreTrainedTokenizerFast(tokenizer_object=plain, bos_token=END, eos_token=END, unk_token=END), tok


def plain(messages):
    """The prompt of the makers' answer_question (moondream.py); without an image, its place is left empty."""
    parts = messages[0]['content']
    image = '<image>' if any(p['type'] == 'image' for p in parts) else ''
    return f"{image}\n\nQuestion: {parts[-1]['text']}\n\nAnswer:"


def encode(tok, prompt):
    """Ids as the makers' input_embeds puts them together: <|endoftext|>, and what stands before and behind the image, each tokenised by itself."""
    pieces = [tok(p, add_special_tokens=False).input_ids if p else [] for p in prompt.split('<image>')]
    rows = [IMAGE] * (SIZE // PATCH) ** 2
    return sum((rows + p for p in pieces[1:]), [tok.bos_token_id, *pieces[0]])


def main(out, checkout=None):
    """Writes OUT/model, OUT/benchmark and OUT/reference.json."""
    folder = K.start(out)
    tok, raw = tokenizer(folder)
    # Like the real model's, the table has rows without a token.
    vocabulary = -(-(len(raw['model']['vocab']) + len(raw['added_tokens'])) // 8) * 8 + 8
    net = E.fill(Moondream(vocabulary, tok.bos_token_id), SEED)
    kept = {k: v for k, v in PhiConfig(vocab_size=vocabulary, bos_token_id=tok.bos_token_id, eos_token_id=tok.bos_token_id, **TEXT).to_dict().items() if k in (*TEXT, 'vocab_size', 'bos_token_id', 'eos_token_id', 'model_type', 'qk_layernorm')}
    c2.write(f'{folder}/config.json', {'architectures': ['Moondream'], 'image_token_index': IMAGE, 'model_type': 'moondream1', 'phi_config': {'architectures': ['PhiForCausalLM'], **kept, **TEXT}, 'torch_dtype': 'float32', 'transformers_version': '4.38.2'})
    pixels = {'do_normalize': True, 'do_rescale': True, 'do_resize': True, **E.MEAN, 'image_processor_type': 'SiglipImageProcessor', 'processor_class': 'SiglipProcessor', 'resample': 3, 'rescale_factor': 0.00392156862745098, 'size': {'height': SIZE, 'width': SIZE}}
    c2.write(f'{folder}/preprocessor_config.json', pixels)
    processor = SiglipImageProcessorPil(**{k: v for k, v in pixels.items() if not k.endswith(('type', 'class'))})
    data = K.dataset(E.ROWS, 9600)
    images = K.write_benchmark(out, data, SIZES, 9600 + 7 * SEED)
    call = lambda text, image: {'input_ids': torch.tensor([encode(tok, text)]), 'pixel_values': processor(image, return_tensors='pt')['pixel_values']}
    letters = [tok.encode(x, add_special_tokens=False) for x in 'AB']
    assert all(len(x) == 1 for x in letters), letters
    E.damp(net.text.lm_head.weight, raw)
    for _ in range(3):
        K.boost(net, net.text.lm_head, data, images, plain, call, [x[0] for x in letters], 4.5, net.logits)
    write_graphs(folder, net, net.text, SIZE)
    items = K.reference(net, tok, plain, call, data, images, [tok.eos_token_id], None, lambda i: net(i['pixel_values']), 8, net.logits)
    K.report(items)
    K.verify(out, items, data, images, call, IMAGE, lambda i: {'pixel_values': i['pixel_values'].numpy()}, lambda i: np.arange(i['input_ids'].shape[1])[None])
    blind = K.text_only(net.text, tok, plain, lambda text: encode(tok, text), data)
    if checkout:
        import makers_moondream

        makers_moondream.compare(checkout, net, tok, processor, plain, data, images, items)
    for item in items.values():
        for key in ('im_1', 'im_2'):
            item[key].pop('bare_letter')
    made = K.versions()
    K.write_reference(f'{out}/reference.json', {'family': 'moondream1', 'dtype': 'fp32', 'made_with': made, 'prompts': K.PROMPTS, 'items': items, 'text_only': blind})


if __name__ == '__main__':
    main(*sys.argv[1:])
