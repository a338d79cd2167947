# GPT-2 in PyTorch, from the files of a folder: logits, loss and gradients of the cases on stdin, as JSON on stdout.
# A case: { "folder", "dtype": "float32" | "float64", "ids": [B][T], "targets": [B][T] }.
import json
import math
import struct
import sys

import torch
import torch.nn.functional as F

STORED = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def load(folder, dtype):
    with open(f"{folder}/config.json") as file:
        config = json.load(file)
    with open(f"{folder}/model.safetensors", "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    assert header.pop("__metadata__") == {"format": "pt"}
    weights = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        data = content[8 + length + begin : 8 + length + end]
        stored = torch.frombuffer(data, dtype=STORED[entry["dtype"]]).reshape(entry["shape"])
        weights[name.replace("transformer.", "", 1)] = stored.to(dtype).requires_grad_()
    return config, weights


def logits_of(config, w, ids):
    batch, length = ids.shape
    width, heads = config["n_embd"], config["n_head"]
    x = w["wte.weight"][ids] + w["wpe.weight"][:length]

    def norm(x, name):
        return F.layer_norm(x, (width,), w[name + ".weight"], w[name + ".bias"], config["layer_norm_epsilon"])

    def conv1d(x, name):
        return x @ w[name + ".weight"] + w[name + ".bias"]

    future = torch.ones(length, length).triu(1).bool()
    for layer in range(config["n_layer"]):
        h = f"h.{layer}"
        qkv = conv1d(norm(x, f"{h}.ln_1"), f"{h}.attn.c_attn").split(width, dim=2)
        q, k, v = (part.view(batch, length, heads, width // heads).transpose(1, 2) for part in qkv)
        scores = (q @ k.transpose(2, 3) / math.sqrt(width // heads)).masked_fill(future, -math.inf)
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width)
        x = x + conv1d(mixed, f"{h}.attn.c_proj")
        up = conv1d(norm(x, f"{h}.ln_2"), f"{h}.mlp.c_fc")
        x = x + conv1d(F.gelu(up, approximate="tanh"), f"{h}.mlp.c_proj")
    head = w["wte.weight"] if config["tie_word_embeddings"] else w["lm_head.weight"]
    return norm(x, "ln_f") @ head.T


def numbers(tensor):
    return tensor.detach().double().flatten().tolist()


def logits_of_transformers(folder, dtype, ids):
    try:
        from transformers import GPT2LMHeadModel
    except ImportError:
        return None
    return numbers(GPT2LMHeadModel.from_pretrained(folder).to(dtype).eval()(ids).logits)


def run(case):
    dtype = getattr(torch, case["dtype"])
    ids, targets = torch.tensor(case["ids"]), torch.tensor(case["targets"])
    config, weights = load(case["folder"], dtype)
    logits = logits_of(config, weights, ids)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    return {
        "logits": numbers(logits),
        "loss": loss.item(),
        "gradients": {name: numbers(weight.grad) for name, weight in weights.items()},
        "transformers": logits_of_transformers(case["folder"], dtype, ids),
    }


torch.set_num_threads(1)
if __name__ == "__main__":
    json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
