"""Optimisers and learning rate schedules, shared by pretraining and distillation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor
from torch.optim import AdamW, Muon, Optimizer

from mtp_trainer.acceleration import multiplies_bf16

OptimizerKind = Literal["adamw", "muon"]
ScheduleKind = Literal["constant", "cosine", "wsd"]


class BatchedMuon(Muon):
    """Muon for CPUs: orthogonalises all matrices of one shape at once, in bfloat16 or float32.

    torch's own does it one matrix after the other, and always in bfloat16, which a CPU may only emulate.
    State and settings are the same.
    """

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Update all matrices once."""
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[Tensor]] = {}
            for param in group["params"]:
                if param.grad is not None:
                    by_shape.setdefault(param.shape, []).append(param)
            for shape, params in by_shape.items():
                updates = torch.stack([self._momentum(group, param) for param in params])
                # faster in bfloat16 where the CPU multiplies it
                kind = torch.bfloat16 if multiplies_bf16(updates.device) else torch.float32
                settings = group["ns_coefficients"], group["ns_steps"], group["eps"]
                updates = orthogonalize(updates.to(kind), *settings)
                torch._foreach_mul_(params, 1 - group["lr"] * group["weight_decay"])
                # "match_rms_adamw" of torch's Muon: the size that AdamW's updates usually have
                scale = group["lr"] * 0.2 * math.sqrt(max(shape))
                torch._foreach_add_(params, list(updates.to(params[0].dtype)), alpha=-scale)

    def _momentum(self, group: dict[str, Any], param: Tensor) -> Tensor:
        grad = param.grad
        assert grad is not None
        state = self.state[param]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(grad)
        buffer: Tensor = state["momentum_buffer"].lerp_(grad, 1 - group["momentum"])
        return grad.lerp(buffer, group["momentum"]) if group["nesterov"] else buffer


def orthogonalize(
    matrices: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float
) -> Tensor:
    """Matrices with the same singular vectors and singular values near 1 (Newton-Schulz iteration).

    As in https://kellerjordan.github.io/posts/muon/, in the dtype that is given.

    Args:
        matrices: [N, R, C], float32 or bfloat16.
        coefficients: a, b, c of the quintic a x + b x^3 + c x^5.
        steps: iterations.
        eps: least norm by which a matrix is divided.

    Returns:
        [N, R, C] of the same dtype.
    """
    a, b, c = coefficients
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x


class MuonAdamW(Optimizer):
    """Muon for the hidden matrices and AdamW for everything else, behind one optimiser's interface.

    Muon's update is scaled to AdamW's usual size (``match_rms_adamw``), so both take the same learning rate.
    """

    def __init__(
        self, matrices: list[Tensor], others: list[dict[str, Any]], lr: float, weight_decay: float
    ) -> None:
        """Make both parts.

        Args:
            matrices: two-dimensional weights of the hidden layers.
            others: AdamW parameter groups (embeddings, norms, biases).
            lr: learning rate of both.
            weight_decay: of the matrices; the groups of ``others`` bring their own.
        """
        plain_cpu = all(p.device.type == "cpu" and not isinstance(p, DTensor) for p in matrices)
        kind = BatchedMuon if plain_cpu else Muon
        muon = kind(matrices, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
        adamw = AdamW(others, lr=lr, betas=(0.9, 0.95))
        super().__init__([*muon.param_groups, *adamw.param_groups], {})
        self.parts: dict[str, Optimizer] = {"muon": muon, "adamw": adamw}
        self._share_groups()

    def _share_groups(self) -> None:
        # the same dicts, so that a learning rate that is set here reaches the part
        self.param_groups = [group for part in self.parts.values() for group in part.param_groups]

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Update all parameters once."""
        if closure is not None:
            raise NotImplementedError("MuonAdamW takes no closure: compute the gradients before step().")
        for part in self.parts.values():
            part.step()

    def state_dict(self) -> dict[str, Any]:
        """State of both parts by name."""
        return {name: part.state_dict() for name, part in self.parts.items()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        for name, part in self.parts.items():
            part.load_state_dict(state_dict[name])
        self._share_groups()


def build_optimizer(
    model: nn.Module, lr: float, kind: OptimizerKind = "adamw", *, weight_decay: float = 0.0
) -> Optimizer:
    """An optimiser over all trainable parameters; tied weights count once.

    Weight decay applies to matrices of the hidden layers only, not to embeddings, the output head, norms,
    biases.

    Args:
        model: a causal language model (``get_input_embeddings`` and ``get_output_embeddings`` tell what is
            no hidden layer).
        lr: learning rate; both kinds use AdamW's scale.
        kind: ``adamw``, or ``muon`` for Muon on the hidden matrices and AdamW on the rest.
        weight_decay: decoupled weight decay.
    """
    outer = set()
    for name in ("get_input_embeddings", "get_output_embeddings"):
        module = getattr(model, name)() if hasattr(model, name) else None
        if module is not None:
            outer |= {id(p) for p in module.parameters()}
    trainable = [p for p in model.parameters() if p.requires_grad]
    matrices: list[Tensor] = [p for p in trainable if p.ndim == 2 and id(p) not in outer]
    rest: list[Tensor] = [p for p in trainable if p.ndim != 2 or id(p) in outer]
    plain: list[dict[str, Any]] = [{"params": rest, "weight_decay": 0.0}] if rest else []
    if kind == "muon" and matrices:
        return MuonAdamW(matrices, plain, lr, weight_decay)
    groups = ([{"params": matrices, "weight_decay": weight_decay}] if matrices else []) + plain
    return AdamW(groups, lr=lr, betas=(0.9, 0.95))


def progress_of(
    step: int, steps: int, elapsed_seconds: float = 0.0, max_minutes: float | None = None
) -> float:
    """How much of a run is done, 0 to 1: by steps, or by time where that is further along.

    With ``max_minutes`` unset it depends on the step alone, so the run is deterministic.
    """
    done = step / steps
    if max_minutes is not None:
        done = max(done, elapsed_seconds / (60.0 * max_minutes))
    return min(1.0, done)


def lr_factor(
    kind: ScheduleKind, step: int, progress: float, *, warmup_steps: int = 0, decay_fraction: float = 0.2
) -> float:
    """The learning rate's factor for one step.

    Args:
        kind: ``constant``; ``cosine`` (falls to 0 over the whole run); ``wsd`` (warm-up, stable, then
            linear to 0 over the last ``decay_fraction`` of the run).
        step: counted from 0; drives the warm-up.
        progress: from `progress_of`; drives the decay.
        warmup_steps: steps of linear warm-up.
        decay_fraction: part of the run in which ``wsd`` decays.
    """
    warm = min(1.0, (step + 1) / warmup_steps) if warmup_steps else 1.0
    if kind == "cosine":
        return warm * 0.5 * (1.0 + math.cos(math.pi * progress))
    if kind == "wsd" and decay_fraction > 0:
        return warm * min(1.0, (1.0 - progress) / decay_fraction)
    return warm


def set_lr(optimizer: Optimizer, lr: float) -> None:
    """Set the learning rate of all parameter groups."""
    for group in optimizer.param_groups:
        group["lr"] = lr


def clip_gradients(model: nn.Module, max_norm: float) -> float:
    """Scale the gradients to at most this global norm; return the norm before (0 or less: only measure)."""
    limit = max_norm if max_norm > 0 else math.inf
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), limit)
    return float(norm.full_tensor() if isinstance(norm, DTensor) else norm)
