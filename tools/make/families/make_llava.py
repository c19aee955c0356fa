"""Tiny random LLaVA (Llama decoder, SigLIP tower, layer -2, 'full') in the transformers.js layout, with reference likelihoods. Usage: make_llava.py [seed]"""
import os, shutil, sys
import numpy as np, torch
import common as C, decoder_lg as D, onnxbuild as ob
from transformers import AutoProcessor, LlavaConfig, LlavaForConditionalGeneration

ALONE = __name__ == '__main__'     # exported.py takes the tokenizer from here
OUT = sys.argv[2] if ALONE and len(sys.argv) > 2 else 'llava'; MODEL = OUT + '/model'
SEED = int(sys.argv[1]) if ALONE and len(sys.argv) > 1 else 9
# the chat template of llava-hf/llava-1.5-7b-hf
TEMPLATE = ("{% for message in messages %}{% if message['role'] != 'system' %}{{ message['role'].upper() + ': '}}{% endif %}{# Render all images first #}{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>\n' }}{% endfor %}"
            "{# Render all text next #}{% if message['role'] != 'assistant' %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ content['text'] + ' '}}{% endfor %}{% else %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}"
            "{% generation %}{{ content['text'] + ' '}}{% endgeneration %}{% endfor %}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}")


def tokenizer():
    alpha, merges = C.train_bpe(420)
    merges.append((':', '('))                                     # a token over the boundary of 'ASSISTANT:' and an option that opens with '('
    pieces = ['<unk>', '<s>', '</s>'] + C.BYTES
    for a, b in merges:
        if a + b not in pieces: pieces.append(a + b)
    pieces += [c for c in alpha if c not in pieces]               # no '–': it falls back to bytes
    vocab = {p: i for i, p in enumerate(pieces)}
    image, pad = len(pieces), len(pieces) + 1
    adds = [(0, '<unk>'), (1, '<s>'), (2, '</s>'), (image, '<image>'), (pad, '<pad>')]
    t = {'version': '1.0', 'truncation': None, 'padding': None, 'added_tokens': [C.added(i, s) for i, s in adds],
         'normalizer': {'type': 'Sequence', 'normalizers': [{'type': 'Prepend', 'prepend': '▁'}, {'type': 'Replace', 'pattern': {'String': ' '}, 'content': '▁'}]}, 'pre_tokenizer': None,
         'post_processor': {'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': '<s>', 'type_id': 0}}, {'Sequence': {'id': 'A', 'type_id': 0}}],
                            'pair': [{'SpecialToken': {'id': '<s>', 'type_id': 0}}, {'Sequence': {'id': 'A', 'type_id': 0}}, {'SpecialToken': {'id': '<s>', 'type_id': 1}}, {'Sequence': {'id': 'B', 'type_id': 1}}],
                            'special_tokens': {'<s>': {'id': '<s>', 'ids': [1], 'tokens': ['<s>']}}},
         'decoder': {'type': 'Sequence', 'decoders': [{'type': 'Replace', 'pattern': {'String': '▁'}, 'content': ' '}, {'type': 'ByteFallback'}, {'type': 'Fuse'}, {'type': 'Strip', 'content': ' ', 'start': 1, 'stop': 0}]},
         'model': {'type': 'BPE', 'dropout': None, 'unk_token': '<unk>', 'continuing_subword_prefix': None, 'end_of_word_suffix': None, 'fuse_unk': True, 'byte_fallback': True, 'ignore_merges': False, 'vocab': vocab, 'merges': [list(m) for m in merges]}}
    cfg = {'add_bos_token': True, 'add_eos_token': False, 'added_tokens_decoder': {str(i): {k: v for k, v in C.added(i, s).items() if k != 'id'} for i, s in adds}, 'bos_token': '<s>', 'chat_template': TEMPLATE, 'clean_up_tokenization_spaces': False, 'eos_token': '</s>',
           'extra_special_tokens': {'image_token': '<image>'}, 'image_token': '<image>', 'legacy': False, 'model_max_length': 1000000000000000019884624838656, 'pad_token': '<pad>', 'padding_side': 'left', 'processor_class': 'LlavaProcessor', 'sp_model_kwargs': {},
           'tokenizer_class': 'LlamaTokenizer', 'trust_remote_code': False, 'unk_token': '<unk>', 'use_default_system_prompt': False}
    return t, cfg, image, pad, len(pieces)


