#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The benchmark's workloads in PyTorch: `peer.py WORKLOAD STEPS [eager|fused|compiled]` prints steps per second.

eager is PyTorch as it is, the default; fused has Adam as one kernel (since 2.4), compiled also the loss by
torch.compile. `peer.py --products WORKLOAD STEPS` prints how many steps per second the matrix products of one step
alone would allow (NumPy on the same OpenBLAS): the limit that neither program can pass. Both run on one thread.
"""
import gzip
import sys
import time

FASHION = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"
DIGITS = "/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz"

WARM = 5  # steps that are not timed: the first ones compile and allocate

# Layer widths of everything that is a matrix product in one step: (batch, [widths], what goes back: the gradients of
# "w"eights, of the first "x", too).
AUTOENCODER = [784, 256, 64, 256, 784]
SMALL = [64, 32, 8, 32, 64]
DEEP = [784, 500, 500, 2000, 10, 2000, 500, 500, 784]
GENERATOR = [100, 256, 512, 1024, 784]
CRITIC = [784, 512, 256, 1]
PRODUCTS = {
    "digits_32": [(32, SMALL, "w")],
    "ae_32": [(32, AUTOENCODER, "w")],
    "ae_128": [(128, AUTOENCODER, "w")],
    "deep_ae_256": [(256, DEEP, "w")],
    "vae_128": [(128, [784, 400, 40], "w"), (128, [20, 400, 784], "wx")],
    "gan_64": [(64, GENERATOR, ""), (64, CRITIC, "w"), (64, CRITIC, "w"), (64, GENERATOR, "w"), (64, CRITIC, "x")],
    # and the similarities of all views, with both their gradients
    "nt_xent_256": [(512, [784, 512, 256, 64], "w"), (512, [64, 512], "x"), (512, [512, 64], "")],
}


def shapes(workload):
    """(m, n, k, a is stored transposed, b is) of each product of a step"""
    for n, widths, back in PRODUCTS[workload]:
        for k, (i, o) in enumerate(zip(widths, widths[1:])):
            yield n, o, i, 0, 0
            if back and (k or "x" in back):
                yield n, i, o, 0, 1
            if "w" in back:
                yield i, o, n, 1, 0


def rows(workload):
    """float32 [rows, pixels] in [0, 1]"""
    import numpy
    if workload.startswith("digits"):
        return (numpy.loadtxt(DIGITS, delimiter=",")[:, :64] / 16).astype(numpy.float32)
    with gzip.open(FASHION) as f:
        return numpy.frombuffer(f.read(), numpy.uint8, offset=16).reshape(-1, 784).astype(numpy.float32) / 255


def products(workload, steps):
    import numpy
    jobs = []
    for m, n, k, ta, tb in shapes(workload):
        a = numpy.random.rand(*(k, m) if ta else (m, k)).astype(numpy.float32)
        b = numpy.random.rand(*(n, k) if tb else (k, n)).astype(numpy.float32)
        a, b = a.T if ta else a, b.T if tb else b
        jobs.append((a, b, a @ b))
    start = time.perf_counter()
    for _ in range(steps):
        for a, b, out in jobs:
            numpy.matmul(a, b, out=out)
    return steps / (time.perf_counter() - start)


def training(workload, steps, mode):
    import torch
    from torch import nn
    import torch.nn.functional as F
    torch.set_num_threads(1)
    torch.manual_seed(1)
    data = torch.from_numpy(rows(workload))

    compiled = torch.compile if mode == "compiled" else lambda loss: loss

    def adam(model, rate):
        return torch.optim.Adam(model.parameters(), rate, **({} if mode == "eager" else {"fused": True}))

    def mlp(widths, hidden, last=None):
        layers = []
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            layers.append(nn.Linear(a, b))
            layers += [hidden()] if i + 2 < len(widths) else [last()] if last else []
        return nn.Sequential(*layers)

    def autoencoder(widths):
        middle = len(widths) // 2 + 1
        return nn.Sequential(mlp(widths[:middle], nn.ReLU), mlp(widths[middle - 1:], nn.ReLU))

    batch = int(workload.rsplit("_", 1)[1])

    def simple(model, loss):
        optimizer, loss = adam(model, 1e-3), compiled(loss)

        def step(x):
            optimizer.zero_grad()
            loss(model, x).backward()
            optimizer.step()
        return step

    autoencoders = {"ae": AUTOENCODER, "deep": DEEP, "digits": SMALL}
    if widths := autoencoders.get(workload.split("_")[0]):
        step = simple(autoencoder(widths), lambda m, x: F.mse_loss(m(x), x))
    elif workload.startswith("vae"):
        class Vae(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = mlp([784, 400, 40], nn.ReLU)
                self.decoder = mlp([20, 400, 784], nn.ReLU, nn.Sigmoid)

        def loss(m, x):
            mean, logvar = m.encoder(x).chunk(2, dim=1)
            z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
            kl = -0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())
            return (F.binary_cross_entropy(m.decoder(z), x, reduction="sum") + kl) / len(x)
        step = simple(Vae(), loss)
    elif workload.startswith("gan"):
        leaky = lambda: nn.LeakyReLU(0.2)
        generator, critic = mlp(GENERATOR, leaky, nn.Sigmoid), mlp(CRITIC, leaky)
        g_optimizer, c_optimizer = adam(generator, 2e-4), adam(critic, 2e-4)

        @compiled
        def critic_loss(x):
            with torch.no_grad():
                fake = generator(torch.randn(len(x), 100))
            return F.softplus(-critic(x)).mean() + F.softplus(critic(fake)).mean()

        @compiled
        def generator_loss(n):
            return F.softplus(-critic(generator(torch.randn(n, 100)))).mean()

        def step(x):
            c_optimizer.zero_grad()
            critic_loss(x).backward()
            c_optimizer.step()
            g_optimizer.zero_grad()
            critic.requires_grad_(False)
            generator_loss(len(x)).backward()
            critic.requires_grad_(True)
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

    start, done = None, -WARM
    while True:
        order = torch.randperm(len(data))
        for at in range(0, len(data) - batch + 1, batch):
            step(data[order[at:at + batch]])
            done += 1
            if done == 0:
                start = time.perf_counter()
            if done == steps:
                return steps / (time.perf_counter() - start)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[0] == "--products":
        print(products(arguments[1], int(arguments[2])) if arguments[1] in PRODUCTS else "nan")
    else:
        print(training(arguments[0], int(arguments[1]), arguments[2] if len(arguments) > 2 else "eager"))
