"""The makers' own moondream with the weights of the tiny one of make_moondream1.py: the same ids, pixels and likelihoods, or an error."""

import sys
import types

import torch

COMMIT = '3346cd7'


def parts(checkout):
    """(vision_encoder, modeling_phi, moondream) of the makers' checkout. Written for transformers 4.38: what it takes of that version is put in its place."""
    masks = types.ModuleType('transformers.modeling_attn_mask_utils')

    def causal(attention_mask, shape, embeds, past):
        (batch, count), low = shape, torch.finfo(embeds.dtype).min
        return torch.full((count, count + past), low).triu(past + 1)[None, None].expand(batch, 1, -1, -1)

    masks._prepare_4d_causal_attention_mask = causal
    einops = types.ModuleType('einops')
    einops.rearrange = None  # for flash attention only
    sys.modules.update({masks.__name__: masks, 'einops': einops})
    sys.path.insert(0, checkout)
    from moondream import modeling_phi, moondream, vision_encoder

    return vision_encoder, modeling_phi, moondream


def tower(made, net, size):
    """The makers' VisionEncoder, its layers of our sizes. Their own are numbers in its code: built without memory, then replaced by the same classes."""
    with torch.device('meta'):
        encoder = made.VisionEncoder()
    ours, p = net.tower, net.tower.config
    visual = encoder.encoder.model['visual']
    width = p.hidden_size
    weights = ours.state_dict()
    root = next(k for k in weights if k.endswith('embeddings.patch_embedding.weight')).removesuffix('embeddings.patch_embedding.weight')
    of = lambda name: weights[root + name]
    visual.patch_embed.linear = torch.nn.Linear(3 * p.patch_size**2, width)
    put(visual.patch_embed.linear, of('embeddings.patch_embedding.weight').flatten(1), of('embeddings.patch_embedding.bias'))
    visual.pos_embed = torch.nn.Parameter(of('embeddings.position_embedding.weight')[None])
    blocks = []
    for i in range(p.num_hidden_layers):
        with torch.device('meta'):
            block = made.VitBlock(16)
        block.attn, block.mlp = made.Attention(width, p.num_attention_heads), made.MLP(width, p.intermediate_size)
        block.norm1, block.norm2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        at = f'encoder.layers.{i}.'
        put(block.attn.qkv, *(torch.cat([of(f'{at}self_attn.{t}_proj.{kind}') for t in 'qkv']) for kind in ('weight', 'bias')))
        for mine, name in ((block.attn.proj, 'self_attn.out_proj'), (block.mlp.fc1, 'mlp.fc1'), (block.mlp.fc2, 'mlp.fc2'), (block.norm1, 'layer_norm1'), (block.norm2, 'layer_norm2')):
            put(mine, of(f'{at}{name}.weight'), of(f'{at}{name}.bias'))
        blocks.append(block)
    visual.blocks = torch.nn.Sequential(*blocks)
    visual.norm = torch.nn.LayerNorm(width)
    put(visual.norm, of('post_layernorm.weight'), of('post_layernorm.bias'))
    encoder.projection.mlp = made.MLP(net.fc1.in_features, net.fc1.out_features, net.fc2.out_features)
    put(encoder.projection.mlp.fc1, net.fc1.weight, net.fc1.bias)
    put(encoder.projection.mlp.fc2, net.fc2.weight, net.fc2.bias)
    assert encoder.preprocess.transforms[0].size == [378, 378]
    encoder.preprocess.transforms[0].size = [size, size]
    return encoder.eval()


def put(layer, weight, bias):
    """Copies weights into a layer."""
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)


def phi(made, net):
    """The makers' PhiForCausalLM, whose query, key and value are one matrix."""
    c = net.text.config
    keys = ('vocab_size', 'hidden_size', 'intermediate_size', 'num_hidden_layers', 'num_attention_heads', 'num_key_value_heads', 'max_position_embeddings', 'hidden_act', 'layer_norm_eps', 'bos_token_id', 'eos_token_id')
    own = {**{k: getattr(c, k) for k in keys}, 'partial_rotary_factor': 0.5, 'rope_theta': 10000.0, 'rope_scaling': None, 'qk_layernorm': False, 'use_cache': False, 'initializer_range': 0.02}
    own.update({k: 0.0 for k in ('embd_pdrop', 'resid_pdrop', 'attention_dropout')})
    # transformers 5 does not call the __init__ of their configuration.
    config = type('PhiConfig', (made.PhiConfig,), own)()
    for key, value in own.items():
        setattr(config, key, value)
    config._attn_implementation, config.pad_token_id = 'eager', None
    made.PhiForCausalLM._tied_weights_keys = None
    text = made.PhiForCausalLM(config)
    ours = net.text.state_dict()
    theirs = {}
    for name in text.state_dict():
        mine = here(name)
        parts = [mine.replace('Wqkv', f'{t}_proj') for t in 'qkv'] if 'Wqkv' in mine else [mine]
        theirs[name] = torch.cat([ours[part] for part in parts])
    text.load_state_dict(theirs)
    return text.eval()


WORDS = {'lm_head.ln.': 'model.final_layernorm.', 'lm_head.linear.': 'lm_head.', 'transformer.embd.wte.': 'model.embed_tokens.', 'transformer.h.': 'model.layers.', '.mixer.out_proj.': '.self_attn.dense.', '.mixer.': '.self_attn.', '.ln.': '.input_layernorm.'}


def here(name):
    """Their name of a weight in transformers' words."""
    for theirs, mine in WORDS.items():
        name = name.replace(theirs, mine)
    return name


def compare(checkout, net, tok, processor, plain, data, images, items):
    """Prints the largest differences of pixels, features and log p, and stops beyond 1e-4."""
    vision, modeling, moondream = parts(checkout)
    encoder, text = tower(vision, net, net.tower.config.image_size), phi(modeling, net)
    model = types.SimpleNamespace(device=torch.device('cpu'), text_model=text)
    embeds = lambda prompt, seen: moondream.Moondream.input_embeds(model, prompt, seen, tok)
    worst = {'pixels': 0.0, 'features': 0.0, 'gd': 0.0, 'ps': 0.0}
    note = lambda kind, a, b: worst.update({kind: max(worst[kind], float((torch.as_tensor(a) - torch.as_tensor(b)).abs().max()))})
    for pair, v in data.items():
        for side in ('im_1', 'im_2'):
            item, picture = items[pair][side], images[v[f'{side}_local']]
            ours = processor(picture, return_tensors='pt')['pixel_values']
            note('pixels', encoder.preprocess(picture.convert('RGB'))[None], ours)
            seen = encoder(picture)
            with torch.no_grad():
                note('features', seen, net(ours))
                given = embeds(item['gd_prompt'], seen)
                assert given.shape[1] == len(item['gd_ids'])
                row = torch.log_softmax(text(inputs_embeds=given, use_cache=False, return_dict=True).logits[0, -1].double(), -1)
                note('gd', [row[i] for i in item['gd']['token_ids'].values()], [item['gd'][x] for x in 'AB'])
                for x in 'AB':
                    option = item['ps'][x]
                    given = embeds(item['ps_prompt'] + v[f'option_{x}'], seen)
                    rows = torch.log_softmax(text(inputs_embeds=given, use_cache=False, return_dict=True).logits[0].double(), -1)
                    at = option['start'] - 1
                    note('ps', [rows[at + i, t] for i, t in enumerate(option['tokens'])], option['token_logprobs'])
    print(f"the makers' code ({COMMIT})", {k: f'{x:.1e}' for k, x in worst.items()})
    assert max(worst.values()) < 1e-4
