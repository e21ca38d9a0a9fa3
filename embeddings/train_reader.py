"""Train the reader: (question, passage) to answerability, the kind of answer, its range and its parts.

    python embeddings/train_reader.py --data ../shared/dev --minutes 90      # CPU, 2 cores
    python embeddings/train_reader.py --data ../shared/dev --epochs 4        # GPU: minutes

In:  the bundled encoder (`embeddings/multilingual-e5-small-zh`) and the sets named in reader_data.py.
Out: `RUN/checkpoint.pt`, written every few minutes and taken up again by the same command after a
     kill; at the end `RUN/reader.safetensors` (bfloat16), of which `export_reader.py` makes the model folder.

With --minutes the learning rate falls to zero by the time spent (kept over restarts), so the run
ends when it must on a machine of any speed; with --epochs it falls by examples seen.
"""

from __future__ import annotations

import argparse
import copy
import ctypes
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Encoding, Tokenizer
from torch import Tensor

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
from reader_data import Example, epoch, load, measured_alike, written  # noqa: E402
from reader_model import TRIMS, Output, ReaderModel, from_encoder  # noqa: E402

from qa.models.reader import MAX_QUESTION  # noqa: E402

TAGGING = 2.0
"""Weight of the tags in the loss: a mean over tokens is small beside a sum over answers."""
LIMIT = 448
"""Tokens of one example; a longer passage is cut around its answer."""


@dataclass(slots=True)
class Progress:
    """Where a run stands: enough, with model, optimiser and random state, to go on exactly."""

    epoch: int = 0
    batch: int = 0
    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0


class Row(NamedTuple):
    """An example as tensors will have it; see `Example`.

    `start, end` are tokens of the answer (0 where the passage does not answer, -1 where no range is
    learnt), `left, right` the characters that those hold beside it; `tags` a tag a token, -1 unknown.
    """

    ids: list[int]
    kinds: list[int]
    start: int
    end: int
    left: int
    right: int
    answers: float
    kind: int
    tags: list[int]


