#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The benchmark's workloads in PyTorch: `peer.py WORKLOAD STEPS` prints steps per second.

`peer.py --products WORKLOAD STEPS` prints how many steps per second the matrix products of one step alone would allow
(NumPy on the same OpenBLAS): the limit that neither program can pass. Both run on one thread.
"""
import gzip
import sys
import time

FOLDER = "/usr/share/datasets/fashion-mnist"

# Layer widths of everything that is a matrix product in one step: (batch, [widths], needs the gradient of its input).
AUTOENCODER = [784, 256, 64, 256, 784]
DEEP = [784, 500, 500, 2000, 10, 2000, 500, 500, 784]
GENERATOR = [100, 256, 512, 1024, 784]
CRITIC = [784, 512, 256, 1]
PRODUCTS = {
    "ae_32": [(32, AUTOENCODER, False)],
    "ae_128": [(128, AUTOENCODER, False)],
    "deep_ae_256": [(256, DEEP, False)],
    "vae_128": [(128, [784, 400, 40], False), (128, [20, 400, 784], True)],
    "gan_64": [(64, CRITIC, False), (64, CRITIC, False), (64, GENERATOR, False), (64, CRITIC, True)],
    "nt_xent_256": [(512, [784, 512, 256, 64], False)],
}


def images():
    import numpy
    with gzip.open(f"{FOLDER}/train-images-idx3-ubyte.gz") as f:
        return numpy.frombuffer(f.read(), numpy.uint8, offset=16).reshape(-1, 784).astype(numpy.float32) / 255


def products(workload, steps):
    import numpy
    jobs = []
    for n, widths, input_gradient in PRODUCTS[workload]:
        for k, (i, o) in enumerate(zip(widths, widths[1:])):
            x, w, dy = (numpy.random.rand(*s).astype(numpy.float32) for s in [(n, i), (i, o), (n, o)])
            y, dw, dx = x @ w, x.T @ dy, dy @ w.T
            jobs += [(x, w, y), (x.T, dy, dw)] + ([(dy, w.T, dx)] if k or input_gradient else [])
    start = time.perf_counter()
    for _ in range(steps):
        for a, b, out in jobs:
            numpy.matmul(a, b, out=out)
    return steps / (time.perf_counter() - start)


def training(workload, steps):
    import torch
    from torch import nn
    import torch.nn.functional as F
    torch.set_num_threads(1)
    torch.manual_seed(1)
    data = torch.from_numpy(images())

    def mlp(widths, hidden, last=None):
        layers = []
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            layers.append(nn.Linear(a, b))
            layers += [hidden()] if i + 2 < len(widths) else [last()] if last else []
        return nn.Sequential(*layers)

    batch = int(workload.rsplit("_", 1)[1])

    def simple(model, loss):
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)

        def step(x):
            optimizer.zero_grad()
            loss(model, x).backward()
            optimizer.step()
        return step

    if workload.startswith("ae") or workload.startswith("deep"):
        widths = AUTOENCODER if workload.startswith("ae") else DEEP
        step = simple(mlp(widths, nn.ReLU, nn.Sigmoid), lambda m, x: F.mse_loss(m(x), x))
    elif workload.startswith("vae"):
        class Vae(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden, self.mean, self.logvar = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
                self.decoder = mlp([20, 400, 784], nn.ReLU, nn.Sigmoid)

        def loss(m, x):
            h = F.relu(m.hidden(x))
            mean, logvar = m.mean(h), m.logvar(h)
            z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
            kl = -0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())
            return (F.binary_cross_entropy(m.decoder(z), x, reduction="sum") + kl) / len(x)
        step = simple(Vae(), loss)
    elif workload.startswith("gan"):
        leaky = lambda: nn.LeakyReLU(0.2)
        generator, critic = mlp(GENERATOR, leaky, nn.Sigmoid), mlp(CRITIC, leaky)
        g_optimizer, c_optimizer = (torch.optim.Adam(m.parameters(), 2e-4) for m in (generator, critic))

        def step(x):
            c_optimizer.zero_grad()
            fake = generator(torch.randn(len(x), 100)).detach()
            (F.softplus(-critic(x)).mean() + F.softplus(critic(fake)).mean()).backward()
            c_optimizer.step()
            g_optimizer.zero_grad()
            F.softplus(-critic(generator(torch.randn(len(x), 100)))).mean().backward()
            g_optimizer.step()
    elif workload.startswith("conv"):
        model = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(),
            nn.Linear(32 * 49, 64), nn.Linear(64, 32 * 49), nn.ReLU(), nn.Unflatten(1, (32, 7, 7)),
            nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Sigmoid())
        data = data.reshape(-1, 1, 28, 28)
        step = simple(model, lambda m, x: F.mse_loss(m(x), x))
    else:
        def loss(m, x):
            views = torch.cat([x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x)])
            z = F.normalize(m(views))
            s = z @ z.t() / 0.5
            s.fill_diagonal_(-1e9)
            n = len(x)
            return F.cross_entropy(s, torch.cat([torch.arange(n, 2 * n), torch.arange(n)]))
        step = simple(mlp([784, 512, 256, 64], nn.ReLU), loss)

    start, done = None, 0
    while True:
        order = torch.randperm(len(data))
        for at in range(0, len(data) - batch + 1, batch):
            step(data[order[at:at + batch]])
            if start is None:  # the first step allocates
                start = time.perf_counter()
                continue
            done += 1
            if done == steps:
                return steps / (time.perf_counter() - start)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    measure = training
    if arguments[0] == "--products":
        measure, arguments = products, arguments[1:]
        if arguments[0] not in PRODUCTS:
            print("nan")
            sys.exit()
    print(measure(arguments[0], int(arguments[1])))
