# The training step of gradsplit's suite `train` in PyTorch, for one number of threads (the argument). One JSON document a line:
# in   {"prepare": task}                     out  {"output": [loss, gradient …]}: in the order of the parameters
# in   {"sample": {minSamples, maxSeconds}}  out  {"seconds": […]}: of single steps, timed here
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))


class Step:
    """GPT-2 with pre-norm blocks and a tied head, as src/nn computes it; AdamW."""

    def __init__(self, task):
        self.config = task["config"]
        self.p = {
            path: torch.tensor(one["values"], dtype=torch.float32).reshape(one["shape"]).requires_grad_()
            for path, one in task["parameters"].items()
        }
        shape = (task["batch"], self.config["context"])
        self.ids = torch.tensor(task["ids"]).reshape(shape)
        self.targets = torch.tensor(task["targets"])
        self.mask = torch.full((shape[1], shape[1]), -math.inf).triu(1)
        self.optimiser = torch.optim.AdamW(self.p.values(), lr=task["learningRate"], weight_decay=0.01)

    def linear(self, x, group):
        return torch.addmm(self.p[group + ".bias"], x, self.p[group + ".weight"])

    def norm(self, x, group):
        return F.layer_norm(x, x.shape[-1:], self.p[group + ".weight"], self.p[group + ".bias"], 1e-5)

    def attention(self, x, group):
        batch, length = self.ids.shape
        heads = self.config["heads"]
        width = x.shape[1] // heads
        query, key, value = (
            self.linear(x, f"{group}.{role}").reshape(batch, length, heads, width).transpose(1, 2)
            for role in ("query", "key", "value")
        )
        scores = query @ key.transpose(2, 3) / math.sqrt(width) + self.mask
        mixed = (scores.softmax(3) @ value).transpose(1, 2).reshape(x.shape)
        return self.linear(mixed, group + ".output")

    def loss(self):
        p = self.p
        length, width = self.ids.shape[1], self.config["width"]
        x = F.embedding(self.ids, p["embedding.token.weight"]) + p["embedding.position.weight"][:length]
        x = x.reshape(-1, width)
        for layer in range(self.config["layers"]):
            block = f"block{layer}"
            x = x + self.attention(self.norm(x, block + ".norm1"), block + ".attention")
            up = self.linear(self.norm(x, block + ".norm2"), block + ".mlp.up")
            # gelu in its tanh form, written out: older versions of PyTorch know only the other one.
            up = 0.5 * up * (1 + torch.tanh(math.sqrt(2 / math.pi) * (up + 0.044715 * up**3)))
            x = x + self.linear(up, block + ".mlp.down")
        logits = self.norm(x, "norm") @ p["embedding.token.weight"].T
        return F.cross_entropy(logits, self.targets)

    def __call__(self):
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        self.optimiser.step()
        return loss


def sample(step, effort):
    """Seconds of single steps, as many as the effort asks for."""
    seconds = []
    end = time.perf_counter() + effort["maxSeconds"]
    while len(seconds) < effort["minSamples"] or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds


def answer(message, step):
    if "prepare" in message:
        step = Step(message["prepare"])
        loss = step.loss()
        gradient = torch.autograd.grad(loss, list(step.p.values()))
        return {"output": [loss.item()] + torch.cat([g.flatten() for g in gradient]).tolist()}, step
    return {"seconds": sample(step, message["sample"])}, step


print(json.dumps({"version": torch.__version__}), flush=True)
step = None
for line in sys.stdin:
    found, step = answer(json.loads(line), step)
    print(json.dumps(found), flush=True)
