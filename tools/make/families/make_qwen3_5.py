"""Tiny random Qwen3.5 (gated delta rule with recurrent states, gated attention, partial interleaved M-RoPE) in the transformers.js layout, with references by transformers. usage: make_qwen3_5.py out [qwen3_5 or qwen3_5_moe]

qwen3_5_moe: experts in the place of the dense layers, smaller, fp32 only."""
import json, os, sys
import kit as K
from kit import c2, ob, np, torch, T
from make_qwen2vl import SPECIALS, SPECIALS25, SPLIT
from make_qwen3vl import vision
from transformers import Qwen3_5Config, Qwen3_5ForConditionalGeneration, Qwen3_5MoeConfig, Qwen3_5MoeForConditionalGeneration, AutoTokenizer, AutoProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from tokenizers import pre_tokenizers, normalizers, Regex

FAST = 'FAST' in os.environ
KIND = sys.argv[2] if len(sys.argv) > 2 else 'qwen3_5'; MOE = KIND == 'qwen3_5_moe'
SEED = int(os.environ.get('SEED', 6 if MOE else 4))
# a chat template of Qwen3.5's kind for turns without tools; thinking is off unless asked for, and then the prompt holds an empty thought
TEMPLATE = ("{%- for message in messages %}\n    {{- '<|im_start|>' + message.role + '\\n' }}\n    {%- if message.content is string %}\n        {{- message.content }}\n    {%- else %}\n        {%- for content in message.content %}\n            {%- if content.type == 'image' or 'image' in content or 'image_url' in content %}\n"
            "                {{- '<|vision_start|><|image_pad|><|vision_end|>' }}\n            {%- elif content.type == 'video' or 'video' in content %}\n                {{- '<|vision_start|><|video_pad|><|vision_end|>' }}\n            {%- elif 'text' in content %}\n                {{- content.text }}\n            {%- endif %}\n        {%- endfor %}\n    {%- endif %}\n"
            "    {{- '<|im_end|>\\n' }}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n' }}\n    {%- if enable_thinking is defined and enable_thinking is true %}\n        {{- '<think>\\n' }}\n    {%- else %}\n        {{- '<think>\\n\\n</think>\\n\\n' }}\n    {%- endif %}\n{%- endif %}\n")
TYPES = ['linear_attention', 'linear_attention', 'linear_attention', 'full_attention']
C = dict(d=32, layers=4, heads=2, kv=1, hd=32, ff=64, eps=1e-6, vocab=640, keep=False, plus1=True, gated=True, qk_norm=True, rope=[(20.0, 1.0)], rot=8, mrope=[2, 1, 1], interleaved=True, types=['linear' if t[0] == 'l' else 'attention' for t in TYPES], linear=dict(kh=2, vh=4, dk=8, dv=8, taps=4))
V = dict(d=32, layers=2, heads=2, hd=16, ff=64, patch=8, merge=2, tps=2, side=6)
ROWS = [('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', {'resize': False}),
        ('What colour dominates the image?', 'Mostly blue with some green', 'Red', 'B', {'resize': False}),
        ('How large is the lesion?', 'About 12 cm in the right half', '3.5 mm', 'A', {'resize': True}),
        ('Is the pattern regular or irregular?', 'irregular', 'No pattern can be seen.', 'B', {'resize': True, 'grid_tie': True})]
SIZES = {101: (48, 32), 102: (32, 48), 201: (32, 64), 202: (80, 32), 301: (50, 37), 302: (100, 70), 401: (40, 56), 402: (20, 15)}
WORDS = 700
if MOE:
    TYPES = TYPES[2:]; WORDS = 300
    C.update(d=24, layers=2, hd=16, vocab=336, types=C['types'][2:], experts=(4, 2))
    V.update(d=16, hd=8, ff=32)
    ROWS, SIZES = ROWS[:3], {**{k: SIZES[k] for k in (101, 102, 201, 202, 301)}, 302: (70, 50)}
    EXPERTS = {'num_experts': 4, 'num_experts_per_tok': 2, 'moe_intermediate_size': 16, 'shared_expert_intermediate_size': 16}


