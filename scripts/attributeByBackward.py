# What `gradsplit attribute` computes of rollouts at a GPT-2, by PyTorch's usual means: a backward pass for each label, one for each
# trajectory, and, for the influence of tokens, one forward-mode pass for each label and group (--influence), or a backward pass for every
# token (--influence-by-token). Of these a few are timed, and all of them reckoned from that. docs/performance.md has what it was seen to take.
#   python3 scripts/attributeByBackward.py FOLDER ROLLOUTS [--influence] [--influence-by-token]
# It prints seconds of the processor by part, the peak memory, and norms by which the two can be compared.
import json
import resource
import sys
import time

sys.path.insert(0, f"{__file__.rsplit('/', 2)[0]}/tests/pytorch")
import torch
import torch.autograd.forward_ad as forward
import torch.nn.functional as F
from gpt2 import load, logits_of

torch.set_num_threads(1)


def group_of(name):
    """As --by group: a norm counts to the part that it feeds."""
    if not name.startswith("h."):
        return "norm" if name.startswith("ln_f") else "embedding"
    _, layer, part, *_ = name.split(".")
    return f"block{layer}." + ("attention" if part in ("ln_1", "attn") else "mlp")


def main(folder, rollouts, *flags):
    clock = time.process_time
    began = clock()
    config, weights = load(folder, torch.float32)
    with open(rollouts) as file:
        trajectories = [json.loads(line) for line in file]
    names = list(weights)
    groups = list(dict.fromkeys(group_of(name) for name in names))
    seconds = {"load": clock() - began}

    by_length = {}
    for one in trajectories:
        by_length.setdefault(len(one["ids"]), []).append(one)
    batches = list(by_length.values())

    def log_probs(w, batch):
        tokens = torch.tensor([one["ids"] for one in batch])
        logits = logits_of(config, w, tokens[:, :-1])
        return -F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")

    def seeds(batch, label):
        return torch.tensor(
            [one["reward"] if role == label else 0.0 for one in batch for role in one["components"][1:]]
        )

    labels = ["sample", "decision"]
    began = clock()
    gradients = {}
    for label in labels:
        total = sum((seeds(batch, label) * log_probs(weights, batch)).sum() for batch in batches)
        gradients[label] = torch.autograd.grad(total / len(trajectories), [weights[name] for name in names])
    seconds["labels"] = clock() - began
    gram = [[sum((a * b).sum() for a, b in zip(gradients[l], gradients[m])).item() for m in labels] for l in labels]

    began = clock()
    whole = [sum(parts) for parts in zip(*(gradients[label] for label in labels))]
    norms = []
    for one in trajectories:
        own = (sum(seeds([one], label) for label in labels) * log_probs(weights, [one])).sum()
        found = torch.autograd.grad(own / len(trajectories), [weights[name] for name in names])
        norms.append((sum((g * g).sum() for g in found).item(), sum((g * h).sum() for g, h in zip(found, whole)).item()))
    seconds["trajectories"] = clock() - began

    if "--influence" in flags:
        began = clock()
        pairs = [(batch, label, group) for batch in batches for label in labels for group in groups]
        tried = pairs[:: max(1, len(pairs) // 4)]
        for batch, label, group in tried:
            with forward.dual_level():
                along = {
                    name: forward.make_dual(weights[name].detach(), g) if group_of(name) == group else weights[name].detach()
                    for name, g in zip(names, gradients[label])
                }
                forward.unpack_dual(log_probs(along, batch)).tangent
        seconds["influence"] = (clock() - began) / len(tried) * len(pairs)
    if "--influence-by-token" in flags:
        began = clock()
        done = 0
        for one in trajectories:
            values = log_probs(weights, [one])
            for t, role in enumerate(one["components"][1:]):
                if role == "prompt" or done >= 4:
                    continue
                torch.autograd.grad(values[t], [weights[name] for name in names], retain_graph=True)
                done += 1
        seconds["one token"] = (clock() - began) / done

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peakMiB": peak, "gram": gram, "trajectories": norms}))


main(*sys.argv[1:])
