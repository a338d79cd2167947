# Steps of PyTorch's optimisers, float64: the cases on stdin, the parameters after every step on stdout, as JSON.
# A case: { "optimiser", "options", "clip": limit or null, "rates": [step], "parameters": [[…]], "gradients": [step][[…]] }.
import json
import sys

import torch


def run(case):
    parameters = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in case["parameters"]]
    optimiser = getattr(torch.optim, case["optimiser"])(parameters, lr=1, **case["options"])
    trace = []
    for rate, gradients in zip(case["rates"], case["gradients"]):
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        if case["clip"] is not None:
            torch.nn.utils.clip_grad_norm_(parameters, case["clip"])
        optimiser.param_groups[0]["lr"] = rate
        optimiser.step()
        trace.append([parameter.tolist() for parameter in parameters])
    return trace


torch.set_num_threads(1)
json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
