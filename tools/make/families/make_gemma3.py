"""Tiny random Gemma 3 (sliding and global layers, two thetas, q/k norms) in the transformers.js layout, with references by transformers (causal attention, as exports compute it). usage: make_gemma3.py out"""
import os, sys
import kit as K, decoder_lg
from kit import c2, ob, np, torch
from transformers import Gemma3Config, Gemma3ForConditionalGeneration, AutoTokenizer, Gemma3Processor
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

SEED = int(os.environ.get('SEED', 5)); FAST = 'FAST' in os.environ
# the chat template of google/gemma-3-4b-it
TEMPLATE = ("{{ bos_token }}\n{%- if messages[0]['role'] == 'system' -%}\n    {%- if messages[0]['content'] is string -%}\n        {%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}\n    {%- else -%}\n        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '\n\n' -%}\n    {%- endif -%}\n    {%- set loop_messages = messages[1:] -%}\n"
            "{%- else -%}\n    {%- set first_user_prefix = \"\" -%}\n    {%- set loop_messages = messages -%}\n{%- endif -%}\n{%- for message in loop_messages -%}\n    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}\n        {{ raise_exception(\"Conversation roles must alternate user/assistant/user/assistant/...\") }}\n    {%- endif -%}\n"
            "    {%- if (message['role'] == 'assistant') -%}\n        {%- set role = \"model\" -%}\n    {%- else -%}\n        {%- set role = message['role'] -%}\n    {%- endif -%}\n    {{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else \"\") }}\n    {%- if message['content'] is string -%}\n        {{ message['content'] | trim }}\n"
            "    {%- elif message['content'] is iterable -%}\n        {%- for item in message['content'] -%}\n            {%- if item['type'] == 'image' -%}\n                {{ '<start_of_image>' }}\n            {%- elif item['type'] == 'text' -%}\n                {{ item['text'] | trim }}\n            {%- endif -%}\n        {%- endfor -%}\n    {%- else -%}\n"
            "        {{ raise_exception(\"Invalid content type\") }}\n    {%- endif -%}\n    {{ '<end_of_turn>\n' }}\n{%- endfor -%}\n{%- if add_generation_prompt -%}\n    {{'<start_of_turn>model\n'}}\n{%- endif -%}\n")
FIRST = ['<pad>', '<eos>', '<bos>', '<unk>', '<mask>', '<start_of_turn>', '<end_of_turn>', '<start_of_image>', '<end_of_image>']
LOCAL, GLOBAL, FACTOR, WINDOW = 10000.0, 1000000.0, 8.0, 20
TYPES = ['sliding_attention', 'full_attention']
C = dict(d=64, layers=2, heads=4, kv=2, hd=16, ff=96, eps=1e-6, gemma=True, qk_norm=True, act='gelu_tanh', scale=24 ** -.5, keep=True, window=[WINDOW if t[0] == 's' else None for t in TYPES], rope=[(LOCAL, 1.0) if t[0] == 's' else (GLOBAL, FACTOR) for t in TYPES])
V = dict(model_type='siglip_vision_model', hidden_size=48, image_size=56, intermediate_size=96, num_attention_heads=3, num_hidden_layers=2, patch_size=7, vision_use_head=False, layer_norm_eps=1e-6, hidden_act='gelu_pytorch_tanh')
TOKENS = 16
ROWS = [('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', {'resize': False}),
        ('What colour dominates the image?', 'Red', 'Mostly blue with some green', 'B', {'resize': False}),
        ('How large is the lesion?', 'About 12 cm in the right half', '\n\n3.5 mm', 'A', {'resize': False}),
        ('Is the pattern regular or irregular?', 'irregular', 'No pattern can be seen.', 'B', {'resize': True}),
        ('Does the image show horizontal or vertical stripes?', 'Vertical stripes', 'horizontal – see the lower border', 'A', {'resize': True})]
SIZES = {101: (56, 56), 102: (56, 56), 201: (56, 56), 202: (56, 56), 301: (56, 56), 302: (56, 56), 401: (100, 75), 402: (64, 131), 501: (40, 30), 502: (200, 150)}


