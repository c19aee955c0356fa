"""pytorch_scoring.py CONFIG THREADS QUESTIONS TOKENS [ANSWER ...]: the published scoring (GD and PS: three full forwards a question, the image encoded in each) in Hugging Face transformers.

The model is a SmolVLM of the shape in CONFIG (config.json of the folder that Lookalike is measured with) with random weights in fp32; each forward has TOKENS tokens, the image's among them.
For each ANSWER, `generate` writes so many new tokens besides, greedily and with its cache: the answers of MC and FF.
Prints one line of JSON: seconds of each question, and the versions. Needs torch and transformers.
"""

import json
import resource
import sys
import time

import torch
import transformers
from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration

FORWARDS = 3  # the letters in one, each option's text in one


def main():
    path = sys.argv[1]
    threads, questions, tokens, *answers = map(int, sys.argv[2:])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    config = SmolVLMConfig(**json.load(open(path)))
    model = SmolVLMForConditionalGeneration(config).eval()
    side = config.vision_config.image_size
    image_tokens = (side // config.vision_config.patch_size) ** 2 // config.scale_factor**2
    ids = torch.randint(5, 100, (1, tokens))
    ids[0, 5 : 5 + image_tokens] = config.image_token_id
    pixels = torch.rand(1, 1, 3, side, side) * 2 - 1
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "pixel_values": pixels}
    seconds = []
    with torch.no_grad():
        for question in range(questions + 1):
            began = time.time()
            for _ in range(FORWARDS):
                logits = model(**inputs).logits
                torch.log_softmax(logits[0].float(), dim=-1)
            for length in answers:
                model.generate(**inputs, max_new_tokens=length, min_new_tokens=length, do_sample=False)
            if question > 0:  # the first warms up
                seconds.append(time.time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "torch": torch.__version__, "transformers": transformers.__version__, "peakBytes": peak}))


if __name__ == "__main__":
    main()