def main(out):
    M = K.start(out)
    pre = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), 'isolated', invert=False), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    specials = SPECIALS + SPECIALS25 + ['<think>', '</think>']
    tok = c2.train_bpe(WORDS, None, specials, pre, normalizers.NFC(), [])
    for t in tok['added_tokens']:
        if 'think' in t['content']: t['special'] = False
    tok['post_processor'] = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': False, 'use_regex': False}
    ids = {a['content']: a['id'] for a in tok['added_tokens']}; size = len(tok['model']['vocab']) + len(specials); assert size <= C['vocab'], size
    c2.write(f'{M}/tokenizer.json', tok)
    c2.write(f'{M}/tokenizer_config.json', {'add_bos_token': False, 'add_prefix_space': False, 'added_tokens_decoder': c2.added_decoder(tok), 'additional_special_tokens': SPECIALS[1:], 'bos_token': None, 'clean_up_tokenization_spaces': False, 'eos_token': '<|im_end|>', 'errors': 'replace', 'model_max_length': 262144, 'pad_token': '<|endoftext|>', 'split_special_tokens': False,
             'tokenizer_class': 'Qwen2Tokenizer', 'unk_token': None})
    open(f'{M}/chat_template.jinja', 'w').write(TEMPLATE)
    n = C['linear']
    text = {'model_type': 'qwen3_5_text', 'attention_bias': False, 'attn_output_gate': True, 'eos_token_id': ids['<|im_end|>'], 'full_attention_interval': 4, 'head_dim': C['hd'], 'hidden_act': 'silu', 'hidden_size': C['d'], 'intermediate_size': C['ff'], 'layer_types': TYPES, 'linear_conv_kernel_dim': n['taps'], 'linear_key_head_dim': n['dk'], 'linear_num_key_heads': n['kh'],
            'linear_num_value_heads': n['vh'], 'linear_value_head_dim': n['dv'], 'max_position_embeddings': 262144, 'num_attention_heads': C['heads'], 'num_hidden_layers': C['layers'], 'num_key_value_heads': C['kv'], 'rms_norm_eps': C['eps'],
            'rope_parameters': {'mrope_interleaved': True, 'mrope_section': C['mrope'], 'partial_rotary_factor': C['rot'] / C['hd'], 'rope_theta': C['rope'][0][0], 'rope_type': 'default'}, 'tie_word_embeddings': True, 'use_cache': True, 'vocab_size': C['vocab']}
    text.update({'model_type': f'{KIND}_text', 'full_attention_interval': len(TYPES)})
    if MOE: text.update(EXPERTS); del text['intermediate_size']
    vis = {'model_type': KIND, 'deepstack_visual_indexes': [], 'depth': V['layers'], 'hidden_act': 'gelu_pytorch_tanh', 'hidden_size': V['d'], 'in_channels': 3, 'intermediate_size': V['ff'], 'num_heads': V['heads'], 'num_position_embeddings': V['side'] ** 2, 'out_hidden_size': C['d'], 'patch_size': V['patch'], 'spatial_merge_size': V['merge'], 'temporal_patch_size': V['tps']}
    cfg = {'architectures': [f"Qwen3_5{'Moe' if MOE else ''}ForConditionalGeneration"], 'image_token_id': ids['<|image_pad|>'], 'model_type': KIND, 'text_config': text, 'tie_word_embeddings': True, 'video_token_id': ids['<|video_pad|>'], 'vision_config': vis, 'vision_start_token_id': ids['<|vision_start|>'], 'vision_end_token_id': ids['<|vision_end|>'], 'torch_dtype': 'float32'}
    c2.write(f'{M}/config.json', cfg)
    c2.write(f'{M}/generation_config.json', {'bos_token_id': ids['<|endoftext|>'], 'do_sample': True, 'eos_token_id': [ids['<|im_end|>'], ids['<|endoftext|>']], 'pad_token_id': ids['<|endoftext|>'], 'temperature': 1.0, 'top_k': 20, 'top_p': 0.95})
    c2.write(f'{M}/preprocessor_config.json', {'size': {'longest_edge': 8192, 'shortest_edge': 1024}, 'patch_size': V['patch'], 'temporal_patch_size': V['tps'], 'merge_size': V['merge'], 'image_mean': [.5] * 3, 'image_std': [.5] * 3, 'do_convert_rgb': True, 'do_normalize': True, 'do_rescale': True, 'do_resize': True, 'resample': 3, 'rescale_factor': 0.00392156862745098,
             'processor_class': 'Qwen3VLProcessor', 'image_processor_type': 'Qwen2VLImageProcessorFast'})
    c2.write(f'{M}/processor_config.json', {'processor_class': 'Qwen3VLProcessor'})
    model, config = (Qwen3_5MoeForConditionalGeneration, Qwen3_5MoeConfig) if MOE else (Qwen3_5ForConditionalGeneration, Qwen3_5Config)
    net = model(config.from_dict(json.loads(json.dumps(cfg)))).eval()
    print(net.config.text_config.rope_parameters, net.config.text_config.layer_types)
    g = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for k, p in net.named_parameters():
            r = torch.randn(p.shape, generator=g)
            if 'language_model' in k and 'norm' in k and 'linear_attn' not in k: p.copy_((.6 if '_norm' in k else 0) + .15 * r)      # these norms add 1
            elif 'norm' in k: p.copy_((1 if k.endswith('weight') else 0) + .15 * r)
            elif 'A_log' in k: p.copy_(-2.2 + .7 * r)
            elif 'dt_bias' in k: p.copy_(-.5 + .5 * r)
            elif k.endswith('.bias'): p.copy_(.1 * r)
            elif 'pos_embed' in k: p.copy_(.6 * r)
            elif 'embed_tokens' in k: p.copy_(.45 * r)
            elif 'conv1d' in k: p.copy_(.7 * r)
            elif '.experts.' in k: p.copy_(1.3 * r / p.shape[-1] ** .5)
            elif 'linear_fc2' in k and 'merger' in k: p.copy_(2.6 * r / p.shape[-1] ** .5)
            else: p.copy_(1.3 * r / p[0].numel() ** .5)
    net.tie_weights(); c2.damp([net.lm_head.weight], tok)
    tk = AutoTokenizer.from_pretrained(M); raw = c2.Tokenizer.from_file(f'{M}/tokenizer.json')
    for s in c2.CORPUS.split('\n')[:14] + ['<|im_start|>user\n2 cm – left<|im_end|>\n<think>\n\n</think>\n\n']: assert tk.encode(s, add_special_tokens=False) == raw.encode(s, add_special_tokens=False).ids, s
    proc = AutoProcessor.from_pretrained(M); proc.image_processor = Qwen2VLImageProcessorPil.from_pretrained(M)
    print(type(proc).__name__, proc.image_processor.size)
    chat = lambda m: proc.apply_chat_template(m, add_generation_prompt=True, tokenize=False)
    call = lambda s, im: dict(proc(text=[s], images=[im], return_tensors='pt'))
    data = K.dataset(ROWS, 9800 if MOE else 7700); images = K.write_benchmark(out, data, SIZES, 13000)
    A, B = (tk.encode(x, add_special_tokens=False)[0] for x in 'AB')
    for _ in range(3): K.boost(net, net.lm_head, data, images, chat, call, (A, B), 5.0)
    P = {k: t.detach().float().numpy().copy() for k, t in net.state_dict().items()}
    tp = 'model.language_model.'
    for q4, suf in ((False, ''), (True, '_q4'))[:1 if MOE else 2]: K.decoder(f'{M}/onnx/decoder_model_merged{suf}.onnx', P, C, tp, 'lm_head.weight', q4)
    vision(f'{M}/onnx/vision_encoder.onnx', P, V, C['d']); ob.embed_tokens(f'{M}/onnx/embed_tokens.onnx', P[tp + 'embed_tokens.weight'])
    if not FAST: c2.check(f'{M}/onnx')
    rope_in = lambda inp: net.model.get_rope_index(**{q: inp[q] for q in ('input_ids', 'image_grid_thw', 'attention_mask', 'mm_token_type_ids')})
    def extra(inp):
        pos, delta = rope_in(inp)
        return {'image_grid_thw': inp['image_grid_thw'][0].tolist(), 'gd_position_ids': pos[:, 0].tolist(), 'gd_rope_delta': int(delta[0, 0])}
    def feats(inp):
        f = net.model.get_image_features(inp['pixel_values'], inp['image_grid_thw'], return_dict=True).pooler_output
        return torch.cat(list(f)) if isinstance(f, (list, tuple)) else f
    expand = lambda s, inp: s.replace('<|image_pad|>', '<|image_pad|>' * int(inp['image_grid_thw'].prod() // 4))
    eos = [ids['<|im_end|>'], ids['<|endoftext|>']]
    ref = K.reference(net, tk, chat, call, data, images, eos, extra, feats, 0 if FAST else 8, expand=expand)
    K.report(ref)
    if FAST: return
    vf = lambda i: {'pixel_values': i['pixel_values'].numpy(), 'image_grid_thw': i['image_grid_thw'].numpy()}
    info = dict(add_special_tokens=True, vocab_size=C['vocab'], tokens=size, image_token_id=ids['<|image_pad|>'])
    K.verify(out, ref, data, images, call, ids['<|image_pad|>'], vf, lambda i: rope_in(i)[0].numpy())
    def alone():
        net.model.rope_deltas = None
        return K.text_only(net, tk, chat, lambda s: tk(s)['input_ids'], data)
    K.write_reference(f'{out}/reference.json', {**K.meta(KIND, 'fp32', net, proc, tk, **info), 'items': ref, 'text_only': alone()})
    if MOE: return
    net.lm_head.weight = torch.nn.Parameter(net.lm_head.weight.detach().clone())
    K.quantize_into(net, P, [k for k in P if k.startswith(tp + 'layers') and P[k].ndim == 2] + ['lm_head.weight'])
    ref4 = K.reference(net, tk, chat, call, data, images, eos, extra, feats, expand=expand)
    K.verify(out, ref4, data, images, call, ids['<|image_pad|>'], vf, lambda i: rope_in(i)[0].numpy(), '_q4')
    K.write_reference(f'{out}/reference_q4.json', {**K.meta('qwen3_5', 'decoder q4, vision and embeddings fp32', net, proc, tk, **info), 'items': ref4, 'text_only': alone()})


if __name__ == '__main__': main(sys.argv[1])
