"""Writes resnet18-{cifar,imagenet}.safetensors: a small ResNet-18 of its own, in double precision with PyTorch's autograd.

Independent of nearfar: needs python3 and torch (Debian: python3-torch). Run in this folder: python3 resnet18.py
Holds a state_dict under torchvision's names (weights.*), images, labels; features and loss as expected in evaluation and training
mode; the gradient of every parameter; running statistics after the step.
"""
import json
import struct

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.downsample = None
        if stride != 1 or cin != cout:
            self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    def __init__(self, stem, base, dim):
        super().__init__()
        self.pool = stem == "imagenet"
        self.conv1 = nn.Conv2d(3, base, 7, 2, 3, bias=False) if self.pool else nn.Conv2d(3, base, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(base)
        for i, (cin, cout, s) in enumerate([(1, 1, 1), (1, 2, 2), (2, 4, 2), (4, 8, 2)]):
            blocks = nn.Sequential(Block(cin * base, cout * base, s), Block(cout * base, cout * base, 1))
            setattr(self, f"layer{i + 1}", blocks)
        self.fc = nn.Linear(8 * base, dim)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        if self.pool:
            x = nn.functional.max_pool2d(x, 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return nn.functional.normalize(self.fc(x.mean((2, 3))))


def save(path, tensors, metadata):
    header, blobs, at = {"__metadata__": metadata}, [], 0
    for name, t in tensors.items():
        blob = bytes(t.contiguous().numpy().tobytes())
        header[name] = {"dtype": {torch.float32: "F32", torch.int32: "I32"}[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


for stem, height, width in [("cifar", 13, 16), ("imagenet", 45, 40)]:
    torch.manual_seed(7)
    base, dim, batch = 3, 8, 6
    model = ResNet18(stem, base, dim)
    for name, p in model.state_dict().items():  # statistics and affine parts that are not 0 and 1
        if name.endswith("running_mean"):
            p.normal_(0, 0.3)
        elif name.endswith("running_var"):
            p.uniform_(0.5, 1.5)
        elif ("bn" in name or "downsample.1" in name) and name.endswith("weight"):
            p.uniform_(0.5, 1.5)
        elif ("bn" in name or "downsample.1" in name) and name.endswith("bias"):
            p.normal_(0, 0.2)
    weights = {f"weights.{k}": v.float().clone() for k, v in model.state_dict().items() if not k.endswith("num_batches_tracked")}
    model.double()
    images = torch.randn(batch, 3, height, width).float()
    labels = torch.randint(0, dim, (batch,)).int()
    model.eval()
    evaluated = model(images.double()).detach()
    model.train()
    trained = model(images.double())
    loss = nn.functional.cross_entropy(10 * trained, labels.long())
    loss.backward()
    out = {"images": images, "labels": labels, **weights}
    out["expected.evaluated"] = evaluated.float()
    out["expected.trained"] = trained.detach().float()
    out["expected.loss"] = loss.detach().float().reshape(1)
    out.update({f"gradient.{k}": p.grad.float() for k, p in model.named_parameters()})
    out.update({f"after.{k}": b.float() for k, b in model.named_buffers() if "running" in k})
    config = {"stem": stem, "base": base, "dim": dim, "height": height, "width": width}
    save(f"resnet18-{stem}.safetensors", out, {"config": json.dumps(config), "torch": torch.__version__})