def main():
    shutil.rmtree(OUT, ignore_errors=True); os.makedirs(MODEL + '/onnx')
    tok, tokcfg, image, pad, n = tokenizer()
    vocab = (n + 2 + 63) // 64 * 64
    v = dict(model_type='siglip_vision_model', hidden_size=48, image_size=56, intermediate_size=96, num_attention_heads=3, num_hidden_layers=3, patch_size=14, vision_use_head=False, layer_norm_eps=1e-6, hidden_act='gelu_pytorch_tanh')
    t = dict(model_type='llama', hidden_size=64, intermediate_size=160, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, head_dim=16, vocab_size=vocab, max_position_embeddings=1024, rms_norm_eps=1e-5, rope_theta=10000.0, hidden_act='silu', bos_token_id=1, eos_token_id=2, pad_token_id=pad,
             tie_word_embeddings=False, architectures=['LlamaForCausalLM'])
    config = {'architectures': ['LlavaForConditionalGeneration'], 'ignore_index': -100, 'image_seq_length': 16, 'image_token_index': image, 'model_type': 'llava', 'multimodal_projector_bias': True, 'pad_token_id': pad, 'projector_hidden_act': 'gelu', 'text_config': t, 'tie_word_embeddings': False, 'torch_dtype': 'float32',
              'transformers_version': '4.48.0', 'vision_config': v, 'vision_feature_layer': -2, 'vision_feature_select_strategy': 'full', 'vocab_size': vocab}
    C.dump(MODEL + '/config.json', config); C.dump(MODEL + '/tokenizer.json', tok); C.dump(MODEL + '/tokenizer_config.json', tokcfg); C.dump(MODEL + '/chat_template.json', {'chat_template': TEMPLATE})
    C.dump(MODEL + '/special_tokens_map.json', {'bos_token': '<s>', 'eos_token': '</s>', 'image_token': '<image>', 'pad_token': '<pad>', 'unk_token': '<unk>'})
    C.dump(MODEL + '/generation_config.json', {'_from_model_config': True, 'bos_token_id': 1, 'eos_token_id': 2, 'pad_token_id': pad, 'transformers_version': '4.48.0'})
    C.dump(MODEL + '/preprocessor_config.json', {'do_convert_rgb': None, 'do_normalize': True, 'do_rescale': True, 'do_resize': True, 'image_mean': [.5] * 3, 'image_processor_type': 'SiglipImageProcessor', 'image_std': [.5] * 3, 'processor_class': 'LlavaProcessor', 'resample': 3, 'rescale_factor': 0.00392156862745098, 'size': {'height': 56, 'width': 56}})
    C.dump(MODEL + '/processor_config.json', {'image_token': '<image>', 'num_additional_image_tokens': 0, 'patch_size': 14, 'processor_class': 'LlavaProcessor', 'vision_feature_select_strategy': 'full'})

    model = LlavaForConditionalGeneration(LlavaConfig.from_pretrained(MODEL)).eval(); g = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for k, p in model.named_parameters():
            r = torch.randn(p.shape, generator=g)
            if 'norm' in k: p.copy_((1 if k.endswith('weight') else 0) + .15 * r)
            elif k.endswith('.bias'): p.copy_(.1 * r)
            elif 'embed_tokens' in k: p.copy_(r)
            elif 'lm_head' in k:
                r[3:259] *= .3; r[n:] *= .3; r[:3] *= .3                    # bytes and special tokens stay unlikely
                p.copy_(.42 * r)
            elif 'position_embedding' in k: p.copy_(.4 * r)
            elif 'patch_embedding' in k: p.copy_(r * 2 / (3 * 14 * 14) ** .5)
            elif 'linear_2' in k: p.copy_(r * 2.2 / p.shape[-1] ** .5)
            else: p.copy_(r * (1.5 if 'q_proj' in k or 'k_proj' in k else 1.1) / p.shape[-1] ** .5)
    proc = AutoProcessor.from_pretrained(MODEL, backend='pil')
    print(type(proc).__name__, type(proc.image_processor).__name__, type(proc.tokenizer).__name__)

    def call(img, text):
        o = proc(images=img, text=text, return_tensors='pt')
        return o['input_ids'][0].tolist(), o['pixel_values']
    enc = {L: proc.tokenizer.encode(L, add_special_tokens=False) for L in 'AB'}
    assert all(len(x) == 1 for x in enc.values())
    data = C.benchmark(OUT, 56, 6100, SEED)
    letters = {L: x[0] for L, x in enc.items()}; images = f'{OUT}/benchmark/data/images'
    C.boost(model, proc, data, call, letters, images, 7.5)
    P = {k: p.detach().float().numpy() for k, p in model.state_dict().items()}
    c = dict(d=64, layers=3, heads=4, kv=2, hd=16, eps=1e-5, vocab=vocab, gemma=False, rope=[(10000.0, 1.0)] * 3, window=[None] * 3, scale=16 ** -.5, position_ids=True, keep=False, lengths='sum')
    for q4, suf in ((False, ''), (True, '_q4')):
        D.decoder(f'{MODEL}/onnx/decoder_model_merged{suf}.onnx', P, c, 'model.language_model.', 'lm_head.weight', q4)
    ob.embed_tokens(f'{MODEL}/onnx/embed_tokens.onnx', P['model.language_model.embed_tokens.weight'])
    D.llava_vision(f'{MODEL}/onnx/vision_encoder.onnx', P, v, 'model.vision_tower.', 'model.multi_modal_projector.', 2, 64)

    items, stats = C.reference(model, proc, data, OUT, call, letters, {2}, images)
    import transformers
    C.dump(OUT + '/reference.json', {'family': 'llava', 'made_with': f'transformers {transformers.__version__}, torch {torch.__version__}, fp32 on CPU, log-softmax in float64', 'classes': {'model': type(model).__name__, 'processor': type(proc).__name__, 'image_processor': type(proc.image_processor).__name__, 'tokenizer': type(proc.tokenizer).__name__},
                                     'prompts': C.PROMPTS, 'add_special_tokens': True, 'letter_ids': letters, 'letter_pieces': {L: proc.tokenizer.convert_ids_to_tokens(x)[0] for L, x in enc.items()}, 'vocab_size': vocab, 'image_token_id': image, 'image_tokens': 16, 'stats': stats, 'items': items})
    with torch.no_grad():                                           # the same model with the decoder's 4-bit weights
        for k, p in model.named_parameters():
            if ('language_model.layers' in k and k.endswith('proj.weight')) or k == 'lm_head.weight': p.copy_(torch.from_numpy(C.dequantized(P[k])))
    q4, _ = C.reference(model, proc, data, OUT, call, letters, {2}, images, strict=False)
    keep = ('gd', 'ps', 'ps_chosen', 'ps_official_chosen', 'mc_text', 'mc_ids')
    C.dump(OUT + '/reference_q4.json', {'what': 'reference.json again, with the decoder (and lm_head) weights rounded to the 4 bits of decoder_model_merged_q4.onnx; vision encoder and embeddings fp32', 'items': {p: {im: {k: r[im][k] for k in keep} for im in ('im_1', 'im_2')} for p, r in q4.items()}})


if __name__ == '__main__':
    main()
