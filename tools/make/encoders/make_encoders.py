"""make_encoders.py OUT: tiny encoders of every kind with random weights, each a folder OUT/<kind>/model, and what the original implementation makes of some pictures of test/ (OUT/<kind>/reference.json), transform and all.

The open_clip ones are checkpoints that open_clip itself makes, exported by tools/make/export_open_clip.py. References need Pillow before 13, whose resize has the order of passes that Lookalike takes by default.

    pip install 'transformers==5.24.*' torch torchvision open_clip_torch onnx onnxscript onnxruntime 'pillow<13'
"""

import json
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import open_clip
import torch
import transformers as hf
from PIL import Image
from timm.models import register_model
from timm.models.vision_transformer import VisionTransformer

import export_open_clip as tool

TEST = Path(__file__).resolve().parents[3] / "test"
PICTURES = ("pixels/in/noise-rgb-101x67.png", "pixels/in/bits-l-64x96.png", "pixels/in/jpg-420-phantom.jpg", "families/llava/benchmark/data/images/61001.png", "families/llava/benchmark/data/images/61006.png")
VIT = dict(hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8)
TEXT = dict(context_length=8, vocab_size=64, width=16, heads=1, layers=1)
IMAGENET = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])


def opened(path):
    with Image.open(TEST / path) as image:
        image.load()
        return image


