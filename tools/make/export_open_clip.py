"""export_open_clip.py MODEL OUT [--weights FILE] [--reference DIR]: the image side of an open_clip checkpoint (BiomedCLIP, and any other) as a folder that Lookalike reads as an encoder.

MODEL is one of
  a folder with open_clip_config.json and its weights (open_clip_model.safetensors or open_clip_pytorch_model.bin),
  hf-hub:owner/name, which is such a folder on the hub (hf-hub:microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224),
  a name that open_clip knows (ViT-B-16), with --weights.
Only the image tower is built and only its weights are read: text towers, whose tokenizers and configurations lie elsewhere, are not needed.

OUT gets config.json, preprocessor_config.json (open_clip's own transform, in its own words), open_clip_config.json and onnx/vision_model.onnx (output image_embeds, not normalised, as encode_image gives it).
The graph is compared with PyTorch before the program ends. --reference DIR writes OUT/reference.json: what open_clip itself, transform and all, makes of each image in DIR.
--graph-by torchscript uses the older of PyTorch's exporters, should the newer refuse a tower.

    pip install open_clip_torch onnx onnxscript onnxruntime
"""

import argparse
import json
import sys
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import torch
from open_clip import get_model_config
from open_clip.factory import load_state_dict
from open_clip.model import _build_vision_tower
from open_clip.transform import PreprocessCfg, image_transform_v2

WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "open_clip_pytorch_model.bin", "open_clip_model.bin")
LIMIT = 1e-4
# Above this a graph's weights lie beside it: protobuf ends at 2 GiB.
LARGE = 1_500_000_000


def stop(message):
    sys.exit(f"export_open_clip: {message}")


def placed(name, weights):
    """Configuration and weights file of what was named."""
    if name.startswith("hf-hub:"):
        from huggingface_hub import hf_hub_download, list_repo_files

        repository = name.removeprefix("hf-hub:")
        there = next((w for w in WEIGHTS if w in list_repo_files(repository)), None)
        if there is None:
            stop(f"{repository} holds none of {', '.join(WEIGHTS)}.")
        config = json.loads(Path(hf_hub_download(repository, "open_clip_config.json")).read_text())
        return config, weights or Path(hf_hub_download(repository, there))
    folder = Path(name.removeprefix("local-dir:"))
    if folder.is_dir():
        if not (folder / "open_clip_config.json").exists():
            stop(f"{folder} has no open_clip_config.json.")
        there = weights or next((folder / w for w in WEIGHTS if (folder / w).exists()), None)
        if there is None:
            stop(f"{folder} holds none of {', '.join(WEIGHTS)}. Name the file with --weights.")
        return json.loads((folder / "open_clip_config.json").read_text()), there
    known = get_model_config(name)
    if known is None:
        stop(f"{name} is neither a folder, nor hf-hub:owner/name, nor a model that open_clip knows.")
    if weights is None:
        stop(f"{name} alone has no weights. Name the file with --weights.")
    return {"model_cfg": known, "preprocess_cfg": {}}, weights


def tower_of(model_cfg, weights):
    """The image tower with its weights, every one of them and no other."""
    vision = {**model_cfg["vision_cfg"], "timm_model_pretrained": False}
    tower = _build_vision_tower(model_cfg["embed_dim"], vision, model_cfg.get("quick_gelu", False))
    state = load_state_dict(str(weights))
    own = {k.removeprefix("visual."): v.float() for k, v in state.items() if k.startswith("visual.")}
    if not own:
        stop(f"{weights} holds no weights of an image tower (visual.*).")
    tower.load_state_dict(own)
    return tower.eval()


class Encoder(torch.nn.Module):
    """pixel_values to image_embeds, as CLIP.encode_image; towers that also give tokens (CoCa) give the embedding first."""

    def __init__(self, tower):
        super().__init__()
        self.tower = tower

    def forward(self, pixel_values):
        out = self.tower(pixel_values)
        return out[0] if isinstance(out, tuple) else out


