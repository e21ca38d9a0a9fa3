"""The reader in PyTorch: the encoder's BERT body, token types, and a head for each thing that it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

HIDDEN, HEADS, INNER, POSITIONS, EPS = 384, 12, 1536, 512, 1e-12
KINDS = 3
"""Kinds of tokens: 0 a question, 1 the passage, 2 a question that wants a name, date or term, no clause."""
TAGS = 4
"""What a token can be: nothing, part of an item of the answer, of a first operand, of a second one.

Source: Segal et al., A Simple and Effective Model for Answering Multi-span Questions, EMNLP 2020.
"""
ANSWERS = 8
"""Kinds of answers, `qa.models.reader.KINDS`."""
TRIMS = 4
"""A token may hold up to TRIMS - 1 characters before the answer's first or after its last."""


class Output(NamedTuple):
    """Logits: `span` (batch, length, 2), `trim` (batch, length, 2 * TRIMS), `answerable` (batch,),
    `tag` (batch, length, TAGS), `kind` (batch, ANSWERS).
    """

    span: Tensor
    trim: Tensor
    answerable: Tensor
    tag: Tensor
    kind: Tensor


class Attention(torch.autograd.Function):
    """softmax(q k' + mask) v over (batch * heads, length, size).

    On a CPU in bfloat16 its backward pass takes a third of the time of scaled_dot_product_attention's
    (36 against 87 ms at 16 x 12 x 192 x 32), since that one is not written for heads of 32.
    """

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        p = torch.softmax(torch.baddbmm(mask, q, k.transpose(1, 2)), -1)
        ctx.save_for_backward(q, k, v, p)
        return torch.bmm(p, v)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, p = ctx.saved_tensors
        (grad,) = grads
        dv = torch.bmm(p.transpose(1, 2), grad)
        ds = torch._softmax_backward_data(torch.bmm(grad, v.transpose(1, 2)), p, -1, p.dtype)
        return torch.bmm(ds, k), torch.bmm(ds.transpose(1, 2), q), dv, None


class FusedAttention(torch.autograd.Function):
    """Stands for onnxruntime's own attention in the exported graph; there is no padding there."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return q.clone()  # only the shape counts while a graph is traced

    @staticmethod
    def symbolic(g: Any, q: Any, k: Any, v: Any) -> Any:
        return g.op("com.microsoft::MultiHeadAttention", q, k, v, num_heads_i=HEADS).setType(q.type())


class Layer(nn.Module):
    """One post-norm BERT layer."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(HIDDEN, 3 * HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.up, self.down = nn.Linear(HIDDEN, INNER), nn.Linear(INNER, HIDDEN)
        self.norm1, self.norm2 = nn.LayerNorm(HIDDEN, EPS), nn.LayerNorm(HIDDEN, EPS)

    def forward(self, x: Tensor, mask: Tensor, drop: float, noise: torch.Generator | None) -> Tensor:
        if torch.onnx.is_in_onnx_export():
            mixed = FusedAttention.apply(*self.qkv(x).split(HIDDEN, -1))
        else:
            mixed = self.attend(x, mask)
        x = self.norm1(x + locked(self.out(mixed), drop, noise))
        return self.norm2(x + locked(self.down(F.gelu(self.up(x))), drop, noise))

    def attend(self, x: Tensor, mask: Tensor) -> Tensor:
        """The mix of values for every token (batch, length, HIDDEN); `mask` is added to the logits."""
        batch, length = x.shape[:2]
        size = HIDDEN // HEADS
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, size).permute(2, 0, 3, 1, 4).unbind(0)
        flat = (batch * HEADS, length, size)
        wide = mask.expand(batch, HEADS, 1, length).reshape(batch * HEADS, 1, length).to(q.dtype)
        q = (q * size**-0.5).reshape(flat)
        mixed = Attention.apply(q, k.reshape(flat), v.reshape(flat), wide)
        return mixed.view(batch, HEADS, length, size).transpose(1, 2).reshape(batch, length, HIDDEN)


def locked(x: Tensor, drop: float, noise: torch.Generator | None) -> Tensor:
    """Dropout with one mask for all tokens of an example: a draw per value costs a CPU a third of a step."""
    if noise is None or drop == 0:
        return x
    keep = torch.rand(x.shape[0], 1, x.shape[2], generator=noise) >= drop
    return x * (keep / (1 - drop)).to(x.device, x.dtype)


class ReaderModel(nn.Module):
    """Token ids and types in, `Output` out. Position 0 (<s>) stands for "no answer here"."""

    def __init__(self, vocabulary: int, layers: int = 12, drop: float = 0.1) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, HIDDEN)
        self.position, self.kind = nn.Embedding(POSITIONS, HIDDEN), nn.Embedding(KINDS, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, EPS)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.span, self.trim = nn.Linear(HIDDEN, 2), nn.Linear(HIDDEN, 2 * TRIMS)
        self.pool, self.answerable = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, 1)
        self.tag, self.answer = nn.Linear(HIDDEN, TAGS), nn.Linear(HIDDEN, ANSWERS)
        self.drop = drop

    def forward(
        self, ids: Tensor, kinds: Tensor, present: Tensor, noise: torch.Generator | None = None
    ) -> Output:
        """ids, kinds (see KINDS), present (1 token, 0 padding): all (batch, length).

        With `noise`, dropout is drawn from it.
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.word(ids) + self.position(places) + self.kind(kinds))
        x = locked(x, self.drop, noise)
        mask = (1.0 - present.float())[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, mask, self.drop, noise)
        pooled = torch.tanh(self.pool(x[:, 0]))
        answerable = self.answerable(pooled).float().squeeze(-1)
        span, trim, tag = self.span(x).float(), self.trim(x).float(), self.tag(x).float()
        return Output(span, trim, answerable, tag, self.answer(pooled).float())


def from_encoder(folder: Path, layers: int = 12, drop: float = 0.1) -> ReaderModel:
    """The model with the body of the encoder in `folder` (named as in BertModel) and new heads."""
    state = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
    e = "embeddings."
    model = ReaderModel(state[e + "word_embeddings.weight"].shape[0], layers, drop)
    new = model.state_dict()
    new["word.weight"] = state[e + "word_embeddings.weight"]
    new["position.weight"] = state[e + "position_embeddings.weight"]
    new["kind.weight"] = state[e + "token_type_embeddings.weight"][:1].repeat(KINDS, 1)
    new["norm.weight"], new["norm.bias"] = state[e + "LayerNorm.weight"], state[e + "LayerNorm.bias"]
    pairs = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for i in range(layers):
        old = f"encoder.layer.{i}."
        for end in ("weight", "bias"):
            parts = [state[f"{old}attention.self.{part}.{end}"] for part in ("query", "key", "value")]
            new[f"layers.{i}.qkv.{end}"] = torch.cat(parts)
            for mine, theirs in pairs.items():
                new[f"layers.{i}.{mine}.{end}"] = state[f"{old}{theirs}.{end}"]
    model.load_state_dict(new)
    for head in (model.span, model.trim, model.pool, model.answerable, model.tag, model.answer):
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    return model
