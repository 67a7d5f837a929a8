"""Writes gru.safetensors and lstm.safetensors: torch.nn.GRU and torch.nn.LSTM in double precision with PyTorch's autograd.

Independent of nearfar: needs python3 and torch (Debian: python3-torch). Run in this folder: python3 recurrent.py
Cases of ragged sizes with and without an initial state, by prefix: inputs, weights (PyTorch's names), outputs, and the gradient of
sum(outputs * projection) with respect to everything.
"""
import json
import struct

import torch
from torch import nn

CASES = {"small": (1, 1, 1, 1, True), "ragged": (5, 7, 3, 6, True), "wide": (3, 3, 4, 21, False), "long": (2, 33, 5, 7, False)}


def save(path, tensors, metadata):
    header, blobs, at = {"__metadata__": metadata}, [], 0
    for name, t in tensors.items():
        blob = bytes(t.detach().float().contiguous().numpy().tobytes())
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


for kind in ("gru", "lstm"):
    torch.manual_seed(3)
    out = {}
    for case, (B, T, I, H, stateful) in CASES.items():
        model = (nn.GRU if kind == "gru" else nn.LSTM)(I, H, batch_first=True)
        for p in model.parameters():  # larger than the default, so that gates leave the linear range
            nn.init.uniform_(p, -2.5 / H**0.5, 2.5 / H**0.5)
        weights = {k: v.detach().clone() for k, v in model.named_parameters()}
        model.double()
        rounded = lambda *shape: torch.randn(*shape).double()  # drawn in float32
        x = rounded(B, T, I).requires_grad_()
        states = [rounded(1, B, H).requires_grad_() for _ in range(2 if kind == "lstm" else 1)] if stateful else []
        given = (states[0] if kind == "gru" else tuple(states)) if stateful else None
        y, last = model(x, given)
        projection = rounded(B, T, H)
        (y * projection).sum().backward()
        out[f"{case}.x"] = x
        out[f"{case}.projection"] = projection
        out[f"{case}.y"] = y
        if kind == "lstm":
            out[f"{case}.c"] = last[1][0]
        out[f"{case}.d.x"] = x.grad
        for name, state in zip(("h0", "c0"), states):
            out[f"{case}.{name}"] = state[0]
            out[f"{case}.d.{name}"] = state.grad[0]
        out.update({f"{case}.weights.{k}": v for k, v in weights.items()})
        out.update({f"{case}.d.{k}": p.grad for k, p in model.named_parameters()})
    save(f"{kind}.safetensors", out, {"torch": torch.__version__})