def encode(tokenizer: Tokenizer, example: Example) -> Row:
    """<s> question </s> passage </s>; the question's kind is 0, or 2 where a short answer is wanted, the
    passage's 1.
    """
    question = tokenizer.encode(example.question, add_special_tokens=False).ids[:MAX_QUESTION]
    body = tokenizer.encode(example.passage, add_special_tokens=False)
    room = LIMIT - len(question) - 3
    first, last, left, right = locate(body, example) if example.start >= 0 else (-1, -1, 0, 0)
    begin = 0
    if len(body.ids) > room and last >= room:
        begin = min(len(body.ids) - room, max(0, (first + last) // 2 - room // 2))
    ids = [0, *question, 2, *body.ids[begin : begin + room], 2]
    lead = len(question) + 2
    kinds = [2 if example.short else 0] * lead + [1] * (len(ids) - lead)
    tags = [-1] * len(ids)
    if example.tags is not None:
        for i, (a, b) in enumerate(body.offsets[begin : begin + room]):
            tags[lead + i] = next((tag for x, y, tag in example.tags if a < y and x < b), 0)
    if not example.answers:
        first, last, left, right = 0, 0, 0, 0
    elif first < begin or last >= begin + room:
        first, last = -1, -1
    else:
        first, last = first + lead - begin, last + lead - begin
    return Row(ids, kinds, first, last, left, right, example.answers, example.kind, tags)


def locate(body: Encoding, example: Example) -> tuple[int, int, int, int]:
    """First and last token of the answer, and the characters they hold before and after it."""
    offsets = body.offsets
    first = max((i for i, (a, b) in enumerate(offsets) if a <= example.start < b), default=-1)
    last = max((i for i, (a, b) in enumerate(offsets) if a < example.end <= b), default=-1)
    if first < 0 or last < 0:  # an edge stands on a space, which belongs to no token
        return -1, -1, 0, 0
    left, right = example.start - offsets[first][0], offsets[last][1] - example.end
    return first, last, min(left, TRIMS - 1), min(right, TRIMS - 1)


def batches(rows: list[Row], budget: int, seed: str) -> list[list[Row]]:
    """Rows of like length together, at most `budget` tokens with padding; the batches in random order."""
    rng = random.Random(seed)
    ordered = sorted(rows, key=lambda row: len(row.ids) + rng.random() * 12)
    made: list[list[Row]] = [[]]
    for row in ordered:
        longest = max((len(r.ids) for r in made[-1]), default=0)
        if made[-1] and (len(made[-1]) + 1) * max(longest, len(row.ids)) > budget:
            made.append([])
        made[-1].append(row)
    rng.shuffle(made)
    return made


def tensors(batch: list[Row], device: str) -> tuple[Tensor, Tensor, Tensor, Targets]:
    """ids, kinds, present (batch, length) and the targets."""
    width = max(len(row.ids) for row in batch)

    def padded(name: str, fill: int) -> Tensor:
        lists = [getattr(row, name) for row in batch]
        return torch.tensor([values + [fill] * (width - len(values)) for values in lists]).to(device)

    ids = padded("ids", 1)
    edges = torch.tensor([row[2:6] for row in batch]).to(device)
    answers = torch.tensor([row.answers for row in batch]).to(device)
    kind = torch.tensor([row.kind for row in batch]).to(device)
    targets = Targets(edges, answers, kind, padded("tags", -1))
    return ids, padded("kinds", 0), (ids != 1).long(), targets


class Targets(NamedTuple):
    """`edges` (batch, 4): start, end, left, right; `answers`, `kind` (batch,), `tags` (batch, length)."""

    edges: Tensor
    answers: Tensor
    kind: Tensor
    tags: Tensor


def mean_where(losses: Tensor, known: Tensor) -> Tensor:
    """The mean of the losses that count; 0 where none does."""
    return (losses * known).sum() / known.sum().clamp_min(1)


def loss_of(output: Output, kinds: Tensor, present: Tensor, targets: Targets) -> Tensor:
    """Span cross-entropy with "none" at <s>, answerability, kind of answer, tags, characters to trim."""
    allowed = (kinds == 1) & (present == 1)
    allowed[:, 0] = True
    span = output.span.masked_fill(~allowed[:, :, None], -1e4)
    edges, known = targets.edges.clamp_min(0), (targets.edges[:, 1] >= 0).float()
    either = F.cross_entropy(span[:, :, 0], edges[:, 0], reduction="none")
    either = either + F.cross_entropy(span[:, :, 1], edges[:, 1], reduction="none")
    loss = mean_where(either, known) / 2
    loss = loss + F.binary_cross_entropy_with_logits(output.answerable, targets.answers)
    kind = F.cross_entropy(output.kind, targets.kind.clamp_min(0), reduction="none")
    loss = loss + 0.5 * mean_where(kind, (targets.kind >= 0).float())
    tags = F.cross_entropy(output.tag.transpose(1, 2), targets.tags.clamp_min(0), reduction="none")
    # Nearly all tokens are nothing: those that are something weigh more, an operand most.
    weight = torch.tensor([1.0, 4.0, 8.0, 8.0], device=tags.device)[targets.tags.clamp_min(0)]
    loss = loss + TAGGING * mean_where(tags, weight * (targets.tags >= 0))
    answered = (edges[:, 1] > 0).float()
    rows = torch.arange(len(edges), device=edges.device)
    left = F.cross_entropy(output.trim[rows, edges[:, 0], :TRIMS], edges[:, 2], reduction="none")
    right = F.cross_entropy(output.trim[rows, edges[:, 1], TRIMS:], edges[:, 3], reduction="none")
    return loss + 0.15 * mean_where(left + right, answered)


def optimiser(model: ReaderModel, rate: float) -> torch.optim.AdamW:
    """AdamW; new heads learn faster, no decay on biases, norms and embeddings."""
    heads = ("span", "trim", "pool", "answerable", "tag", "answer.")
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, value in model.named_parameters():
        flat = value.ndim == 1 or name.split(".")[0] in ("word", "position", "kind")
        key = (rate * (4 if name.startswith(heads) else 1), 0.0 if flat else 0.01)
        groups.setdefault(key, []).append(value)
    made = [{"params": p, "lr": lr, "peak": lr, "weight_decay": decay} for (lr, decay), p in groups.items()]
    return torch.optim.AdamW(made, betas=(0.9, 0.98), fused=True)


def save(path: Path, **parts: Any) -> None:
    """Write beside and rename, so that a kill never leaves half a checkpoint."""
    beside = path.with_suffix(".part")
    torch.save(parts, beside)
    beside.replace(path)


class Run:
    """A training run: model, optimiser, progress, and the checkpoint they live in."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.progress = options, Progress()
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = from_encoder(options.encoder, options.layers, options.dropout).to(self.device)
        if options.start:
            # Heads that the earlier reader had not are new.
            new = self.model.state_dict() | {k: v.float() for k, v in load_file(options.start).items()}
            self.model.load_state_dict(new)
        self.model.word.requires_grad_(False)
        self.optimiser = optimiser(self.model, options.rate)
        self.workers = options.threads if self.device == "cpu" else 1
        self.pool = ThreadPoolExecutor(self.workers, initializer=torch.set_num_threads, initargs=(1,))
        self.checkpoint = options.run / "checkpoint.pt"
        self.recent: list[float] = []
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.progress = Progress(**state["progress"])
            torch.set_rng_state(state["random"])
        self.replicas = [self.model, *(copy.deepcopy(self.model) for _ in range(self.workers - 1))]
        self.learnt = [[p for p in m.parameters() if p.requires_grad] for m in self.replicas]

    def save(self) -> None:
        state = {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict()}
        save(self.checkpoint, **state, progress=asdict(self.progress), random=torch.get_rng_state())

    def done(self) -> float:
        """Share of the run that is over, 0 to 1, before the present step."""
        if self.options.minutes:
            return min(1.0, self.progress.seconds / 60 / self.options.minutes)
        part = self.progress.batch / max(1, self.n_batches)
        return min(1.0, (self.progress.epoch + part) / self.options.epochs)

    def step(self, batch: list[Row]) -> float:
        """One update; on a CPU every core works on its share of the batch with its own replica.

        One thread a replica makes 2,500 tokens a second on two cores, two threads on one model 1,950.
        """
        done = self.done()
        scale = min((done + 1e-3) / self.options.warmup, (1 - done) / (1 - self.options.warmup))
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * scale
        parts = [part for i in range(self.workers) if (part := batch[i :: self.workers])]
        noise = [torch.Generator().manual_seed(int(torch.randint(2**31, (1,)))) for _ in parts]
        jobs = zip(self.replicas, parts, noise, strict=False)
        losses = list(self.pool.map(lambda job: self.share(*job, len(batch)), jobs))
        first, *others = self.learnt
        for other in others[: len(parts) - 1]:
            # A share without an answer leaves a head without gradient.
            for one, two in zip(first, other, strict=True):
                if two.grad is not None:
                    one.grad = two.grad if one.grad is None else one.grad.add_(two.grad)
        torch.nn.utils.clip_grad_norm_(first, 1.0)
        self.optimiser.step()
        with torch.no_grad():
            for other in others:
                torch._foreach_copy_(other, first)
        for replica in self.replicas:
            replica.zero_grad()
        self.progress.tokens += sum(len(row.ids) for row in batch)
        return sum(losses)

    def share(self, model: ReaderModel, part: list[Row], noise: torch.Generator, rows: int) -> float:
        """Forward and backward of one part of a batch of `rows`."""
        ids, kinds, present, targets = tensors(part, self.device)
        with torch.autocast(self.device, dtype=torch.bfloat16):
            output = model(ids, kinds, present, noise)
        loss = loss_of(output, kinds, present, targets) * (len(part) / rows)
        loss.backward()
        return loss.item()

    def one_epoch(self, sets: tuple[Any, Any, Any], tokenizer: Tokenizer) -> None:
        p, seed = self.progress, self.options.seed
        rows = [encode(tokenizer, example) for example in epoch(*sets, seed, p.epoch)]
        made = batches(rows, self.options.tokens, f"{seed}/{p.epoch}")
        self.n_batches = len(made)
        size = sum(len(row.ids) for row in rows)
        print(f"epoch {p.epoch}: {len(rows)} examples, {len(made)} batches, {size} tokens", flush=True)
        saved = began = time.monotonic()
        while p.batch < len(made) and self.done() < 1:
            self.recent.append(self.step(made[p.batch]))
            p.batch, p.steps = p.batch + 1, p.steps + 1
            now = time.monotonic()
            p.seconds, began = p.seconds + now - began, now
            if p.steps % 10 == 0:
                self.report()
            if now - saved > self.options.save_minutes * 60:
                self.save()
                saved = now
        if self.done() < 1:
            p.epoch, p.batch = p.epoch + 1, 0

    def report(self) -> None:
        p, mean, self.recent = self.progress, sum(self.recent) / len(self.recent), []
        speed = f"{p.seconds / 60:.1f} min  {p.tokens / p.seconds:.0f} tokens/s"
        print(
            f"{speed}  epoch {p.epoch}  step {p.steps}  done {self.done():.3f}  loss {mean:.3f}", flush=True
        )

    def train(self) -> None:
        """Go on from the checkpoint to the end, then write reader.pt."""
        tokenizer = Tokenizer.from_file(str(self.options.encoder / "tokenizer.json"))
        sets = load(self.options.data), written(self.options.data), measured_alike(self.options.data)
        self.n_batches = 1
        self.model.train()
        while self.done() < 1:
            self.one_epoch(sets, tokenizer)
        self.save()
        weights = {name: value.to(torch.bfloat16).cpu() for name, value in self.model.state_dict().items()}
        save_file(weights, self.options.run / "reader.safetensors")


def keep_memory() -> None:
    """Have glibc keep freed blocks: page faults on every large tensor cost a third of a CPU step."""
    if sys.platform == "linux":
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD
        mallopt(-1, 1 << 34)  # M_TRIM_THRESHOLD


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and tables/")
    parser.add_argument("--run", type=Path, default=Path("runs/reader"), help="folder for checkpoints")
    parser.add_argument("--encoder", type=Path, default=HERE / "multilingual-e5-small-zh")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float)
    length.add_argument("--epochs", type=float)
    parser.add_argument("--start", type=Path, help="reader.safetensors of an earlier run to go on from")
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=4096, help="tokens a batch, padding included")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--warmup", type=float, default=0.06)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--save-minutes", type=float, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    keep_memory()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.run.mkdir(parents=True, exist_ok=True)
    Run(options).train()


if __name__ == "__main__":
    main()
