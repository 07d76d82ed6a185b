#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The sweeps of sweep.py in Optuna, in an empty folder: sweep_peer.py WORKLOAD sqlite|journal|torch|jax TRIALS STEPS"""
import multiprocessing
import sys

import optuna

BATCH, HIDDEN, PIXELS = 64, 64, 64


def study(storage="journal"):
    if storage == "sqlite":
        return optuna.create_study(study_name="bench", storage="sqlite:///optuna.db", load_if_exists=True)
    backend = optuna.storages.journal.JournalFileBackend("optuna.log")
    return optuna.create_study(study_name="bench", storage=optuna.storages.JournalStorage(backend), load_if_exists=True,
                               sampler=optuna.samplers.RandomSampler())


def trivial(storage, n):
    def objective(trial):
        for step in range(10):
            trial.report(1.0 / (step + 1), step)
        return 0.1
    study(storage).optimize(objective, n_trials=n, n_jobs=2)


def images():
    from sklearn.datasets import load_digits
    return (load_digits().data / 16).astype("float32")


def torch_training(steps):
    import torch
    from torch import nn
    torch.set_num_threads(1)
    data = torch.from_numpy(images())
    # On the processor since PyTorch 2.4.
    fused = {"fused": True} if tuple(map(int, torch.__version__.split(".")[:2])) >= (2, 4) else {}

    def train(lr, latent):
        layers = [nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, latent), nn.Linear(latent, HIDDEN), nn.ReLU(),
                  nn.Linear(HIDDEN, PIXELS)]
        model = nn.Sequential(*layers)
        optimizer = torch.optim.Adam(model.parameters(), lr, **fused)
        for _ in range(steps):
            x = data[torch.randint(len(data), (BATCH,))]
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), x)
            loss.backward()
            optimizer.step()
        return loss.item()
    return train


def jax_training(steps):
    from functools import partial

    import jax
    import jax.numpy as jnp
    data = jnp.asarray(images())

    def forward(p, x):
        hidden = jax.nn.relu(x @ p[0] + p[1])
        hidden = jax.nn.relu((hidden @ p[2] + p[3]) @ p[4] + p[5])
        return hidden @ p[6] + p[7]

    @partial(jax.jit, static_argnums=1)
    def train(lr, latent):
        key = jax.random.PRNGKey(0)
        parameters = []
        for i, o in ((PIXELS, HIDDEN), (HIDDEN, latent), (latent, HIDDEN), (HIDDEN, PIXELS)):
            key, sub = jax.random.split(key)
            parameters += [jax.random.normal(sub, (i, o)) / jnp.sqrt(i), jnp.zeros(o)]
        zeros = [jnp.zeros_like(p) for p in parameters]

        def step(state, t):
            p, m, v, key = state
            key, sub = jax.random.split(key)
            x = data[jax.random.randint(sub, (BATCH,), 0, len(data))]
            loss, g = jax.value_and_grad(lambda p: jnp.mean((forward(p, x) - x) ** 2))(p)
            m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
            v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g)]
            rate = lr * jnp.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
            p = [a - rate * b / (jnp.sqrt(c) + 1e-8) for a, b, c in zip(p, m, v)]
            return (p, m, v, key), loss
        return jax.lax.scan(step, (parameters, zeros, zeros, key), jnp.arange(1, steps + 1))[1][-1]
    return lambda lr, latent: float(train(lr, latent))


def search(name, workload, n, steps):
    train = {"torch": torch_training, "jax": jax_training}[name](steps)

    def objective(trial):
        lr = trial.suggest_float("lr", 1e-4, 1e-1, log=True)
        return train(lr, trial.suggest_int("latent", 2, 32) if workload == "digits" else 8)
    study().optimize(objective, n_trials=n)


def main():
    workload, name, n, steps = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if workload == "trivial":
        return trivial(name, n)
    study()
    spawn = multiprocessing.get_context("spawn")
    halves = [spawn.Process(target=search, args=(name, workload, n // 2, steps)) for _ in range(2)]
    for half in halves:
        half.start()
    for half in halves:
        half.join()
    if any(half.exitcode for half in halves):
        sys.exit("a process of the search failed")


if __name__ == "__main__":
    main()