def preprocessing(config, image_size):
    """preprocess_cfg as open_clip reads it: what is not said has its default."""
    given = config.get("preprocess_cfg") or {}
    known = {f.name for f in fields(PreprocessCfg)}
    return PreprocessCfg(**{"size": image_size, **{k: v for k, v in given.items() if k in known}})


def sides(size):
    return tuple(size) if isinstance(size, (list, tuple)) else (size, size)


def export(encoder, size, path, by):
    path.parent.mkdir(parents=True, exist_ok=True)
    example = torch.zeros(2, 3, *sides(size))
    names = {"input_names": ["pixel_values"], "output_names": ["image_embeds"], "opset_version": 18}
    if by == "torchscript":
        axes = {"pixel_values": {0: "batch"}, "image_embeds": {0: "batch"}}
        torch.onnx.export(encoder, (example,), str(path), dynamo=False, dynamic_axes=axes, **names)
    else:
        large = sum(p.numel() * 4 for p in encoder.parameters()) > LARGE
        batch = torch.export.Dim("batch", min=1, max=4096)
        torch.onnx.export(encoder, (example,), str(path), dynamo=True, external_data=large, dynamic_shapes=({0: batch},), verbose=False, **names)
    without_notes(path)


def without_notes(path):
    """Takes off what the exporter notes of its own source lines at every node; weights beside the graph stay where they are."""
    import onnx

    model = onnx.load(str(path), load_external_data=False)
    for thing in (*model.graph.node, *model.graph.value_info, *model.graph.initializer, *model.graph.input, *model.graph.output):
        thing.ClearField("metadata_props")
        thing.ClearField("doc_string")
    model.graph.ClearField("metadata_props")
    model.ClearField("metadata_props")
    onnx.save(model, str(path))


def compare(encoder, size, path):
    """The graph beside PyTorch, on one picture and on three, so that its batch is seen to be free."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for count in (1, 3):
        x = torch.randn(count, 3, *sides(size), generator=torch.Generator().manual_seed(count))
        with torch.no_grad():
            ours = encoder(x).numpy()
        theirs = session.run(["image_embeds"], {"pixel_values": x.numpy()})[0]
        worst = max(worst, float(np.abs(ours - theirs).max() / np.abs(ours).max()))
    if not worst < LIMIT:
        stop(f"the graph differs from PyTorch by {worst:.2g} of the largest number. Try --graph-by torchscript.")
    return worst


def references(encoder, cfg, folder):
    from PIL import Image

    transform = image_transform_v2(cfg, is_train=False)
    out = {}
    for path in sorted(p for p in Path(folder).iterdir() if p.suffix.lower() in {".png", ".jpg", ".jpeg"}):
        with Image.open(path) as image, torch.no_grad():
            out[path.name] = encoder(transform(image)[None])[0].tolist()
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--graph-by", choices=["dynamo", "torchscript"], default="dynamo")
    asked = parser.parse_args()
    config, weights = placed(asked.model, asked.weights)
    model_cfg = config["model_cfg"]
    cfg = preprocessing(config, model_cfg["vision_cfg"].get("image_size", 224))
    encoder = Encoder(tower_of(model_cfg, weights)).eval()
    if asked.out.exists() and any(asked.out.iterdir()):
        stop(f"{asked.out} is not empty.")
    graph = asked.out / "onnx" / "vision_model.onnx"
    export(encoder, cfg.size, graph, asked.graph_by)
    worst = compare(encoder, cfg.size, graph)
    own = {"model_type": "open_clip", "projection_dim": model_cfg["embed_dim"], "vision_config": {"image_size": cfg.size}}
    write(asked.out / "config.json", own)
    write(asked.out / "preprocessor_config.json", {"image_processor_type": "OpenClipImageProcessor", **asdict(cfg)})
    write(asked.out / "open_clip_config.json", config)
    if asked.reference:
        write(asked.out / "reference.json", references(encoder, cfg, asked.reference))
    print(f"{asked.out}: {sum(p.numel() for p in encoder.parameters()):,} parameters, {cfg.resize_mode} {cfg.interpolation} {cfg.size}; the graph is within {worst:.1g} of PyTorch.")


def write(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    main()
