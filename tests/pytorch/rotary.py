# Decoders with rotary positions in PyTorch, from the files of a folder: logits, loss and gradients of the cases on stdin, as JSON on
# stdout. A case: { "folder", "dtype": "float32" | "float64", "ids": [B][T], "targets": [B][T] }.
# Pairs are turned as complex numbers, and masks are added to the scores: nothing is computed as in the project.
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
    header.pop("__metadata__")
    weights = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        data = content[8 + length + begin : 8 + length + end]
        stored = torch.frombuffer(data, dtype=STORED[entry["dtype"]]).reshape(entry["shape"])
        weights[name] = stored.to(dtype).requires_grad_()
    return config, weights


def frequencies(config, size):
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    theta = rope.get("rope_theta") or config.get("rope_theta", 10000.0)
    plain = [1.0 / theta ** (2 * i / size) for i in range(size // 2)]
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind == "default":
        return plain
    factor = rope["factor"]
    if kind == "linear":
        return [f / factor for f in plain]
    out = []
    for f in plain:
        wavelength = 2 * math.pi / f
        old = rope["original_max_position_embeddings"]
        if wavelength < old / rope["high_freq_factor"]:
            out.append(f)
        elif wavelength > old / rope["low_freq_factor"]:
            out.append(f / factor)
        else:
            smooth = (old / wavelength - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"]
            )
            out.append((1 - smooth) * f / factor + smooth * f)
    return out


def turn(x, size, angles):
    # x [B, H, T, h]: entries i and i + size/2 are the real and imaginary part of a number.
    half = size // 2
    z = torch.complex(x[..., :half], x[..., half:size])
    z = z * torch.complex(angles.cos(), angles.sin())
    return torch.cat([z.real, z.imag, x[..., size:]], dim=-1)


def rms(x, weight, epsilon):
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + epsilon) * weight


def logits_of(config, w, ids):
    batch, length = ids.shape
    dtype = w["model.norm.weight"].dtype
    heads = config["num_attention_heads"]
    shared = config.get("num_key_value_heads", heads)
    width = config.get("head_dim", config["hidden_size"] // heads)
    size = int(width * config.get("partial_rotary_factor", 1.0))
    epsilon = config["rms_norm_eps"]
    places = torch.arange(length, dtype=torch.float64)
    angles = torch.outer(places, torch.tensor(frequencies(config, size), dtype=torch.float64)).to(dtype)
    x = w["model.embed_tokens.weight"][ids]

    def linear(x, name):
        return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))

    for layer in range(config["num_hidden_layers"]):
        h = f"model.layers.{layer}"
        normed = rms(x, w[f"{h}.input_layernorm.weight"], epsilon)
        q, k, v = (
            linear(normed, f"{h}.self_attn.{role}_proj").view(batch, length, n, width).transpose(1, 2)
            for role, n in (("q", heads), ("k", shared), ("v", shared))
        )
        if f"{h}.self_attn.q_norm.weight" in w:
            q = rms(q, w[f"{h}.self_attn.q_norm.weight"], epsilon)
            k = rms(k, w[f"{h}.self_attn.k_norm.weight"], epsilon)
        q, k = turn(q, size, angles), turn(k, size, angles)
        k, v = (y.repeat_interleave(heads // shared, dim=1) for y in (k, v))
        window = None
        if config["model_type"] == "mistral":
            window = config.get("sliding_window")
        elif config.get("use_sliding_window") and layer >= config["max_window_layers"]:
            window = config["sliding_window"]
        back = torch.arange(length)[:, None] - torch.arange(length)[None, :]
        seen = (back >= 0) & (back < (window or length))
        mask = torch.zeros(length, length, dtype=dtype).masked_fill(~seen, -math.inf)
        mixed = ((q @ k.transpose(2, 3)) / math.sqrt(width) + mask).softmax(-1) @ v
        x = x + linear(mixed.transpose(1, 2).reshape(batch, length, heads * width), f"{h}.self_attn.o_proj")
        normed = rms(x, w[f"{h}.post_attention_layernorm.weight"], epsilon)
        inside = F.silu(linear(normed, f"{h}.mlp.gate_proj")) * linear(normed, f"{h}.mlp.up_proj")
        x = x + linear(inside, f"{h}.mlp.down_proj")
    head = w["model.embed_tokens.weight"] if config.get("tie_word_embeddings") else w["lm_head.weight"]
    return rms(x, w["model.norm.weight"], epsilon) @ head.T


def numbers(tensor):
    return tensor.detach().double().flatten().tolist()


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
    }


torch.set_num_threads(1)
json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
