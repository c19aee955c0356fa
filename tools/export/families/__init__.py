"""The families that can be exported, by model_type. A new one: its file, and a line here."""

from families.blip import Blip2, InstructBlip
from families.fast_vlm import FastVlm
from families.gemma3 import Gemma3
from families.gemma3n import Gemma3n
from families.gemma4 import Gemma4
from families.idefics3 import Idefics3, SmolVLM
from families.internvl import InternVL
from families.janus import Janus
from families.llava import Llava, LlavaNext, LlavaOnevision
from families.mistral3 import Mistral3
from families.mllama import Mllama
from families.molmo2 import Molmo2
from families.paligemma import PaliGemma
from families.qwen import Qwen2VL, Qwen3VL, Qwen3VLMoe

ALL = (
    *(Llava, LlavaNext, LlavaOnevision, InternVL, PaliGemma, Gemma3, Gemma3n, Blip2, InstructBlip, Mllama, Janus),
    *(Gemma4, FastVlm, Qwen2VL, Qwen3VL, Qwen3VLMoe, Idefics3, SmolVLM, Mistral3, Molmo2),
)
FAMILIES = {t: family for family in ALL for t in family.types}
