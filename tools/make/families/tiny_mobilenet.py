"""A tiny MobileNet-V5 under a name of its own in timm, so that Gemma 3n can be small. As a program: tools/export/export.py with it. usage: tiny_mobilenet.py EXPORT'S ARGUMENTS"""

import os
import runpy
import sys
from functools import partial

from timm.layers import RmsNorm2d
from timm.models import mobilenetv5 as m
from timm.models._efficientnet_builder import decode_arch_def

# One block of each kind that the real tower has.
BLOCKS = [
    ['er_r1_k3_s2_e4_c8', 'er_r1_k3_s1_e4_c8'],
    ['uir_r1_a3_k5_s2_e6_c8', 'uir_r1_a5_k0_s1_e4_c8'],
    ['uir_r1_a5_k5_s2_e6_c16', 'uir_r1_a0_k0_s1_e1_c16', 'mqa_r1_k3_h2_v2_s1_d8_c16', 'uir_r1_a0_k0_s1_e2_c16'],
    ['uir_r1_a5_k5_s2_e6_c16', 'mqa_r1_k3_h2_s1_d8_c16', 'uir_r1_a0_k0_s1_e2_c16'],
]


@m.register_model
def mobilenetv5_tiny(pretrained=False, **kwargs):
    """Rows of width `num_features`, `msfa_output_resolution` squared of them."""
    settings = {'block_args': decode_arch_def(BLOCKS), 'stem_size': 8, 'fix_stem': True, 'norm_layer': RmsNorm2d, 'act_layer': m._GELU, 'layer_scale_init_value': 1e-5, 'pad_type': 'same'}
    return m._create_mnv5('mobilenetv5_tiny', False, round_chs_fn=partial(m.round_channels, multiplier=1.0), **settings, **kwargs)


if __name__ == '__main__':
    export = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../export/export.py')
    sys.argv[0] = export
    runpy.run_path(export, run_name='__main__')