def main(out):
    M = K.start(out)
    tok, size = K.gemma_tokenizer(FIRST, ['<image_soft_token>'], more=[('\n', '\n'), ('\n\n', '\n')])
    vocab = 768; assert size <= vocab, size
    C['vocab'] = vocab
    ids = {a['content']: a['id'] for a in tok['added_tokens']}
    c2.write(f'{M}/tokenizer.json', tok)
    c2.write(f'{M}/tokenizer_config.json', {'add_bos_token': True, 'add_eos_token': False, 'added_tokens_decoder': c2.added_decoder(tok), 'boi_token': '<start_of_image>', 'bos_token': '<bos>', 'clean_up_tokenization_spaces': False, 'eoi_token': '<end_of_image>', 'eos_token': '<eos>',
             'extra_special_tokens': {'boi_token': '<start_of_image>', 'eoi_token': '<end_of_image>', 'image_token': '<image_soft_token>'}, 'image_token': '<image_soft_token>', 'model_max_length': 1000000000000000019884624838656, 'pad_token': '<pad>', 'processor_class': 'Gemma3Processor', 'spaces_between_special_tokens': False,
             'tokenizer_class': 'GemmaTokenizer', 'unk_token': '<unk>', 'use_default_system_prompt': False})
    open(f'{M}/chat_template.jinja', 'w').write(TEMPLATE)
    text = {'model_type': 'gemma3_text', 'architectures': ['Gemma3ForCausalLM'], 'hidden_size': C['d'], 'intermediate_size': C['ff'], 'num_hidden_layers': C['layers'], 'num_attention_heads': C['heads'], 'num_key_value_heads': C['kv'], 'head_dim': C['hd'], 'vocab_size': vocab, 'max_position_embeddings': 2048, 'rms_norm_eps': C['eps'],
            'query_pre_attn_scalar': 24, 'rope_theta': GLOBAL, 'rope_local_base_freq': LOCAL, 'rope_scaling': {'factor': FACTOR, 'rope_type': 'linear'}, 'sliding_window': WINDOW, 'layer_types': TYPES, 'hidden_activation': 'gelu_pytorch_tanh', 'attention_bias': False, 'bos_token_id': 2, 'eos_token_id': 1, 'pad_token_id': 0, 'tie_word_embeddings': True,
            'final_logit_softcapping': None, 'attn_logit_softcapping': None}
    cfg = {'architectures': ['Gemma3ForConditionalGeneration'], 'boi_token_index': ids['<start_of_image>'], 'eoi_token_index': ids['<end_of_image>'], 'image_token_index': ids['<image_soft_token>'], 'eos_token_id': [1, ids['<end_of_turn>']], 'mm_tokens_per_image': TOKENS, 'model_type': 'gemma3', 'text_config': text, 'vision_config': V, 'torch_dtype': 'float32', 'tie_word_embeddings': True}
    c2.write(f'{M}/config.json', cfg)
    c2.write(f'{M}/generation_config.json', {'bos_token_id': 2, 'do_sample': True, 'eos_token_id': [1, ids['<end_of_turn>']], 'pad_token_id': 0, 'top_k': 64, 'top_p': 0.95})
    c2.write(f'{M}/preprocessor_config.json', {'do_convert_rgb': None, 'do_normalize': True, 'do_pan_and_scan': None, 'do_rescale': True, 'do_resize': True, 'image_mean': [.5] * 3, 'image_processor_type': 'Gemma3ImageProcessor', 'image_seq_length': TOKENS, 'image_std': [.5] * 3, 'pan_and_scan_max_num_crops': None, 'pan_and_scan_min_crop_size': None,
             'pan_and_scan_min_ratio_to_activate': None, 'processor_class': 'Gemma3Processor', 'resample': 2, 'rescale_factor': 0.00392156862745098, 'size': {'height': 56, 'width': 56}})
    c2.write(f'{M}/processor_config.json', {'image_seq_length': TOKENS, 'processor_class': 'Gemma3Processor'})

    import json
    net = Gemma3ForConditionalGeneration(Gemma3Config.from_dict(json.loads(json.dumps(cfg)))).eval()
    tc = net.config.text_config; print(tc.rope_parameters, tc.layer_types, tc.sliding_window, net.model.language_model.embed_tokens.embed_scale)
    g = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for n, p in net.named_parameters():
            r = torch.randn(p.shape, generator=g)
            if 'language_model' in n and 'norm' in n: p.copy_((1.2 if 'post_' in n else .6 if '_norm' in n else 0) + .15 * r)        # Gemma adds 1
            elif 'soft_emb_norm' in n: p.copy_(.15 * r)
            elif 'norm' in n: p.copy_((1 if n.endswith('weight') else 0) + .15 * r)
            elif n.endswith('.bias'): p.copy_(.1 * r)
            elif 'embed_tokens' in n: p.copy_(.35 * r)
            elif 'position_embedding' in n: p.copy_(.4 * r)
            elif 'patch_embedding' in n: p.copy_(r * 2 / p[0].numel() ** .5)
            elif 'mm_input_projection' in n: p.copy_(r * 2.5 / p.shape[0] ** .5)
            else: p.copy_(r * 1.1 / p.shape[-1] ** .5)
    net.tie_weights(); K.damp([net.lm_head.weight], size, len(FIRST) + 256)
    tk = AutoTokenizer.from_pretrained(M); raw = c2.Tokenizer.from_file(f'{M}/tokenizer.json')
    for s in c2.CORPUS.split('\n')[:14] + ['<bos><start_of_turn>user\n2 cm – left<end_of_turn>\n\n\nx']: assert tk.encode(s) == raw.encode(s).ids and tk.encode(s, add_special_tokens=False) == raw.encode(s, add_special_tokens=False).ids, s
    proc = Gemma3Processor(Gemma3ImageProcessorPil.from_pretrained(M), tk, chat_template=TEMPLATE, image_seq_length=TOKENS)
    chat = lambda m: proc.apply_chat_template(m, add_generation_prompt=True, tokenize=False)
    keys = ('input_ids', 'attention_mask', 'pixel_values')      # no token_type_ids: causal attention everywhere
    full = lambda s, im: proc(text=[s], images=[[im]], add_special_tokens=False, return_tensors='pt')
    call = lambda s, im: (lambda o: {k: o[k] for k in keys})(full(s, im))
    data = K.dataset(ROWS, 7200); images = K.write_benchmark(out, data, SIZES, 8000)
    A, B = (tk.encode(x, add_special_tokens=False)[0] for x in 'AB')
    for _ in range(3): K.boost(net, net.lm_head, data, images, chat, call, (A, B), 6.0)
    P = {n: t.detach().float().numpy().copy() for n, t in net.state_dict().items()}
    tp = 'model.language_model.'; P['lm_head.weight'] = P[tp + 'embed_tokens.weight']
    for q4, suf in ((False, ''), (True, '_q4')): K.decoder(f'{M}/onnx/decoder_model_merged{suf}.onnx', P, C, tp, 'lm_head.weight', q4)
    decoder_lg.gemma3_vision(f'{M}/onnx/vision_encoder.onnx', P, V, 'model.vision_tower.', 'model.multi_modal_projector.', V['num_hidden_layers'], C['d'], TOKENS)
    ob.embed_tokens(f'{M}/onnx/embed_tokens.onnx', P[tp + 'embed_tokens.weight'] * C['d'] ** .5)
    if not FAST: c2.check(f'{M}/onnx')
    logp = lambda o: torch.log_softmax(o.logits[0, -1].double(), -1)

    moved = []
    def extra(inp):      # Hugging Face's own way for comparison: both ways inside the image
        im = inp['pixel_values']
        tt = (inp['input_ids'] == ids['<image_soft_token>']).long()
        a = logp(net(**inp, token_type_ids=tt)); b = logp(net(**inp)); moved.append(max(abs(a[x] - b[x]).item() for x in (A, B)))
        return {'gd_bidirectional_image': {'A': a[A].item(), 'B': a[B].item()}}
    expand = lambda s, inp: s.replace('<start_of_image>', proc.full_image_sequence)
    feats = lambda inp: net.model.get_image_features(inp['pixel_values'], return_dict=True).pooler_output.reshape(-1, C['d'])
    eos = [1, ids['<end_of_turn>']]
    ref = K.reference(net, tk, chat, call, data, images, eos, extra, feats, 0 if FAST else 8, expand=expand)
    K.report(ref)
    if FAST: return
    print('attention both ways inside the image would move GD by up to %.3f' % max(moved))
    vf = lambda i: {'pixel_values': i['pixel_values'].numpy()}
    pos = lambda i: np.arange(i['input_ids'].shape[1])[None] + 1
    info = dict(add_special_tokens=False, vocab_size=vocab, tokens=size, image_token_id=ids['<image_soft_token>'], image_tokens=TOKENS, first_position=1, attention='causal, also inside the image')
    enc = lambda s: tk.encode(s, add_special_tokens=False)
    K.verify(out, ref, data, images, call, ids['<image_soft_token>'], vf, pos)
    # without the windows
    keep = C['window']; far = 0
    for p, v in list(data.items())[:1]:
        inp = call(ref[p]['im_1']['gd_prompt'], images[v['im_1_local']])
        with torch.no_grad():
            layers = net.model.language_model.layers
            a = logp(net(**inp)); net.config.text_config.sliding_window = 4096; b = logp(net(**inp)); net.config.text_config.sliding_window = WINDOW
            far = max(abs(a[x] - b[x]).item() for x in (A, B))
    print('no windows would move GD by %.3f (one item)' % far)
    K.write_reference(f'{out}/reference.json', {**K.meta('gemma3', 'fp32', net, proc, tk, **info), 'items': ref, 'text_only': K.text_only(net, tk, chat, enc, data)})
    # the 4-bit head is a rounded copy; the embeddings stay as they are
    net.lm_head.weight = torch.nn.Parameter(net.lm_head.weight.detach().clone()); net.config.tie_word_embeddings = False
    K.quantize_into(net, P, [k for k in P if k.startswith(tp + 'layers') and P[k].ndim == 2] + ['lm_head.weight'])
    ref4 = K.reference(net, tk, chat, call, data, images, eos, None, feats, expand=expand)
    K.verify(out, ref4, data, images, call, ids['<image_soft_token>'], vf, pos, '_q4')
    K.write_reference(f'{out}/reference_q4.json', {**K.meta('gemma3', 'decoder q4, vision and embeddings fp32', net, proc, tk, **info), 'items': ref4, 'text_only': K.text_only(net, tk, chat, enc, data)})


if __name__ == '__main__': main(*sys.argv[1:])
