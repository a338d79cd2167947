# What gradsplit's suites `train` and `sample` time, in PyTorch, for one number of threads (the argument). One JSON document a line:
# in   {"prepare": task}                     out  {"output": […]}: [loss, gradient …] of a step, in the order of the
#                                                 parameters; or the tokens of all rows, then their log-probabilities
# in   {"sample": {minSamples, maxSeconds}}  out  {"seconds": […]}: of single calls, timed here
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))


class Network:
    """GPT-2 with pre-norm blocks and a tied head, as src/nn computes it: what training and sampling share."""

    def __init__(self, task):
        self.config = task["config"]
        self.p = {
            path: torch.tensor(one["values"], dtype=torch.float32).reshape(one["shape"])
            for path, one in task["parameters"].items()
        }

    def linear(self, x, group):
        return torch.addmm(self.p[group + ".bias"], x, self.p[group + ".weight"])

    def norm(self, x, group):
        return F.layer_norm(x, x.shape[-1:], self.p[group + ".weight"], self.p[group + ".bias"], 1e-5)

    def mlp(self, x, group):
        up = self.linear(x, group + ".up")
        # gelu in its tanh form, written out: older versions of PyTorch know only the other one.
        up = 0.5 * up * (1 + torch.tanh(math.sqrt(2 / math.pi) * (up + 0.044715 * up**3)))
        return self.linear(up, group + ".down")

    def blocks(self, x, attention):
        for layer in range(self.config["layers"]):
            block = f"block{layer}"
            x = x + attention(self.norm(x, block + ".norm1"), block + ".attention")
            x = x + self.mlp(self.norm(x, block + ".norm2"), block + ".mlp")
        return self.norm(x, "norm") @ self.p["embedding.token.weight"].T


class Step(Network):
    """A training step with AdamW."""

    def __init__(self, task):
        super().__init__(task)
        for parameter in self.p.values():
            parameter.requires_grad_()
        shape = (task["batch"], self.config["context"])
        self.ids = torch.tensor(task["ids"]).reshape(shape)
        self.targets = torch.tensor(task["targets"])
        self.mask = torch.full((shape[1], shape[1]), -math.inf).triu(1)
        self.optimiser = torch.optim.AdamW(self.p.values(), lr=task["learningRate"], weight_decay=0.01)

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
        return F.cross_entropy(self.blocks(x.reshape(-1, width), self.attention), self.targets)

    def output(self):
        loss = self.loss()
        gradient = torch.autograd.grad(loss, list(self.p.values()))
        return [loss.item()] + torch.cat([g.flatten() for g in gradient]).tolist()

    def __call__(self):
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        self.optimiser.step()
        return loss


class Sampling(Network):
    """Draws sequences token by token; keys and values are kept in place, query, key and value are one product."""

    def __init__(self, task):
        super().__init__(task)
        self.shape = (task["batch"], self.config["context"])
        self.prompt = torch.full((task["batch"],), task["prompt"])
        self.uniforms = torch.tensor(task["uniforms"], dtype=torch.float64).reshape(self.shape)
        self.joined = {}
        for layer in range(self.config["layers"]):
            group = f"block{layer}.attention"
            parts = [f"{group}.{role}" for role in ("query", "key", "value")]
            weight = torch.cat([self.p[part + ".weight"] for part in parts], 1)
            self.joined[group] = (torch.cat([self.p[part + ".bias"] for part in parts]), weight)

    def attention(self, x, group):
        batch, length = self.shape
        heads = self.config["heads"]
        width = x.shape[1] // heads
        if group not in self.kept:
            self.kept[group] = [torch.empty(batch, heads, length, width) for _ in range(2)]
        keys, values = self.kept[group]
        bias, weight = self.joined[group]
        query, key, value = torch.addmm(bias, x, weight).reshape(batch, 3, heads, width).unbind(1)
        keys[:, :, self.place] = key
        values[:, :, self.place] = value
        seen = self.place + 1
        scores = query.unsqueeze(2) @ keys[:, :, :seen].transpose(2, 3) / math.sqrt(width)
        mixed = (scores.softmax(3) @ values[:, :, :seen]).reshape(x.shape)
        return self.linear(mixed, group + ".output")

    @torch.inference_mode()
    def __call__(self):
        self.kept = {}
        ids, tokens, log_probs = self.prompt, [], []
        for self.place in range(self.shape[1]):
            x = F.embedding(ids, self.p["embedding.token.weight"])
            x = x + self.p["embedding.position.weight"][self.place]
            all_log_probs = self.blocks(x, self.attention).log_softmax(1)
            sums = all_log_probs.double().exp().cumsum(1)
            targets = self.uniforms[:, self.place, None] * sums[:, -1:]
            ids = torch.searchsorted(sums, targets, right=True).clamp(max=sums.shape[1] - 1)[:, 0]
            tokens.append(ids)
            log_probs.append(all_log_probs.gather(1, ids[:, None])[:, 0])
        return torch.stack(tokens, 1), torch.stack(log_probs, 1)

    def output(self):
        tokens, log_probs = self()
        return tokens.flatten().tolist() + log_probs.flatten().tolist()


def sample(step, effort):
    """Seconds of single calls, as many as the effort asks for."""
    seconds = []
    end = time.perf_counter() + effort["maxSeconds"]
    while len(seconds) < effort["minSamples"] or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds


def answer(message, step):
    if "prepare" in message:
        task = message["prepare"]
        step = {"train": Step, "sample": Sampling}[task["op"]](task)
        return {"output": step.output()}, step
    return {"seconds": sample(step, message["sample"])}, step


print(json.dumps({"version": torch.__version__}), flush=True)
step = None
for line in sys.stdin:
    found, step = answer(json.loads(line), step)
    print(json.dumps(found), flush=True)
