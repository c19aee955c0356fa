"""Tiny random LLaVA-OneVision with ONE tile a picture (transformers.js has no anyres tiling) in the transformers.js layout, with references by transformers. usage: make_llava_onevision.py out"""
import json, os, sys
import kit as K
from kit import c2, ob, np, torch, F
from make_qwen2vl import SPLIT
from transformers import LlavaOnevisionConfig, LlavaOnevisionForConditionalGeneration, AutoTokenizer
from transformers.models.llava_onevision.image_processing_pil_llava_onevision import LlavaOnevisionImageProcessorPil
from tokenizers import pre_tokenizers, normalizers, Regex

SEED = int(os.environ.get('SEED', 3)); FAST = 'FAST' in os.environ
SIZE, PATCH = 56, 14
TOKENS = (SIZE // PATCH) ** 2
# the chat template of llava-hf/llava-onevision-qwen2
TEMPLATE = ("{% for message in messages %}{{'<|im_start|>' + message['role'] + ' '}}{# Render all images first #}{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>' }}{% endfor %}{# Render all video then #}{% for content in message['content'] | selectattr('type', 'equalto', 'video') %}{{ '<video>' }}{% endfor %}"
            "{# Render all text next #}{% if message['role'] != 'assistant' %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ '\n' + content['text'] }}{% endfor %}{% else %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{% generation %}{{ '\n' + content['text'] }}{% endgeneration %}{% endfor %}{% endif %}"
            "{{'<|im_end|>'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
C = dict(d=64, layers=2, heads=4, kv=2, hd=16, ff=96, eps=1e-6, vocab=640, keep=True, rope=[(10000.0, 1.0)])
V = dict(model_type='siglip_vision_model', hidden_size=32, image_size=SIZE, intermediate_size=64, num_attention_heads=2, num_hidden_layers=2, patch_size=PATCH, vision_use_head=False, layer_norm_eps=1e-6, hidden_act='gelu_pytorch_tanh')
ROWS = [('Where is the bright shape in the picture?', 'The left side of the frame', '2 cm – left', 'A', {'resize': False}),
        ('What colour dominates the image?', 'Mostly blue with some green', 'Red', 'B', {'resize': False}),
        ('How large is the lesion?', 'About 12 cm in the right half', '3.5 mm', 'A', {'resize': True}),
        ('Is the pattern regular or irregular?', 'irregular', 'No pattern can be seen.', 'B', {'resize': True})]
SIZES = {101: (56, 56), 102: (56, 56), 201: (56, 56), 202: (56, 56), 301: (100, 75), 302: (64, 131), 401: (40, 30), 402: (110, 90)}


def vision(path, P):
    g = ob.Graph(); pre = 'model.vision_tower.'; n = SIZE // PATCH; d = V['hidden_size']
    I = lambda name, v: g.const(name, np.array(v, np.int64))
    k = pre + 'embeddings.patch_embedding'
    x = g.op('Conv', ['pixel_values', g.const(k + '.weight', P[k + '.weight']), g.const(k + '.bias', P[k + '.bias'])], kernel_shape=[PATCH] * 2, strides=[PATCH] * 2)
    x = g.op('Transpose', [g.op('Reshape', [x, I('seq', [0, d, n * n])])], perm=[0, 2, 1])
    x = K.siglip(g, g.op('Add', [x, g.const('pos', P[pre + 'embeddings.position_embedding.weight'])]), P, pre, V, post=False)
    k = 'model.multi_modal_projector.'
    x = g.linear(x, 'linear_1', P[k + 'linear_1.weight'], P[k + 'linear_1.bias'])
    f = lambda name, v: g.const(name, np.array(v, np.float32))
    e = g.op('Erf', [g.op('Mul', [x, f('rsqrt2', 2 ** -.5)])])
    g.linear(g.op('Mul', [g.op('Mul', [x, f('half_f', .5)]), g.op('Add', [e, f('one_f', 1)])]), 'linear_2', P[k + 'linear_2.weight'], P[k + 'linear_2.bias'], out='image_features')
    g.save(path, [F('pixel_values', ['batch_size', 3, SIZE, SIZE])], [F('image_features', ['batch_size', n * n, C['d']])])


def main(out):
    M = K.start(out)
    pre = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), 'isolated', invert=False), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    last = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<image>', '<video>']
    tok = c2.train_bpe(700, None, last, pre, normalizers.NFC(), [])
    tok['post_processor'] = {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': False, 'use_regex': False}
    ids = {a['content']: a['id'] for a in tok['added_tokens']}; size = len(tok['model']['vocab']) + len(last); assert size <= C['vocab']
    c2.write(f'{M}/tokenizer.json', tok)
    c2.write(f'{M}/tokenizer_config.json', {'add_bos_token': False, 'add_prefix_space': False, 'added_tokens_decoder': c2.added_decoder(tok), 'additional_special_tokens': ['<|im_start|>', '<|im_end|>'], 'bos_token': None, 'clean_up_tokenization_spaces': False, 'eos_token': '<|im_end|>', 'errors': 'replace', 'model_max_length': 32768, 'pad_token': '<|endoftext|>',
             'processor_class': 'LlavaOnevisionProcessor', 'split_special_tokens': False, 'tokenizer_class': 'Qwen2Tokenizer', 'unk_token': None})
    c2.write(f'{M}/chat_template.json', {'chat_template': TEMPLATE})
    pins = [[56, 56], [56, 112], [112, 56], [112, 112]]
    text = {'model_type': 'qwen2', 'architectures': ['Qwen2ForCausalLM'], 'bos_token_id': ids['<|endoftext|>'], 'eos_token_id': ids['<|im_end|>'], 'hidden_act': 'silu', 'hidden_size': C['d'], 'intermediate_size': C['ff'], 'max_position_embeddings': 32768, 'max_window_layers': C['layers'], 'num_attention_heads': C['heads'], 'num_hidden_layers': C['layers'], 'num_key_value_heads': C['kv'],
            'rms_norm_eps': C['eps'], 'rope_theta': 10000.0, 'sliding_window': 32768, 'tie_word_embeddings': True, 'use_cache': True, 'use_sliding_window': False, 'vocab_size': C['vocab']}
    cfg = {'architectures': ['LlavaOnevisionForConditionalGeneration'], 'ignore_index': -100, 'image_grid_pinpoints': pins, 'image_token_index': ids['<image>'], 'model_type': 'llava_onevision', 'projector_hidden_act': 'gelu', 'text_config': text, 'tie_word_embeddings': True, 'torch_dtype': 'float32', 'use_image_newline_parameter': True, 'video_token_index': ids['<video>'],
           'vision_aspect_ratio': 'anyres_max_9', 'vision_config': V, 'vision_feature_layer': -1, 'vision_feature_select_strategy': 'full'}
    c2.write(f'{M}/config.json', cfg)
    c2.write(f'{M}/generation_config.json', {'bos_token_id': ids['<|endoftext|>'], 'eos_token_id': ids['<|im_end|>'], 'pad_token_id': ids['<|endoftext|>']})
    img = {'do_convert_rgb': True, 'do_normalize': True, 'do_pad': True, 'do_rescale': True, 'do_resize': True, 'image_grid_pinpoints': pins, 'image_mean': [.5] * 3, 'image_std': [.5] * 3, 'resample': 3, 'rescale_factor': 0.00392156862745098, 'size': {'height': SIZE, 'width': SIZE}}
    c2.write(f'{M}/preprocessor_config.json', {**img, 'image_processor_type': 'LlavaOnevisionImageProcessor', 'processor_class': 'LlavaOnevisionProcessor'})
    c2.write(f'{M}/processor_config.json', {'image_token': '<image>', 'num_image_tokens': TOKENS, 'processor_class': 'LlavaOnevisionProcessor', 'video_token': '<video>', 'vision_aspect_ratio': 'anyres_max_9', 'vision_feature_select_strategy': 'full'})
    net = LlavaOnevisionForConditionalGeneration(LlavaOnevisionConfig.from_dict(json.loads(json.dumps(cfg)))).eval()
    g = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for n, p in net.named_parameters():
            r = torch.randn(p.shape, generator=g)
            if 'norm' in n: p.copy_((1 if n.endswith('weight') else 0) + .15 * r)
            elif n.endswith('.bias'): p.copy_(.1 * r)
            elif 'embed_tokens' in n: p.copy_(.4 * r)
            elif 'newline' in n or 'position_embedding' in n: p.copy_(.4 * r)
            elif 'patch_embedding' in n: p.copy_(2 * r / p[0].numel() ** .5)
            elif 'linear_2' in n: p.copy_(1.6 * r / p.shape[-1] ** .5)
            else: p.copy_((1.6 if 'q_proj' in n or 'k_proj' in n else 1.2) * r / p.shape[-1] ** .5)
    net.tie_weights(); c2.damp([net.lm_head.weight], tok)
    tk = AutoTokenizer.from_pretrained(M); raw = c2.Tokenizer.from_file(f'{M}/tokenizer.json')
    for s in c2.CORPUS.split('\n')[:14] + ['<|im_start|>user <image>\n2 cm – left<|im_end|>']: assert tk.encode(s, add_special_tokens=False) == raw.encode(s, add_special_tokens=False).ids, s
    ip = LlavaOnevisionImageProcessorPil(**img)
    chat = lambda m: tk.apply_chat_template(m, chat_template=TEMPLATE, add_generation_prompt=True, tokenize=False)
    expand = lambda s, inp=None: s.replace('<image>', '<image>' * TOKENS)

    def call(s, im):      # the base tile alone: the first of anyres's tiles, the whole picture resized
        px = ip([im], return_tensors='pt')['pixel_values'][0][:1]
        i = tk(expand(s))['input_ids']
        return {'input_ids': torch.tensor([i]), 'attention_mask': torch.ones(1, len(i), dtype=torch.long), 'pixel_values': px}

    def features(inp):
        v = net.model.vision_tower(inp['pixel_values'], output_hidden_states=True, return_dict=True)
        return net.model.multi_modal_projector(v.hidden_states[-1])[0]

    def logits(inp):
        ids_ = inp['input_ids']; emb = net.model.get_input_embeddings()(ids_).clone(); emb[ids_ == ids['<image>']] = features(inp)
        return net.lm_head(net.model.language_model(inputs_embeds=emb, attention_mask=inp['attention_mask']).last_hidden_state)[0]
    data = K.dataset(ROWS, 7600); images = K.write_benchmark(out, data, SIZES, 12000)
    A, B = (tk.encode(x, add_special_tokens=False)[0] for x in 'AB')
    for _ in range(3): K.boost(net, net.lm_head, data, images, chat, call, (A, B), 5.0, logits)
    P = {n: t.detach().float().numpy().copy() for n, t in net.state_dict().items()}
    tp = 'model.language_model.'
    for q4, suf in ((False, ''), (True, '_q4')): K.decoder(f'{M}/onnx/decoder_model_merged{suf}.onnx', P, C, tp, 'lm_head.weight', q4)
    vision(f'{M}/onnx/vision_encoder.onnx', P); ob.embed_tokens(f'{M}/onnx/embed_tokens.onnx', P[tp + 'embed_tokens.weight'])
    if not FAST: c2.check(f'{M}/onnx')

    # the full model with all of anyres's tiles, for comparison
    def anyres(inp, im, text):
        o = ip([im], return_tensors='pt'); f = net.model.get_image_features(o['pixel_values'], o['image_sizes'], return_dict=True).pooler_output
        f = torch.cat(list(f)) if isinstance(f, (list, tuple)) else f.reshape(-1, f.shape[-1])
        i = torch.tensor([tk(text.replace('<image>', '<image>' * len(f)))['input_ids']]); L = torch.log_softmax(net(input_ids=i, pixel_values=o['pixel_values'], image_sizes=o['image_sizes'], attention_mask=torch.ones_like(i)).logits[0, -1].double(), -1)
        return {'tokens': len(f), 'A': L[A].item(), 'B': L[B].item()}
    eos = [ids['<|im_end|>']]
    ref = K.reference(net, tk, chat, call, data, images, eos, None, features, 0 if FAST else 8, logits, expand)
    K.report(ref)
    if FAST: return
    moved = 0
    with torch.no_grad():
        for pid, v in data.items():
            for k in ('im_1', 'im_2'): e = ref[pid][k]; e['gd_anyres'] = anyres(None, images[v[k + '_local']], e['gd_prompt']); moved = max(moved, *(abs(e['gd'][X] - e['gd_anyres'][X]) for X in 'AB'))
    print('anyres tiles would move GD by up to %.3f' % moved, 'image tokens', sorted({r[k]['gd_anyres']['tokens'] for r in ref.values() for k in ('im_1', 'im_2')}))
    vf = lambda i: {'pixel_values': i['pixel_values'].numpy()}
    pos = lambda i: np.arange(i['input_ids'].shape[1])[None]
    class Proc: image_processor = ip
    meta = lambda dt: {**K.meta('llava_onevision', dt, net, Proc(), tk), 'add_special_tokens': True, 'vocab_size': C['vocab'], 'tokens': size, 'image_token_id': ids['<image>'], 'image_tokens': TOKENS, 'tiles': 'one: the whole picture resized (the base tile of anyres), no newline vector'}
    enc = lambda s: tk(s)['input_ids']
    K.verify(out, ref, data, images, call, ids['<image>'], vf, pos)
    K.write_reference(f'{out}/reference.json', {**meta('fp32'), 'items': ref, 'text_only': K.text_only(net, tk, chat, enc, data)})
    net.lm_head.weight = torch.nn.Parameter(net.lm_head.weight.detach().clone())
    K.quantize_into(net, P, [k for k in P if k.startswith(tp + 'layers') and P[k].ndim == 2] + ['lm_head.weight'])
    ref4 = K.reference(net, tk, chat, call, data, images, eos, None, features, 8, logits, expand)
    K.verify(out, ref4, data, images, call, ids['<image>'], vf, pos, '_q4')
    K.write_reference(f'{out}/reference_q4.json', {**meta('decoder q4, vision and embeddings fp32'), 'items': ref4, 'text_only': K.text_only(net, tk, chat, enc, data)})


if __name__ == '__main__': main(*sys.argv[1:])
