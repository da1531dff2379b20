from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings

from pytest_colordeg.color import delta_e00, nearly_opposite, srgb_to_lab
from pytest_colordeg.color.ciede2000 import red_green_stretch
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.strategies import lab_pairs, near_opposite_hues

torch = pytest.importorskip("torch", reason="the torch backend needs torch")

from pytest_colordeg.color import torch_backend as ours  # noqa: E402

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.fixture(params=DEVICES)
def device(request):
    return request.param


def planes():
    """Some planes of the cube and all greys."""
    codes = np.arange(256, dtype=np.uint8)
    grid = np.stack(np.meshgrid(codes[::51], codes[::3], codes[::3], indexing="ij"), axis=-1)
    return np.concatenate([grid.reshape(-1, 3), np.repeat(codes[:, None], 3, axis=1)])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_34_published_pairs_in_both_orders(sharma, dtype, device):
    lab1, lab2 = (torch.tensor(sharma[n], dtype=dtype, device=device) for n in ("lab1", "lab2"))
    for first, second in ((lab1, lab2), (lab2, lab1)):
        result = ours.delta_e00(first, second).cpu().numpy()
        np.testing.assert_allclose(result, sharma["delta"], rtol=0, atol=1e-4)


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-11), (torch.float32, 2e-4)])
def test_lab_of_codes_and_of_values_is_that_of_numpy(dtype, bound, device):
    colors = planes()
    codes = torch.from_numpy(colors).to(device)
    for rgb in (codes, codes.to(dtype) / 255):
        lab = ours.srgb_to_lab(rgb, dtype=dtype)
        assert lab.dtype == dtype
        assert abs(lab.cpu().numpy() - srgb_to_lab(colors)).max() < bound


def test_greys_are_neutral_to_the_last_bit(device):
    grey = torch.arange(256, dtype=torch.uint8, device=device)[:, None].expand(256, 3)
    for rgb in (grey, grey.float() / 255, grey.double() / 255):
        assert not ours.srgb_to_lab(rgb)[:, 1:].any()
        assert not ours.srgb_to_lab(rgb.T.contiguous(), dim=0)[1:].any()


def test_every_size_of_grey_image_is_neutral(device):
    """Torch works in vectors with a remainder, and the two need not round alike."""
    for side in range(1, 40):
        grey = torch.full((3, side), 0.5, device=device)
        assert not ours.srgb_to_lab(grey, dim=0)[1:].any()


