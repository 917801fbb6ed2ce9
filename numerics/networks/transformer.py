"""A small bidirectional transformer that predicts masked tokens."""

from __future__ import annotations

import math

import torch
from torch import nn

__all__ = ["CAP", "HEAD_WIDTH", "Transformer"]

CAP = 8.0
"""Logits lie between -CAP and CAP: no token gets less than ``1/(1 + (V-1) e^16)``, which intervals for learning errors
at length rest on."""

HEAD_WIDTH = 16


class Transformer(nn.Module):
    """From partial sequences (B, L) to logits (B, L, V), for one vocabulary and one length.

    Token and position embeddings, ``layers`` blocks of attention over all positions and a two-layer perceptron, each
    after a layer norm and added to its input; a linear map to V logits z, of which ``CAP tanh(z / CAP)`` are returned.
    Attention has a bias for each distance, so that what holds at one position is not learnt again at every other.

    Parameters
    ----------
    vocab, length : int
        V and L; the mask is the token V.
    width : int
        Of the hidden vectors; a multiple of 16, the width of a head.
    layers : int
    """

    def __init__(self, vocab: int, length: int, width: int = 64, layers: int = 2) -> None:
        super().__init__()
        self.vocab, self.length, self.width, self.layers = vocab, length, width, layers
        self.tokens = nn.Embedding(vocab + 1, width)
        self.positions = nn.Parameter(torch.randn(length, width) / 2)
        self.blocks = nn.ModuleList(Block(width, length) for _ in range(layers))
        self.last = nn.LayerNorm(width)
        self.logits = nn.Linear(width, vocab)

    @property
    def least_probability(self) -> float:
        """A lower bound of every prediction, of tanh and softmax in float32 as well."""
        return (1 - 1e-3) / (1 + (self.vocab - 1) * math.exp(2 * CAP))

    def forward(self, y: torch.Tensor) -> torch.Tensor:
        """Logits (B, L, V) of partial sequences (B, L)."""
        hidden = self.tokens(y) + self.positions
        for block in self.blocks:
            hidden = block(hidden)
        return CAP * torch.tanh(self.logits(self.last(hidden)) / CAP)


class Block(nn.Module):
    """Attention, then a perceptron."""

    def __init__(self, width: int, length: int) -> None:
        super().__init__()
        self.heads = max(1, width // HEAD_WIDTH)
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(self.heads, 2 * length - 1))
        self.attention, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Hidden vectors (B, L, width) to the same shape."""
        B, L, width = hidden.shape
        parts = self.attention(self.before(hidden)).view(B, L, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        place = torch.arange(L, device=hidden.device)
        bias = self.bias[:, place[:, None] - place + L - 1]
        met = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        hidden = hidden + self.out(met.transpose(1, 2).reshape(B, L, width))
        return hidden + self.perceptron(self.between(hidden))
