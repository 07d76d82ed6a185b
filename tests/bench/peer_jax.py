#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The benchmark's workloads in JAX: `peer_jax.py WORKLOAD STEPS` prints steps per second.

All steps are one compiled lax.scan, the rows and their order lie on the device, and the state is donated. The scan runs
once before it is timed. Noise is drawn by XLA's own generator ("rbg"), which is faster here than JAX's default.
"""
import sys
import time

import jax
import jax.numpy as jnp
import numpy
from jax import lax

from peer import AUTOENCODER, CRITIC, DEEP, GENERATOR, SMALL, rows


def dense(key, widths):
    keys = jax.random.split(key, len(widths))
    return [(jax.random.uniform(k, (i, o), minval=-1, maxval=1) / jnp.sqrt(i), jnp.zeros(o))
            for k, i, o in zip(keys, widths, widths[1:])]


def mlp(layers, x, hidden=jax.nn.relu):
    for w, b in layers[:-1]:
        x = hidden(x @ w + b)
    w, b = layers[-1]
    return x @ w + b


def adam_start(p):
    return jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p)


def adam(p, state, g, t, rate):
    m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, state[0], g)
    v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, state[1], g)
    scale, root = rate / (1 - 0.9 ** t), 1 / jnp.sqrt(1 - 0.999 ** t)
    return jax.tree.map(lambda a, b, c: a - scale * b / (jnp.sqrt(c) * root + 1e-8), p, m, v), (m, v)


def simple(p, loss):
    """state and step(state, x, key, t) of one loss(p, x, key)"""
    def step(state, x, key, t):
        p, moments = state
        value, g = jax.value_and_grad(loss)(p, x, key)
        return adam(p, moments, g, t, 1e-3), value
    return (p, adam_start(p)), step


def autoencoder(widths, key):
    middle = len(widths) // 2 + 1
    p = dense(key, widths[:middle]), dense(key, widths[middle - 1:])
    return simple(p, lambda p, x, _: jnp.mean((mlp(p[1], mlp(p[0], x)) - x) ** 2))


def vae(key):
    def loss(p, x, key):
        mean, logvar = jnp.split(mlp(p[0], x), 2, axis=1)
        logits = mlp(p[1], mean + jnp.exp(0.5 * logvar) * jax.random.normal(key, mean.shape))
        kl = -0.5 * jnp.sum(1 + logvar - mean ** 2 - jnp.exp(logvar))
        return (jnp.sum(jax.nn.softplus(logits) - x * logits) + kl) / len(x)
    return simple((dense(key, [784, 400, 40]), dense(key, [20, 400, 784])), loss)


def gan(key):
    def leaky(x):
        return jax.nn.leaky_relu(x, 0.2)

    def fake(generator, x, key):
        return jax.nn.sigmoid(mlp(generator, jax.random.normal(key, (len(x), 100)), leaky))

    def critic_loss(critic, generator, x, key):
        return (jax.nn.softplus(-mlp(critic, x, leaky)).mean() +
                jax.nn.softplus(mlp(critic, fake(generator, x, key), leaky)).mean())

    def generator_loss(generator, critic, x, key):
        return jax.nn.softplus(-mlp(critic, fake(generator, x, key), leaky)).mean()

    def step(state, x, key, t):
        generator, of_generator, critic, of_critic = state
        first, second = jax.random.split(key)
        critic, of_critic = adam(critic, of_critic, jax.grad(critic_loss)(critic, generator, x, first), t, 2e-4)
        value, g = jax.value_and_grad(generator_loss)(generator, critic, x, second)
        generator, of_generator = adam(generator, of_generator, g, t, 2e-4)
        return (generator, of_generator, critic, of_critic), value

    generator, critic = dense(key, GENERATOR), dense(key, CRITIC)
    return (generator, adam_start(generator), critic, adam_start(critic)), step


def conv(key):
    def kernel(side, i, o):
        return jax.random.uniform(key, (side, side, i, o), minval=-0.1, maxval=0.1), jnp.zeros(o)

    layout = ("NHWC", "HWIO", "NHWC")

    def down(x, w, b):
        return jax.nn.relu(lax.conv_general_dilated(x, w, (2, 2), [(1, 1), (1, 1)], dimension_numbers=layout) + b)

    def up(x, w, b):
        return lax.conv_transpose(x, w, (2, 2), "SAME", dimension_numbers=layout) + b

    def loss(p, x, _):
        image = x.reshape(-1, 28, 28, 1)
        code = mlp(p[1], down(down(image, *p[0][0]), *p[0][1]).reshape(len(x), -1))
        maps = jax.nn.relu(mlp(p[2], code)).reshape(-1, 7, 7, 32)
        return jnp.mean((jax.nn.sigmoid(up(jax.nn.relu(up(maps, *p[3][0])), *p[3][1])) - image) ** 2)

    return simple(([kernel(3, 1, 16), kernel(3, 16, 32)], dense(key, [32 * 49, 64]), dense(key, [64, 32 * 49]),
                   [kernel(4, 32, 16), kernel(4, 16, 1)]), loss)


def nt_xent(key):
    def loss(p, x, key):
        n = len(x)
        views = jnp.concatenate([x, x]) + 0.1 * jax.random.normal(key, (2 * n, x.shape[1]))
        z = mlp(p, views)
        z = z / jnp.linalg.norm(z, axis=1, keepdims=True)
        s = z @ z.T / 0.5 - 1e9 * jnp.eye(2 * n)
        other = jnp.roll(jnp.arange(2 * n), n)
        return jnp.mean(jax.nn.logsumexp(s, axis=1) - s[jnp.arange(2 * n), other])
    return simple(dense(key, [784, 512, 256, 64]), loss)


MAKE = {"ae": lambda key: autoencoder(AUTOENCODER, key), "deep": lambda key: autoencoder(DEEP, key),
        "digits": lambda key: autoencoder(SMALL, key), "vae": vae, "gan": gan, "conv": conv, "nt": nt_xent}


def main(workload, steps):
    jax.config.update("jax_default_prng_impl", "rbg")
    batch = int(workload.rsplit("_", 1)[1])
    data = rows(workload)
    epochs = -(-steps * batch // (len(data) // batch * batch))
    rng = numpy.random.default_rng(1)
    order = numpy.concatenate([rng.permutation(len(data))[:len(data) // batch * batch] for _ in range(epochs)])
    order, data = jnp.asarray(order[:steps * batch].reshape(steps, batch)), jnp.asarray(data)
    state, step = MAKE[workload.split("_")[0]](jax.random.key(1))

    def all_steps(state, key, data, order):
        def body(carry, at):
            state, t, key = carry
            key, sub = jax.random.split(key)
            state, loss = step(state, data[at], sub, t)
            return (state, t + 1, key), loss
        (state, _, key), losses = lax.scan(body, (state, jnp.float32(1), key), order)
        return state, key, losses

    run = jax.jit(all_steps, donate_argnums=(0, 1))
    state, key, losses = jax.block_until_ready(run(state, jax.random.key(2), data, order))
    start = time.perf_counter()
    state, key, losses = jax.block_until_ready(run(state, key, data, order))
    seconds = time.perf_counter() - start
    if not numpy.isfinite(losses).all():
        sys.exit(f"{workload}: the loss is not finite")
    return steps / seconds


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))