def randomise(module, seed):
    """Weights large enough that pictures differ in what is made of them."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in module.named_parameters():
            noise = torch.randn(p.shape, generator=random)
            p.copy_((1 + 0.1 * noise) if "norm" in name and p.dim() == 1 and name.endswith("weight") else 0.2 * noise)
    return module.eval()


class Taking(torch.nn.Module):
    """A model of transformers as one graph with the named outputs."""

    def __init__(self, model, outputs):
        super().__init__()
        self.model, self.outputs = model, outputs

    def forward(self, pixel_values):
        out = self.model(pixel_values)
        return tuple(getattr(out, name) for name in self.outputs)


def graph_of(model, outputs, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    example = torch.zeros(2, 3, 32, 32)
    batch = torch.export.Dim("batch", min=1, max=4096)
    torch.onnx.export(Taking(model, outputs), (example,), str(path), dynamo=True, external_data=False, dynamic_shapes=({0: batch},), verbose=False, input_names=["pixel_values"], output_names=list(outputs), opset_version=18)
    tool.without_notes(path)


def write(out, config, preprocessor, reference):
    tool.write(out / "model" / "config.json", config)
    tool.write(out / "model" / "preprocessor_config.json", preprocessor)
    tool.write(out / "reference.json", reference)


def by_transformers(out, kind, model, processor, outputs, take, session, config, seed):
    out = out / kind
    model = randomise(model, seed)
    graph_of(model, outputs, out / "model" / "onnx" / f"{session}.onnx")
    found = {}
    for path in PICTURES:
        with torch.no_grad():
            found[path] = take(model(**processor(opened(path).convert("RGB"), return_tensors="pt")))[0].tolist()
    named = {**processor.to_dict(), "image_processor_type": type(processor).__name__.removesuffix("Pil")}
    write(out, config, named, {"made": f"transformers {hf.__version__}, {type(model).__name__}", "embeddings": found})


def by_open_clip(out, kind, model_cfg, preprocess_cfg, seed):
    out = out / kind
    checkpoint = out / "checkpoint"
    checkpoint.mkdir(parents=True)
    make = open_clip.CustomTextCLIP if "timm_model_name" in model_cfg["vision_cfg"] else open_clip.CLIP
    model = make(**model_cfg)
    randomise(model.visual, seed)
    torch.save(model.state_dict(), checkpoint / "open_clip_pytorch_model.bin")
    tool.write(checkpoint / "open_clip_config.json", {"model_cfg": model_cfg, "preprocess_cfg": preprocess_cfg})
    sys.argv = ["export_open_clip.py", str(checkpoint), str(out / "model")]
    tool.main()
    shutil.rmtree(checkpoint)
    # Not the tool's own reference: the model as open_clip made it, and open_clip's own transform.
    size = preprocess_cfg.get("size", model_cfg["vision_cfg"]["image_size"])
    transform = open_clip.transform.image_transform(size, is_train=False, **{k: v for k, v in preprocess_cfg.items() if k != "size"})
    found = {}
    for path in PICTURES:
        with torch.no_grad():
            found[path] = model.encode_image(transform(opened(path))[None])[0].tolist()
    tool.write(out / "reference.json", {"made": f"open_clip {open_clip.__version__}, {type(model).__name__}", "embeddings": found})


@register_model
def lookalike_tiny_vit(pretrained=False, **settings):
    model = VisionTransformer(img_size=32, patch_size=8, embed_dim=24, depth=2, num_heads=2, mlp_ratio=2, **{k: v for k, v in settings.items() if k in ("num_classes", "global_pool")})
    model.default_cfg = {"pool_size": None}
    return model


def main(out):
    shutil.rmtree(out, ignore_errors=True)
    square = dict(size={"height": 32, "width": 32})
    vision = {**VIT, "projection_dim": 16}
    clip = hf.CLIPVisionModelWithProjection(hf.CLIPVisionConfig(**vision))
    crop = dict(size={"shortest_edge": 36}, crop_size={"height": 32, "width": 32})
    by_transformers(out, "clip", clip, hf.CLIPImageProcessorPil(**crop), ["image_embeds"], lambda o: o.image_embeds, "vision_model", {"model_type": "clip", "projection_dim": 16, "vision_config": vision}, 1)
    siglip = hf.SiglipVisionModel(hf.SiglipVisionConfig(**VIT))
    by_transformers(out, "siglip", siglip, hf.SiglipImageProcessorPil(**square), ["last_hidden_state", "pooler_output"], lambda o: o.pooler_output, "vision_model", {"model_type": "siglip", "vision_config": VIT}, 2)
    tokens = ["last_hidden_state", "pooler_output"]
    first = lambda o: o.last_hidden_state[:, 0]
    dino = {k: v for k, v in VIT.items() if k != "intermediate_size"} | {"mlp_ratio": 2}
    bit = hf.BitImageProcessorPil(**crop, **IMAGENET)
    by_transformers(out, "dinov2", hf.Dinov2Model(hf.Dinov2Config(**dino)), bit, tokens, first, "model", {"model_type": "dinov2", **dino}, 3)
    registers = {**dino, "num_register_tokens": 4}
    by_transformers(out, "dinov2-registers", hf.Dinov2WithRegistersModel(hf.Dinov2WithRegistersConfig(**registers)), bit, tokens, first, "model", {"model_type": "dinov2_with_registers", **registers}, 4)
    rope = {**VIT, "num_register_tokens": 4}
    by_transformers(out, "dinov3", hf.DINOv3ViTModel(hf.DINOv3ViTConfig(**rope)), hf.DINOv3ViTImageProcessor(**square), tokens, first, "model", {"model_type": "dinov3_vit", **rope}, 5)
    # RAD-DINO: a DINOv2 with a mean of its own, and larger pictures (microsoft/rad-dino, preprocessor_config.json).
    grey = hf.BitImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}, image_mean=[0.5307] * 3, image_std=[0.2583] * 3)
    by_transformers(out, "rad-dino", hf.Dinov2Model(hf.Dinov2Config(**dino)), grey, tokens, first, "model", {"model_type": "dinov2", "architectures": ["Dinov2Model"], **dino}, 6)
    plain = dict(image_size=32, patch_size=8, width=24, head_width=12, layers=2, mlp_ratio=2)
    by_open_clip(out, "open-clip-vit", {"embed_dim": 16, "vision_cfg": plain, "text_cfg": TEXT}, {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]}, 7)
    timm = dict(timm_model_name="lookalike_tiny_vit", timm_model_pretrained=False, timm_pool="", timm_proj="linear", image_size=32)
    # As BiomedCLIP has it: a vision transformer of timm behind a linear projection.
    by_open_clip(out, "open-clip-timm", {"embed_dim": 16, "vision_cfg": timm, "text_cfg": TEXT}, {"resize_mode": "squash", "interpolation": "bicubic"}, 8)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