@given(lab_pairs())
@settings(max_examples=300, deadline=None)
@example(((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
@example(((50.0, 2.49, -0.001), (50.0, -2.49, 0.001)))
def test_float64_equals_numpy(pair):
    if nearly_opposite(*pair, radians=1e-12):
        return
    first, second = (torch.tensor(lab, dtype=torch.float64) for lab in pair)
    assert ours.delta_e00(first, second).item() == pytest.approx(float(delta_e00(*pair)), abs=1e-9)


def test_float32_stays_near_float64(device):
    rng = np.random.default_rng(9)
    first, second = (rng.integers(0, 256, (200_000, 3), dtype=np.uint8) for _ in range(2))
    lab1, lab2 = srgb_to_lab(first), srgb_to_lab(second)
    result = ours.delta_e00_srgb(*(torch.from_numpy(c).to(device) for c in (first, second)))
    assert result.dtype == torch.float32
    angle = np.arctan2(lab2[:, 2], lab2[:, 1]) - np.arctan2(lab1[:, 2], lab1[:, 1])
    usual = abs(np.pi - abs(angle)) > 1e-5
    assert usual.mean() > 0.999
    error = abs(result.cpu().numpy() - delta_e00(lab1, lab2))[usual]
    assert error.max() < 1e-3


def test_any_batch_shape_and_place_of_the_channels():
    rng = np.random.default_rng(10)
    one, two = (torch.from_numpy(rng.random((2, 5, 3, 4, 6))) for _ in range(2))
    last = ours.delta_e00_srgb(one.movedim(2, -1), two.movedim(2, -1))
    assert last.shape == (2, 5, 4, 6)
    torch.testing.assert_close(ours.delta_e00_srgb(one, two, dim=2), last, rtol=0, atol=0)
    torch.testing.assert_close(ours.delta_e00_srgb(one, two, dim=-3), last, rtol=0, atol=0)
    single = ours.delta_e00_srgb(one[0, 0, :, 0, 0], two[0, 0, :, 0, 0])
    assert single.shape == ()
    torch.testing.assert_close(single, last[0, 0, 0, 0])
    assert ours.delta_e00(one.movedim(2, -1), two[0, 0, :, 0, 0]).shape == (2, 5, 4, 6)


def test_parametric_factors():
    one, two = torch.tensor([60.0, 20.0, -30.0]), torch.tensor([50.0, 25.0, -20.0])
    expected = delta_e00(one.numpy(), two.numpy(), kl=2.0, kc=0.5, kh=3.0)
    result = ours.delta_e00(one, two, kl=2.0, kc=0.5, kh=3.0)
    assert float(result) == pytest.approx(float(expected), abs=1e-5)


def gradients(first, second, dtype):
    lab1, lab2 = (torch.tensor(lab, dtype=dtype, requires_grad=True) for lab in (first, second))
    ours.delta_e00(lab1, lab2).backward()
    return torch.cat([lab1.grad, lab2.grad])


@given(lab_pairs())
@settings(max_examples=300, deadline=None)
@example(((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
@example(((0.0, 0.0, 0.0), (50.0, 20.0, 0.0)))
@example(((50.0, 1e-30, 0.0), (50.0, 0.0, 1e-30)))
@example(((50.0, 1e-6, 0.0), (50.0, 60.0, 60.0)))
@example(((50.0, 30.0, -40.0), (50.0, -30.0, 40.0)))
@example(((50.0, 30.0, -40.0), (50.0, 30.0, -40.0)))
def test_gradients_are_finite(pair):
    for dtype in (torch.float32, torch.float64):
        assert torch.isfinite(gradients(*pair, dtype)).all()


@given(near_opposite_hues())
@settings(deadline=None)
def test_gradients_are_finite_at_opposite_hues(pair):
    assert torch.isfinite(gradients(*pair, torch.float32)).all()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((60.0, 20.0, -30.0), (50.0, 25.0, -20.0)),
        ((30.0, 5.0, -60.0), (35.0, -4.0, -50.0)),
        ((70.0, -40.0, 10.0), (40.0, 30.0, 20.0)),
        ((50.0, 0.3, 0.2), (50.5, -0.2, 0.4)),
    ],
)
def test_gradients_are_those_of_finite_differences(first, second):
    tensors = [
        torch.tensor(lab, dtype=torch.float64, requires_grad=True) for lab in (first, second)
    ]
    assert torch.autograd.gradcheck(ours.delta_e00, tensors, eps=1e-6, atol=1e-6)


def test_gradients_through_srgb_are_finite_and_right():
    corners = torch.tensor(
        [[0.0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 0, 1], [0.5, 0.5, 0.5], [-0.1, 0.2, 1.3]],
        dtype=torch.float64,
    )
    for target in corners:
        rgb = corners.clone().requires_grad_()
        ours.delta_e00_srgb(rgb, target.expand_as(rgb)).sum().backward()
        assert torch.isfinite(rgb.grad).all()
    inside = [
        torch.tensor(
            [[0.2, 0.5, 0.7], [0.02, 0.03, 0.01]], dtype=torch.float64, requires_grad=True
        ),
        torch.tensor([[0.3, 0.4, 0.9], [0.2, 0.9, 0.1]], dtype=torch.float64, requires_grad=True),
    ]
    assert torch.autograd.gradcheck(ours.delta_e00_srgb, inside, eps=1e-7, atol=1e-5)


def test_from_a_grey_the_gradient_points_to_the_color():
    grey = torch.tensor([50.0, 0.0, 0.0], requires_grad=True)
    ours.delta_e00(grey, torch.tensor([50.0, 30.0, -40.0])).backward()
    _, a, b = grey.grad.tolist()
    stretch = 1 + red_green_stretch(np.array(25.0))
    assert a < 0 < b
    assert a / b == pytest.approx(-30 * stretch**2 / 40, rel=1e-5)


def test_as_a_loss_it_leads_to_the_target():
    generator = torch.Generator().manual_seed(11)
    target = torch.rand((1, 3, 4, 4), generator=generator)
    image = torch.full_like(target, 0.5).requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.02)
    losses = []
    for _ in range(150):
        optimizer.zero_grad()
        loss = ours.delta_e00_srgb(image, target, dim=1).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.1 * losses[0]


def test_bad_input_is_named():
    with pytest.raises(ColordegError, match=r"3 values along dimension -1, not shape \(2, 4\)"):
        ours.srgb_to_lab(torch.zeros(2, 4))
    with pytest.raises(ColordegError, match=r"needs uint8 or floating point, not torch\.int64"):
        ours.srgb_to_lab(torch.zeros(2, 3, dtype=torch.int64))
    with pytest.raises(ColordegError, match=r"dimension 1, not shape \(3,\)"):
        ours.delta_e00(torch.zeros(3), torch.zeros(3), dim=1)
