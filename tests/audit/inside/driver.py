# Runs the lines of Python in docs/rollouts.md on batches: python3 driver.py < {"source", "cases": [[{name, arguments}]]}. PyTorch is
# used where it is installed; else something stands in that has what these lines ask of it. An empty line ends a case.
import json
import sys
import types


class Listed:
    """What has a value as lists."""

    def __init__(self, values):
        self.values = values

    def tolist(self):
        return self.values


class Nested:
    """Rows of unequal length, as nested tensors have them."""

    is_nested = True

    def __init__(self, rows):
        self.rows = rows

    def unbind(self):
        return self.rows


try:
    import torch

    tensor = torch.tensor
except ImportError:
    tensor = Listed
    torch = types.ModuleType("torch")
    torch.autograd = types.SimpleNamespace(grad=lambda loss, log_probs, retain_graph: (Listed(loss.gradient),))
    sys.modules["torch"] = torch


class Made:
    """Arguments from their JSON. A loss is of the leaf before it."""

    def leaf(self, values):
        self.log_probs = tensor(values) if tensor is Listed else tensor(values, requires_grad=True)
        return self.log_probs

    def loss(self, gradient):
        if tensor is Listed:
            return types.SimpleNamespace(gradient=gradient)
        return (self.log_probs * tensor(gradient)).sum()

    def of(self, given):
        if isinstance(given, list):
            return [self.of(x) for x in given]
        if not isinstance(given, dict):
            return given
        if len(given) == 1:
            ((kind, values),) = given.items()
            if kind in ("leaf", "loss"):
                return getattr(self, kind)(values)
            if kind == "tensor":
                return tensor(values)
            if kind == "stack":
                return Listed(values)
            if kind == "nested":
                return Nested([tensor(row) for row in values])
            if kind == "set":
                return set(values)
            if kind == "object":
                return types.SimpleNamespace(**{name: self.of(x) for name, x in values.items()})
        return {name: self.of(x) for name, x in given.items()}


class Output:
    """A file that is the standard output."""

    def __enter__(self):
        return sys.stdout

    def __exit__(self, *_):
        return None


request = json.load(sys.stdin)
names = {"open": lambda path, mode: Output()}
exec(request["source"], names)
for calls in request["cases"]:
    for call in calls:
        names[call["name"]]("rollouts.jsonl", *Made().of(call["arguments"]))
    print()
