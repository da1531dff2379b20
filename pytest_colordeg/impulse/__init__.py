"""What the channels of a learned codec's latents encode: impulse responses by bits.

The picture is figure 4 of Prativadibhayankaram et al., "Color Learning for Image
Compression" (ICIP 2023); the method follows Duan, Lu, Ma and Zhu, "Opening the Black Box of
Learned Image Coders" (PCS 2022), where the papers leave details open, `response` says ours.
"""
